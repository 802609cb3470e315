// The C library where the two systems differ: files, errors, sorting, characters, scanning, setjmp.
#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
static jmp_buf here;
static int by_context(void *sign, const void *a, const void *b) { return *(int *)sign * (*(const int *)a - *(const int *)b); }
static int plain(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static int signalled;
static void on_signal(int number) { signalled = number; }
__attribute__((noinline)) static void jump(int depth) { if (depth) jump(depth - 1); longjmp(here, 5); }
static int format(char *to, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int length = vsnprintf(to, 100, format, list);
  va_end(list);
  return length;
}
int main(int argc, char **argv) {
  char text[100];
  assert(format(text, "%s %5.1f %d %d %d %d %d %d %d %g", "a", 1.5, 1, 2, 3, 4, 5, 6, 7, 0.5) == 25);
  assert(!strcmp(text, "a   1.5 1 2 3 4 5 6 7 0.5"));
  int number, values[] = {3, 1, 2}, sign = -1;
  double real;
  assert(sscanf("12 0.75 word", "%d %lf %s", &number, &real, text) == 3 && number == 12 && real == 0.75 && !strcmp(text, "word"));
  qsort(values, 3, sizeof *values, plain);
  assert(values[0] == 1 && values[2] == 3);
  qsort_r(values, 3, sizeof *values, &sign, by_context);
  assert(values[0] == 3 && values[2] == 1);
  assert(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
  errno = 0;
  assert(read(-1, text, 1) == -1 && errno == EBADF);
  snprintf(text, sizeof text, "%s.tmp", argv[0]);
  int fd = open(text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  assert(fd >= 0 && write(fd, "one\ntwo\n", 8) == 8 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
  assert(open(text, O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST);
  assert(fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_GETFL) & O_NONBLOCK);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  assert(fcntl(fd, F_SETLK, &lock) == 0);
  struct stat st;
  assert(fstat(fd, &st) == 0 && st.st_size == 8 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0600);
  char *mapped = mmap(NULL, 8, PROT_READ, MAP_PRIVATE, fd, 0);
  assert(mapped != MAP_FAILED && mapped[4] == 't');
  FILE *file = fdopen(fd, "r");
  rewind(file);
  assert(getc_unlocked(file) == 'o' && fgets(text, sizeof text, file) && !strcmp(text, "ne\n"));
  while (getc_unlocked(file) != EOF) {}
  assert(feof_unlocked(file) && feof(file) && fclose(file) == 0);
  snprintf(text, sizeof text, "%s.tmp", argv[0]);
  assert(unlink(text) == 0);
  assert(isalpha('q') && !isalpha('1') && isxdigit('F') && toupper('q') == 'Q' && isspace('\t') && !isprint(7));
  if (!setjmp(here)) jump(3);
  DIR *directory = opendir("/");
  struct dirent *entry;
  int dots = 0;
  while ((entry = readdir(directory))) dots += !strcmp(entry->d_name, ".") && entry->d_type == DT_DIR;
  assert(dots == 1 && closedir(directory) == 0);
  signal(SIGUSR1, on_signal);
  raise(SIGUSR1);
  assert(signalled == SIGUSR1);
  void *blocks[100];
  for (int i = 0; i < 100; i++) memset(blocks[i] = malloc(i * 1000 + 1), i, i * 1000 + 1);
  for (int i = 0; i < 100; i++) free(blocks[i]);
  assert(fabs(sin(1) - 0.8414709848) < 1e-9 && strtol("0x7f", NULL, 16) == 127);
  puts("libc works");
  return 0;
}
