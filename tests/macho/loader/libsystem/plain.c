// Functions that are the same on both systems: same parameters in the same registers, no structures, flags or numbers that
// differ. Whatever is named here must be safe to pass on untouched.
#include "shims.h"

#define EACH(X) \
  /* memory */ \
  X(malloc) X(calloc) X(realloc) X(free) X(aligned_alloc) X(posix_memalign) X(valloc) X(memchr) X(memcmp) X(memcpy) X(memmove) X(memset) \
  X(memccpy) X(memmem) X(bcmp) X(bcopy) X(bzero) \
  /* strings */ \
  X(strcat) X(strchr) X(strcmp) X(strcoll) X(strcpy) X(strcspn) X(strdup) X(strlen) X(strncat) X(strncmp) X(strncpy) X(strndup) X(strnlen) \
  X(strpbrk) X(strrchr) X(strspn) X(strstr) X(strtok) X(strtok_r) X(strxfrm) X(strcasecmp) X(strncasecmp) X(strcasestr) X(strsep) \
  X(stpcpy) X(stpncpy) X(index) X(rindex) X(ffs) X(ffsl) X(ffsll) X(swab) X(dirname) \
  /* wide strings */ \
  X(wcscat) X(wcschr) X(wcscmp) X(wcscoll) X(wcscpy) X(wcscspn) X(wcslen) X(wcsncat) X(wcsncmp) X(wcsncpy) X(wcspbrk) X(wcsrchr) X(wcsspn) \
  X(wcsstr) X(wcstod) X(wcstof) X(wcstol) X(wcstoll) X(wcstoul) X(wcstoull) X(wcsxfrm) X(wmemchr) X(wmemcmp) X(wmemcpy) X(wmemmove) \
  X(wmemset) X(wcsnlen) X(wcsdup) X(btowc) X(wctob) X(mbrlen) X(mbrtowc) X(mbsrtowcs) X(mbtowc) X(mbstowcs) X(mblen) X(wcrtomb) \
  X(wcsrtombs) X(wctomb) X(wcstombs) X(mbsinit) X(towlower) X(towupper) X(iswalpha) X(iswalnum) X(iswdigit) X(iswspace) X(iswupper) \
  X(iswlower) X(iswpunct) X(iswprint) X(iswcntrl) X(iswxdigit) X(iswblank) X(iswgraph) \
  /* characters */ \
  X(isalnum) X(isalpha) X(isblank) X(iscntrl) X(isdigit) X(isgraph) X(islower) X(isprint) X(ispunct) X(isspace) X(isupper) X(isxdigit) \
  X(tolower) X(toupper) \
  /* numbers */ \
  X(abs) X(labs) X(llabs) X(div) X(ldiv) X(lldiv) X(atoi) X(atol) X(atoll) X(atof) X(strtod) X(strtof) X(strtol) X(strtoll) X(strtoul) \
  X(strtoull) X(strtoimax) X(strtoumax) X(rand) X(srand) X(rand_r) X(random) X(srandom) X(drand48) X(srand48) X(lrand48) X(getentropy) \
  X(qsort) X(bsearch) X(lfind) X(lsearch) \
  /* the process */ \
  X(abort) X(exit) X(_exit) X(_Exit) X(atexit) X(getenv) X(setenv) X(unsetenv) X(putenv) X(system) X(fork) X(getpid) X(getppid) X(getuid) \
  X(geteuid) X(getgid) X(getegid) X(execv) X(execve) X(execvp) X(alarm) X(pause) X(sleep) X(usleep) X(nanosleep) X(umask) X(nice) \
  X(getpriority) X(poll) \
  X(__cxa_atexit) X(__cxa_finalize) \
  /* time */ \
  X(time) X(clock) X(difftime) X(mktime) X(timegm) X(gmtime) X(gmtime_r) X(localtime) X(localtime_r) X(asctime) X(asctime_r) X(ctime) \
  X(ctime_r) X(strftime) X(strptime) X(gettimeofday) X(tzset) X(timezone) X(tzname) X(daylight) \
  /* files */ \
  X(close) X(read) X(write) X(pread) X(pwrite) X(readv) X(writev) X(lseek) X(dup) X(dup2) X(pipe) X(fsync) X(ftruncate) X(truncate) \
  X(access) X(chdir) X(fchdir) X(getcwd) X(mkdir) X(rmdir) X(unlink) X(link) X(symlink) X(readlink) X(chmod) X(fchmod) X(chown) X(fchown) \
  X(lchown) X(realpath) X(isatty) X(ttyname) X(mkstemp) X(mkdtemp) X(opendir) X(fdopendir) X(closedir) X(rewinddir) X(dirfd) \
  X(gethostname) X(catopen) X(catgets) X(catclose) X(fnmatch)

#define DECLARE(name) extern char host_##name[] __asm__(#name);
#define ENTRY(name) {#name, host_##name},
EACH(DECLARE)

extern void bzero(void *, size_t);
SHIMS(plain_shims, EACH(ENTRY) {"__bzero", (void *)bzero});
