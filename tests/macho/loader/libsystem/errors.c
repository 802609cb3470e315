// Error numbers: the first 34 are everyone's, the others differ. The host's functions set the host's errno; the program sees
// a number of its own per thread, which takes over what the host has set since it last looked.
#define _GNU_SOURCE
#include "shims.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Apple's number 35 + i.
static const int hosts[] = {
    EAGAIN, EINPROGRESS, EALREADY, ENOTSOCK, EDESTADDRREQ, EMSGSIZE, EPROTOTYPE, ENOPROTOOPT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EOPNOTSUPP,
    EPFNOSUPPORT, EAFNOSUPPORT, EADDRINUSE, EADDRNOTAVAIL, ENETDOWN, ENETUNREACH, ENETRESET, ECONNABORTED, ECONNRESET, ENOBUFS, EISCONN,
    ENOTCONN, ESHUTDOWN, ETOOMANYREFS, ETIMEDOUT, ECONNREFUSED, ELOOP, ENAMETOOLONG, EHOSTDOWN, EHOSTUNREACH, ENOTEMPTY, EPERM, EUSERS,
    EDQUOT, ESTALE, EREMOTE, EPERM, EPERM, EPERM, EPERM, EPERM, ENOLCK, ENOSYS, EPERM, EPERM, EPERM, EPERM, EPERM, EOVERFLOW, ENOEXEC,
    ENOEXEC, ENOEXEC, ENOEXEC, ECANCELED, EIDRM, ENOMSG, EILSEQ, ENODATA, EBADMSG, EMULTIHOP, ENODATA, ENOLINK, ENOSR, ENOSTR, EPROTO,
    ETIME, EOPNOTSUPP, EPERM, ENOTRECOVERABLE, EOWNERDEAD};
enum { FIRST = 35, COUNT = sizeof hosts / sizeof *hosts, APPLE_EDEADLK = 11 };

int host_error(int apple) {
  if (apple == APPLE_EDEADLK) return EDEADLK;
  return apple >= FIRST && apple < FIRST + COUNT ? hosts[apple - FIRST] : apple;
}

int apple_error(int host) {
  if (host == EDEADLK) return APPLE_EDEADLK;
  if (host < FIRST && host != EAGAIN) return host;
  for (int i = 0; i < COUNT; i++)
    if (hosts[i] == host) return FIRST + i;
  return 5;   // EIO
}

int *shim___error(void) {
  static __thread int number;
  if (errno) number = apple_error(errno), errno = 0;
  return &number;
}

static char *shim_strerror(int number) { return strerror(host_error(number)); }

static int shim_strerror_r(int number, char *buffer, size_t size) {
  const char *text = strerror(host_error(number));
  if (strlen(text) >= size) return ERANGE;
  strcpy(buffer, text);
  return 0;
}

static void shim_perror(const char *what) {
  if (what && *what) fprintf(stderr, "%s: ", what);
  fprintf(stderr, "%s\n", shim_strerror(*shim___error()));
}

// ---- err and warn ----

static void complain(const char *format, char *arguments, int error) {
  va_list list;
  host_list(&list, arguments);
  fprintf(stderr, "%s: ", program_invocation_short_name);
  if (format) vfprintf(stderr, format, list);
  if (error) fprintf(stderr, "%s%s", format ? ": " : "", shim_strerror(error));
  fputc('\n', stderr);
}
void shim_vwarn(const char *format, char *arguments) { complain(format, arguments, *shim___error()); }
void shim_vwarnx(const char *format, char *arguments) { complain(format, arguments, 0); }
_Noreturn void shim_verr(int status, const char *format, char *arguments) {
  complain(format, arguments, *shim___error());
  exit(status);
}
_Noreturn void shim_verrx(int status, const char *format, char *arguments) {
  complain(format, arguments, 0);
  exit(status);
}

void variable_err(void), variable_errx(void), variable_warn(void), variable_warnx(void);
SHIMS(error_shims, OURS(__error), OURS(strerror), OURS(strerror_r), OURS(perror), VARIABLE(err), VARIABLE(errx), VARIABLE(warn),
      VARIABLE(warnx), OURS(vwarn), OURS(vwarnx), OURS(verr), OURS(verrx));
