// stdio. The program's macros (getc_unlocked and the like) look into its FILE, so it gets one of Apple's layout, always with an
// empty buffer, that stands for a FILE of the host.
#define _GNU_SOURCE
#include "shims.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

struct file {
  unsigned char *p;
  int r, w;               // what may be read from or written to the buffer without a call: nothing
  short flags, number;
  char rest[152 - 24];
  FILE *host;
  char *line;             // of fgetln
};
enum { END_OF_FILE = 0x20, ERROR = 0x40 };

static struct file standard[3];
struct file *shim___stdinp = &standard[0], *shim___stdoutp = &standard[1], *shim___stderrp = &standard[2];

static void set(struct file *file, FILE *host) { file->host = host, file->number = fileno(host); }

__attribute__((constructor)) static void open_standard(void) {
  set(&standard[0], stdin), set(&standard[1], stdout), set(&standard[2], stderr);
}

FILE *host_file(struct file *file) { return file ? file->host : NULL; }

static struct file *wrap(FILE *host) {
  if (!host) return NULL;
  struct file *file = calloc(1, sizeof *file);
  if (file) set(file, host);
  return file;
}

// Keeps what the macros feof_unlocked and ferror_unlocked read.
static void note(struct file *file) {
  file->flags = (feof(file->host) ? END_OF_FILE : 0) | (ferror(file->host) ? ERROR : 0);
}

// ---- formats ----

// A long double is a double to Apple: drops the L of %Lf for printing, makes it an l for scanning. NULL-safe, frees nothing: the
// copy lives in a buffer of the caller's.
enum { FORMAT_SIZE = 4096 };
static const char *without_long_double(const char *format, char *buffer, char instead) {
  if (!strchr(format, 'L') || strlen(format) >= FORMAT_SIZE) return format;
  char *to = buffer;
  for (const char *at = format; *at; at++) {
    if (*at == 'L' && at[1] && strchr("aAeEfFgG", at[1])) {
      if (instead) *to++ = instead;
    } else {
      *to++ = *at;
    }
  }
  *to = 0;
  return buffer;
}

static const wchar_t *without_long_double_wide(const wchar_t *format, wchar_t *buffer) {
  if (!wcschr(format, 'L') || wcslen(format) >= FORMAT_SIZE) return format;
  wchar_t *to = buffer;
  for (const wchar_t *at = format; *at; at++)
    if (*at != 'L' || !at[1] || !wcschr(L"aAeEfFgG", at[1])) *to++ = *at;
  *to = 0;
  return buffer;
}

#define PRINT(call) \
  char copy[FORMAT_SIZE]; \
  va_list list; \
  host_list(&list, arguments); \
  format = without_long_double(format, copy, 0); \
  return call
#define SCAN(call) \
  char copy[FORMAT_SIZE]; \
  va_list list; \
  host_list(&list, arguments); \
  format = without_long_double(format, copy, 'l'); \
  return call
#define PRINT_WIDE(call) \
  wchar_t copy[FORMAT_SIZE]; \
  va_list list; \
  host_list(&list, arguments); \
  format = without_long_double_wide(format, copy); \
  return call

typedef const char *format;
typedef char *arguments;
int shim_vprintf(format format, arguments arguments) { PRINT(vprintf(format, list)); }
int shim_vfprintf(struct file *file, format format, arguments arguments) { PRINT(vfprintf(file->host, format, list)); }
int shim_vsprintf(char *to, format format, arguments arguments) { PRINT(vsprintf(to, format, list)); }
int shim_vsnprintf(char *to, size_t size, format format, arguments arguments) { PRINT(vsnprintf(to, size, format, list)); }
int shim_vasprintf(char **to, format format, arguments arguments) { PRINT(vasprintf(to, format, list)); }
int shim_vdprintf(int to, format format, arguments arguments) { PRINT(vdprintf(to, format, list)); }
int shim_vscanf(format format, arguments arguments) { SCAN(vscanf(format, list)); }
int shim_vfscanf(struct file *file, format format, arguments arguments) { SCAN(vfscanf(file->host, format, list)); }
int shim_vsscanf(const char *from, format format, arguments arguments) { SCAN(vsscanf(from, format, list)); }
int shim_vwprintf(const wchar_t *format, arguments arguments) { PRINT_WIDE(vwprintf(format, list)); }
int shim_vfwprintf(struct file *file, const wchar_t *format, arguments arguments) { PRINT_WIDE(vfwprintf(file->host, format, list)); }
int shim_vswprintf(wchar_t *to, size_t size, const wchar_t *format, arguments arguments) { PRINT_WIDE(vswprintf(to, size, format, list)); }

// The checked forms know the size of the buffer that they write to.
static void check_room(size_t size, size_t room) {
  if (size <= room) return;
  fprintf(stderr, "loader: a checked function would write past its buffer\n");
  abort();
}
int shim_v__sprintf_chk(char *to, int flag, size_t room, format format, arguments arguments) {
  (void)flag;
  int length = shim_vsnprintf(to, room, format, arguments);
  check_room(length + 1, room);
  return length;
}
int shim_v__snprintf_chk(char *to, size_t size, int flag, size_t room, format format, arguments arguments) {
  (void)flag;
  check_room(size, room);
  return shim_vsnprintf(to, size, format, arguments);
}

// In another locale than the current one.
#define IN_LOCALE(type, call) \
  struct __locale_struct *before = uselocale(host_locale(locale)); \
  type result = call; \
  uselocale(before); \
  return result
struct __locale_struct *uselocale(struct __locale_struct *);
int shim_vsnprintf_l(char *to, size_t size, struct __locale_struct *locale, format format, arguments arguments) {
  IN_LOCALE(int, shim_vsnprintf(to, size, format, arguments));
}
int shim_vasprintf_l(char **to, struct __locale_struct *locale, format format, arguments arguments) {
  IN_LOCALE(int, shim_vasprintf(to, format, arguments));
}
int shim_vsscanf_l(const char *from, struct __locale_struct *locale, format format, arguments arguments) {
  IN_LOCALE(int, shim_vsscanf(from, format, arguments));
}

// ---- opening and closing ----

static struct file *shim_fopen(const char *path, const char *mode) { return wrap(fopen(path, mode)); }
static struct file *shim_fdopen(int fd, const char *mode) { return wrap(fdopen(fd, mode)); }
static struct file *shim_tmpfile(void) { return wrap(tmpfile()); }
static struct file *shim_popen(const char *command, const char *mode) { return wrap(popen(command, mode)); }
static struct file *shim_open_memstream(char **to, size_t *size) { return wrap(open_memstream(to, size)); }
static struct file *shim_fmemopen(void *bytes, size_t size, const char *mode) { return wrap(fmemopen(bytes, size, mode)); }

static struct file *shim_freopen(const char *path, const char *mode, struct file *file) {
  FILE *host = freopen(path, mode, file->host);
  if (!host) return NULL;
  set(file, host);
  return file;
}

static void release(struct file *file) {
  free(file->line);
  if (file < standard || file >= standard + 3) free(file);
}

static int shim_fclose(struct file *file) {
  int result = fclose(file->host);
  release(file);
  return result;
}

static int shim_pclose(struct file *file) {
  int result = pclose(file->host);
  release(file);
  return result;
}

// ---- reading and writing ----

#define NOTED(type, name, parameters, call) \
  static type shim_##name parameters { \
    type result = call; \
    note(file); \
    return result; \
  }
NOTED(int, getc, (struct file *file), getc(file->host))
NOTED(int, putc, (int c, struct file *file), putc(c, file->host))
NOTED(int, ungetc, (int c, struct file *file), ungetc(c, file->host))
NOTED(char *, fgets, (char *to, int size, struct file *file), fgets(to, size, file->host))
NOTED(int, fputs, (const char *s, struct file *file), fputs(s, file->host))
NOTED(size_t, fread, (void *to, size_t size, size_t count, struct file *file), fread(to, size, count, file->host))
NOTED(size_t, fwrite, (const void *from, size_t size, size_t count, struct file *file), fwrite(from, size, count, file->host))
NOTED(ssize_t, getdelim, (char **to, size_t *size, int end, struct file *file), getdelim(to, size, end, file->host))
NOTED(ssize_t, getline, (char **to, size_t *size, struct file *file), getline(to, size, file->host))
NOTED(wint_t, getwc, (struct file *file), getwc(file->host))
NOTED(wint_t, putwc, (wchar_t c, struct file *file), putwc(c, file->host))
NOTED(wint_t, ungetwc, (wint_t c, struct file *file), ungetwc(c, file->host))
NOTED(int, fputws, (const wchar_t *s, struct file *file), fputws(s, file->host))
NOTED(int, fseek, (struct file *file, long offset, int from), fseek(file->host, offset, from))
static long shim_ftell(struct file *file) { return ftell(file->host); }
static void shim_rewind(struct file *file) { rewind(file->host), note(file); }
static int shim_fflush(struct file *file) { return fflush(host_file(file)); }
static int shim_feof(struct file *file) { return feof(file->host); }
static int shim_ferror(struct file *file) { return ferror(file->host); }
static void shim_clearerr(struct file *file) { clearerr(file->host), note(file); }
static int shim_fileno(struct file *file) { return fileno(file->host); }
static int shim_fwide(struct file *file, int mode) { return fwide(file->host, mode); }
static void shim_setbuf(struct file *file, char *buffer) { setbuf(file->host, buffer); }
static int shim_setvbuf(struct file *file, char *buffer, int mode, size_t size) { return setvbuf(file->host, buffer, mode, size); }
static int shim_setlinebuf(struct file *file) { return setvbuf(file->host, NULL, _IOLBF, 0); }
static void shim_flockfile(struct file *file) { flockfile(file->host); }
static int shim_ftrylockfile(struct file *file) { return ftrylockfile(file->host); }
static void shim_funlockfile(struct file *file) { funlockfile(file->host); }

// Apple's fpos_t is a number.
static int shim_fgetpos(struct file *file, int64_t *position) { return (*position = ftello(file->host)) < 0 ? -1 : 0; }
static int shim_fsetpos(struct file *file, const int64_t *position) { return shim_fseek(file, *position, SEEK_SET); }

// A line without an end of its own, valid until the next call.
static char *shim_fgetln(struct file *file, size_t *length) {
  size_t size = 0;
  free(file->line), file->line = NULL;
  ssize_t got = shim_getline(&file->line, &size, file);
  *length = got < 0 ? 0 : got;
  return got < 0 ? NULL : file->line;
}

// What the macros call when the buffer is empty, or full.
static int shim___srget(struct file *file) { return file->r = 0, shim_getc(file); }
static int shim___swbuf(int c, struct file *file) { return file->w = 0, shim_putc(c, file); }

void variable_printf(void), variable_fprintf(void), variable_sprintf(void), variable_snprintf(void), variable_asprintf(void),
    variable_dprintf(void), variable___sprintf_chk(void), variable___snprintf_chk(void), variable_scanf(void), variable_fscanf(void),
    variable_sscanf(void), variable_snprintf_l(void), variable_asprintf_l(void), variable_sscanf_l(void), variable_wprintf(void),
    variable_fwprintf(void), variable_swprintf(void);
SHIMS(stdio_shims, {"__stdinp", &shim___stdinp}, {"__stdoutp", &shim___stdoutp}, {"__stderrp", &shim___stderrp}, VARIABLE(printf),
      VARIABLE(fprintf), VARIABLE(sprintf), VARIABLE(snprintf), VARIABLE(asprintf), VARIABLE(dprintf), VARIABLE(__sprintf_chk),
      VARIABLE(__snprintf_chk), VARIABLE(scanf), VARIABLE(fscanf), VARIABLE(sscanf), VARIABLE(snprintf_l), VARIABLE(asprintf_l),
      VARIABLE(sscanf_l), VARIABLE(wprintf), VARIABLE(fwprintf), VARIABLE(swprintf), OURS(vprintf), OURS(vfprintf), OURS(vsprintf),
      OURS(vsnprintf), OURS(vasprintf), OURS(vdprintf), OURS(vscanf), OURS(vfscanf), OURS(vsscanf), OURS(vwprintf), OURS(vfwprintf),
      OURS(vswprintf), OURS(vsnprintf_l), OURS(vasprintf_l), OURS(vsscanf_l), AS("__vsprintf_chk", shim_v__sprintf_chk),
      AS("__vsnprintf_chk", shim_v__snprintf_chk), OURS(fopen), OURS(fdopen), OURS(freopen), OURS(fclose), OURS(tmpfile), OURS(popen),
      OURS(pclose), OURS(open_memstream), OURS(fmemopen), OURS(getc), AS("fgetc", shim_getc), OURS(putc), AS("fputc", shim_putc), OURS(ungetc), OURS(fgets), OURS(fputs),
      OURS(fread), OURS(fwrite), OURS(getdelim), OURS(getline), OURS(getwc), AS("fgetwc", shim_getwc), OURS(putwc),
      AS("fputwc", shim_putwc), OURS(ungetwc), OURS(fputws), OURS(fseek), AS("fseeko", shim_fseek), OURS(ftell), AS("ftello", shim_ftell),
      OURS(rewind), OURS(fflush), OURS(feof), OURS(ferror), OURS(clearerr), OURS(fileno), OURS(fwide), OURS(setbuf), OURS(setvbuf),
      OURS(setlinebuf), OURS(flockfile), OURS(ftrylockfile), OURS(funlockfile), OURS(fgetpos), OURS(fsetpos), OURS(fgetln), OURS(__srget),
      OURS(__swbuf), AS("getc_unlocked", shim_getc), AS("putc_unlocked", shim_putc), SAME(puts), SAME(putchar), SAME(getchar),
      SAME(putchar_unlocked), SAME(getchar_unlocked), SAME(remove), SAME(rename), SAME(putwchar));
