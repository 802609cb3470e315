// The process: arguments, environment, signals, clocks, limits and what the system says of itself.
#define _GNU_SOURCE
#include "../loader.h"
#include "shims.h"
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// ---- arguments ----

static int *shim__NSGetArgc(void) { return &program_argc; }
static char ***shim__NSGetArgv(void) { return &program_argv; }
static char ***shim__NSGetEnviron(void) { return &environ; }
static const char *shim_getprogname(void) {
  const char *slash = strrchr(program_argv[0], '/');
  return slash ? slash + 1 : program_argv[0];
}
static const char **shim__NSGetProgname(void) {
  static const char *name;
  name = shim_getprogname();
  return &name;
}
static void shim_setprogname(const char *name) { (void)name; }
static int shim__NSGetExecutablePath(char *to, uint32_t *size) {
  size_t need = strlen(images[0]->path) + 1;
  bool fits = need <= *size;
  if (fits) memcpy(to, images[0]->path, need);
  *size = need;
  return fits ? 0 : -1;
}

// BSD's getopt stops at the first operand.
static int shim_getopt(int argc, char **argv, const char *options) {
  char mine[256];
  snprintf(mine, sizeof mine, "+%s", options);
  return getopt(argc, argv, mine);
}

static void shim___assert_rtn(const char *function, const char *file, int line, const char *what) {
  fflush(stdout);
  fprintf(stderr, "Assertion failed: (%s), function %s, file %s, line %d.\n", what, function, file, line);
  abort();
}
static void shim___stack_chk_fail(void) {
  fprintf(stderr, "loader: stack smashed\n");
  abort();
}
static uint64_t shim___stack_chk_guard = 0x9e3779b97f4a7c00;

// ---- signals ----

// By Apple's number; the first of those alike is the host's own.
static const int signals[32] = {0, SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, 0, SIGFPE, SIGKILL, SIGBUS, SIGSEGV, SIGSYS, SIGPIPE,
    SIGALRM, SIGTERM, SIGURG, SIGSTOP, SIGTSTP, SIGCONT, SIGCHLD, SIGTTIN, SIGTTOU, SIGIO, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH,
    0, SIGUSR1, SIGUSR2};

int host_signal(int apple) { return apple >= 0 && apple < 32 ? signals[apple] : 0; }
int apple_signal(int host) {
  for (int i = 1; i < 32; i++)
    if (signals[i] == host) return i;
  return 0;
}

struct apple_siginfo { int number, error, code, pid; uint32_t uid; int status; void *address; uint64_t rest[12]; };
typedef void handler(int, struct apple_siginfo *, void *);
struct apple_sigaction { handler *handler; uint32_t mask; int flags; };
static struct apple_sigaction actions[32];

static void on_signal(int host, siginfo_t *info, void *context) {
  (void)context;
  int number = apple_signal(host);
  struct apple_siginfo mine = {.number = number, .code = info->si_code, .pid = info->si_pid, .uid = info->si_uid, .address = info->si_addr};
  if (actions[number].handler) actions[number].handler(number, &mine, NULL);
}

static void host_mask(uint32_t apple, sigset_t *host) {
  sigemptyset(host);
  for (int i = 1; i < 32; i++)
    if (apple >> (i - 1) & 1 && signals[i]) sigaddset(host, signals[i]);
}

static int shim_sigaction(int number, const struct apple_sigaction *new, struct apple_sigaction *old) {
  static const int flags[] = {SA_ONSTACK, SA_RESTART, SA_RESETHAND, SA_NOCLDSTOP, SA_NODEFER, SA_NOCLDWAIT};
  int host = host_signal(number);
  if (!host) return errno = EINVAL, -1;
  if (old) *old = actions[number];
  if (!new) return 0;
  struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = on_signal};
  if ((uintptr_t)new->handler <= 1) action.sa_handler = new->handler ? SIG_IGN : SIG_DFL, action.sa_flags = 0;
  for (int i = 0; i < 6; i++)
    if (new->flags >> i & 1) action.sa_flags |= flags[i];
  host_mask(new->mask, &action.sa_mask);
  actions[number] = *new;
  return sigaction(host, &action, NULL);
}

static handler *shim_signal(int number, handler *function) {
  struct apple_sigaction new = {function, 0, 2 /* SA_RESTART */}, old;
  return shim_sigaction(number, &new, &old) ? (handler *)-1 : old.handler;
}

static int change_mask(int how, const uint32_t *new, uint32_t *old) {
  sigset_t mask, before;
  if (new) host_mask(*new, &mask);
  int result = pthread_sigmask(how - 1, new ? &mask : NULL, &before);   // SIG_BLOCK is 1
  if (!result && old) {
    *old = 0;
    for (int i = 1; i < 32; i++)
      if (signals[i] && sigismember(&before, signals[i])) *old |= 1u << (i - 1);
  }
  return result;
}
static int shim_sigprocmask(int how, const uint32_t *new, uint32_t *old) {
  int error = change_mask(how, new, old);
  return error ? errno = error, -1 : 0;
}
static int shim_pthread_sigmask(int how, const uint32_t *new, uint32_t *old) { return apple_error(change_mask(how, new, old)); }
static int shim_raise(int number) { return raise(host_signal(number)); }
static int shim_kill(pid_t pid, int number) { return kill(pid, host_signal(number)); }
static int shim_sigemptyset(uint32_t *set) { return *set = 0, 0; }
static int shim_sigfillset(uint32_t *set) { return *set = ~0u, 0; }
static int shim_sigaddset(uint32_t *set, int number) { return *set |= 1u << (number - 1), 0; }
static int shim_sigdelset(uint32_t *set, int number) { return *set &= ~(1u << (number - 1)), 0; }

// A status names a signal in its low bits.
static pid_t shim_waitpid(pid_t pid, int *status, int options) {
  int host;
  pid_t result = waitpid(pid, &host, options);
  if (status && result > 0) *status = WIFSIGNALED(host) ? (host & ~0x7f) | apple_signal(WTERMSIG(host)) : host;
  return result;
}
static pid_t shim_wait(int *status) { return shim_waitpid(-1, status, 0); }

// setjmp saves no signal mask here, and neither do the forms that would.
void shim_setjmp(void);
void shim_longjmp(void);

// ---- time ----

static int host_clock(int apple) {
  switch (apple) {
  case 4: case 5: case 6: case 8: case 9: return CLOCK_MONOTONIC;
  case 12: return CLOCK_PROCESS_CPUTIME_ID;
  case 16: return CLOCK_THREAD_CPUTIME_ID;
  default: return CLOCK_REALTIME;
  }
}
static int shim_clock_gettime(int clock, struct timespec *to) { return clock_gettime(host_clock(clock), to); }
static int shim_clock_getres(int clock, struct timespec *to) { return clock_getres(host_clock(clock), to); }
static uint64_t shim_mach_absolute_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ul + now.tv_nsec;
}
static uint64_t shim_clock_gettime_nsec_np(int clock) {
  struct timespec now;
  clock_gettime(host_clock(clock), &now);
  return now.tv_sec * 1000000000ul + now.tv_nsec;
}
static int shim_mach_timebase_info(uint32_t info[2]) { return info[0] = info[1] = 1, 0; }

// ---- limits and names ----

static long shim_sysconf(int name) {
  switch (name) {
  case 1: return sysconf(_SC_ARG_MAX);
  case 3: return sysconf(_SC_CLK_TCK);
  case 5: return sysconf(_SC_OPEN_MAX);
  case 29: return PAGE;
  case 57: case 58: return sysconf(_SC_NPROCESSORS_ONLN);
  case 70: case 71: return 4096;   // buffers for getgrgid_r and getpwuid_r
  case 200: return sysconf(_SC_PHYS_PAGES) * 4096 / PAGE;
  default: errno = EINVAL; return -1;
  }
}
static int shim_getpagesize(void) { return PAGE; }
static uint64_t shim_vm_page_size = PAGE;
static uint32_t shim_mach_task_self_ = 0x103;

static int host_limit(int apple) {
  static const int limits[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_AS, RLIMIT_MEMLOCK, RLIMIT_NPROC,
      RLIMIT_NOFILE};
  return apple >= 0 && apple < 9 ? limits[apple] : -1;
}
static int shim_getrlimit(int which, struct rlimit *to) { return getrlimit(host_limit(which & 0xff), to); }
static int shim_setrlimit(int which, const struct rlimit *from) { return setrlimit(host_limit(which & 0xff), from); }
static int shim_getrusage(int who, struct rusage *to) {
  int result = getrusage(who, to);
  if (!result) to->ru_maxrss *= 1024;   // in bytes
  return result;
}

static int shim_sysctlbyname(const char *name, void *to, size_t *size, void *new, size_t new_size) {
  static const struct { const char *name; uint64_t value; } values[] = {{"hw.ncpu", 2}, {"hw.logicalcpu", 2}, {"hw.physicalcpu", 2},
      {"hw.activecpu", 2}, {"hw.pagesize", PAGE}, {"hw.memsize", 1ul << 33}, {"hw.cachelinesize", 128}};
  (void)new, (void)new_size;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    if (strcmp(name, values[i].name)) continue;
    if (to) memcpy(to, &values[i].value, *size < 8 ? *size : 8);
    return 0;
  }
  errno = ENOENT;
  return -1;
}

struct apple_utsname { char system[256], node[256], release[256], version[256], machine[256]; };
static int shim_uname(struct apple_utsname *to) {
  *to = (struct apple_utsname){"Darwin", "loader", "22.0.0", "Darwin Kernel Version 22.0.0", "arm64"};
  return 0;
}

SHIMS(process_shims, OURS(_NSGetArgc), OURS(_NSGetArgv), OURS(_NSGetEnviron), OURS(_NSGetProgname), OURS(getprogname), OURS(setprogname),
      OURS(_NSGetExecutablePath), {"environ", &environ}, OURS(getopt), SAME(getopt_long), SAME(getopt_long_only), {"optarg", &optarg},
      {"optind", &optind}, {"opterr", &opterr}, {"optopt", &optopt}, OURS(__assert_rtn), OURS(__stack_chk_fail),
      {"__stack_chk_guard", &shim___stack_chk_guard}, OURS(sigaction), OURS(signal), OURS(sigprocmask), OURS(pthread_sigmask), OURS(raise),
      OURS(kill), OURS(sigemptyset), OURS(sigfillset), OURS(sigaddset), OURS(sigdelset), OURS(waitpid), OURS(wait), OURS(setjmp),
      AS("_setjmp", shim_setjmp), AS("sigsetjmp", shim_setjmp), OURS(longjmp), AS("_longjmp", shim_longjmp),
      AS("siglongjmp", shim_longjmp), OURS(clock_gettime), OURS(clock_getres), OURS(mach_absolute_time),
      AS("mach_continuous_time", shim_mach_absolute_time), OURS(clock_gettime_nsec_np), OURS(mach_timebase_info), OURS(sysconf),
      OURS(getpagesize), {"vm_page_size", &shim_vm_page_size}, {"vm_kernel_page_size", &shim_vm_page_size},
      {"mach_task_self_", &shim_mach_task_self_}, OURS(getrlimit), OURS(setrlimit), OURS(getrusage), OURS(sysctlbyname), OURS(uname));
