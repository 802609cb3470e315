// Files and directories: flags, commands and structures that have other numbers and layouts on macOS.
#define _GNU_SOURCE
#include "shims.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Pairs of Apple's bit and the host's.
struct bits { unsigned apple, host; };
static unsigned translate(unsigned apple, const struct bits *bits, size_t count) {
  unsigned host = 0;
  for (size_t i = 0; i < count; i++)
    if (apple & bits[i].apple) host |= bits[i].host;
  return host;
}
#define TRANSLATE(value, bits) translate(value, bits, sizeof bits / sizeof *bits)

static const struct bits open_bits[] = {{0x1, O_WRONLY}, {0x2, O_RDWR}, {0x4, O_NONBLOCK}, {0x8, O_APPEND}, {0x80, O_SYNC},
    {0x100, O_NOFOLLOW}, {0x200, O_CREAT}, {0x400, O_TRUNC}, {0x800, O_EXCL}, {0x20000, O_NOCTTY}, {0x100000, O_DIRECTORY},
    {0x400000, O_DSYNC}, {0x1000000, O_CLOEXEC}};
static const struct bits at_bits[] = {{0x10, AT_EACCESS}, {0x20, AT_SYMLINK_NOFOLLOW}, {0x40, AT_SYMLINK_FOLLOW}, {0x80, AT_REMOVEDIR}};
static int host_directory(int fd) { return fd == -2 ? AT_FDCWD : fd; }

int shim_vopen(const char *path, int flags, char *arguments) {
  return open(path, TRANSLATE(flags, open_bits), flags & 0x200 ? NEXT_ARGUMENT(int, arguments) : 0);
}
int shim_vopenat(int at, const char *path, int flags, char *arguments) {
  return openat(host_directory(at), path, TRANSLATE(flags, open_bits), flags & 0x200 ? NEXT_ARGUMENT(int, arguments) : 0);
}

// ---- fcntl ----

struct apple_flock { int64_t start, length; int32_t pid; int16_t type, whence; };

static int lock(int fd, int command, struct apple_flock *apple) {
  static const short types[] = {0, F_RDLCK, F_UNLCK, F_WRLCK};
  struct flock host = {.l_type = types[apple->type & 3], .l_whence = apple->whence, .l_start = apple->start, .l_len = apple->length};
  int result = fcntl(fd, command, &host);
  if (command != F_GETLK || result) return result;
  apple->type = host.l_type == F_RDLCK ? 1 : host.l_type == F_UNLCK ? 2 : 3;
  apple->start = host.l_start, apple->length = host.l_len, apple->pid = host.l_pid, apple->whence = host.l_whence;
  return 0;
}

int shim_vfcntl(int fd, int command, char *arguments) {
  int flags;
  switch (command) {
  case 0: return fcntl(fd, F_DUPFD, NEXT_ARGUMENT(int, arguments));
  case 1: return fcntl(fd, F_GETFD);
  case 2: return fcntl(fd, F_SETFD, NEXT_ARGUMENT(int, arguments));
  case 3:
    if ((flags = fcntl(fd, F_GETFL)) < 0) return flags;
    return (flags & 3) | (flags & O_NONBLOCK ? 4 : 0) | (flags & O_APPEND ? 8 : 0);
  case 4: return fcntl(fd, F_SETFL, TRANSLATE(NEXT_ARGUMENT(unsigned, arguments), open_bits));
  case 7: return lock(fd, F_GETLK, NEXT_ARGUMENT(void *, arguments));
  case 8: return lock(fd, F_SETLK, NEXT_ARGUMENT(void *, arguments));
  case 9: return lock(fd, F_SETLKW, NEXT_ARGUMENT(void *, arguments));
  case 45: case 48: return 0;   // F_RDAHEAD, F_NOCACHE
  case 51: case 85: return fsync(fd);   // F_FULLFSYNC, F_BARRIERFSYNC
  case 67: return fcntl(fd, F_DUPFD_CLOEXEC, NEXT_ARGUMENT(int, arguments));
  default: errno = EINVAL; return -1;
  }
}

// Of the terminal's, only that there is none.
int shim_vioctl(int fd, unsigned long request, char *arguments) {
  (void)fd, (void)request, (void)arguments;
  errno = ENOTTY;
  return -1;
}
static int shim_no_terminal(void) { errno = ENOTTY; return -1; }

// ---- stat ----

struct apple_stat {
  int32_t dev;
  uint16_t mode, links;
  uint64_t inode;
  uint32_t uid, gid;
  int32_t rdev, padding;
  struct timespec accessed, modified, changed, born;
  int64_t size, blocks;
  int32_t block_size;
  uint32_t flags, generation;
  int32_t spare;
  int64_t spares[2];
};
_Static_assert(sizeof(struct apple_stat) == 144, "struct stat");

static int give(int result, const struct stat *host, struct apple_stat *apple) {
  if (result) return result;
  *apple = (struct apple_stat){.dev = host->st_dev, .mode = host->st_mode, .links = host->st_nlink, .inode = host->st_ino,
      .uid = host->st_uid, .gid = host->st_gid, .rdev = host->st_rdev, .accessed = host->st_atim, .modified = host->st_mtim,
      .changed = host->st_ctim, .born = host->st_ctim, .size = host->st_size, .blocks = host->st_blocks, .block_size = host->st_blksize};
  return 0;
}
static int shim_stat(const char *path, struct apple_stat *to) { struct stat st; return give(stat(path, &st), &st, to); }
static int shim_lstat(const char *path, struct apple_stat *to) { struct stat st; return give(lstat(path, &st), &st, to); }
static int shim_fstat(int fd, struct apple_stat *to) { struct stat st; return give(fstat(fd, &st), &st, to); }
static int shim_fstatat(int at, const char *path, struct apple_stat *to, int flags) {
  struct stat st;
  return give(fstatat(host_directory(at), path, &st, TRANSLATE(flags, at_bits)), &st, to);
}
static int shim_faccessat(int at, const char *path, int mode, int flags) {
  return faccessat(host_directory(at), path, mode, TRANSLATE(flags, at_bits));
}
static int shim_unlinkat(int at, const char *path, int flags) { return unlinkat(host_directory(at), path, TRANSLATE(flags, at_bits)); }
static int shim_mkdirat(int at, const char *path, mode_t mode) { return mkdirat(host_directory(at), path, mode); }
static int shim_fchmodat(int at, const char *path, mode_t mode, int flags) {
  return fchmodat(host_directory(at), path, mode, TRANSLATE(flags, at_bits));
}

static struct timespec host_time(struct timespec apple) {
  if (apple.tv_nsec == -1) apple.tv_nsec = UTIME_NOW;
  if (apple.tv_nsec == -2) apple.tv_nsec = UTIME_OMIT;
  return apple;
}
static int shim_utimensat(int at, const char *path, const struct timespec times[2], int flags) {
  struct timespec host[2];
  if (times) host[0] = host_time(times[0]), host[1] = host_time(times[1]);
  return utimensat(host_directory(at), path, times ? host : NULL, TRANSLATE(flags, at_bits));
}
static int shim_futimens(int fd, const struct timespec times[2]) {
  struct timespec host[2];
  if (times) host[0] = host_time(times[0]), host[1] = host_time(times[1]);
  return futimens(fd, times ? host : NULL);
}

// Microseconds are 32 bits, and what follows them may be anything.
static struct timeval host_timeval(const struct timeval *apple) {
  return (struct timeval){apple->tv_sec, *(const int32_t *)&apple->tv_usec};
}
static int shim_utimes(const char *path, const struct timeval times[2]) {
  struct timeval host[2];
  if (times) host[0] = host_timeval(&times[0]), host[1] = host_timeval(&times[1]);
  return utimes(path, times ? host : NULL);
}
static int shim_select(int count, fd_set *read, fd_set *write, fd_set *error, struct timeval *timeout) {
  struct timeval host;
  if (timeout) host = host_timeval(timeout);
  return select(count, read, write, error, timeout ? &host : NULL);
}

// ---- file systems ----

struct apple_statfs {
  uint32_t block_size;
  int32_t io_size;
  uint64_t blocks, free, available, files, files_free;
  int32_t id[2];
  uint32_t owner, type, flags, subtype;
  char type_name[16], mounted_on[1024], mounted_from[1024];
  uint32_t more[8];
};
_Static_assert(sizeof(struct apple_statfs) == 2168, "struct statfs");

static int give_statfs(int result, const struct statfs *host, struct apple_statfs *apple) {
  if (result) return result;
  *apple = (struct apple_statfs){.block_size = host->f_bsize, .io_size = host->f_bsize, .blocks = host->f_blocks, .free = host->f_bfree,
      .available = host->f_bavail, .files = host->f_files, .files_free = host->f_ffree, .type_name = "apfs", .mounted_on = "/",
      .mounted_from = "/dev/disk1s1"};
  return 0;
}
static int shim_statfs(const char *path, struct apple_statfs *to) { struct statfs st; return give_statfs(statfs(path, &st), &st, to); }
static int shim_fstatfs(int fd, struct apple_statfs *to) { struct statfs st; return give_statfs(fstatfs(fd, &st), &st, to); }

struct apple_statvfs { uint64_t size, fragment; uint32_t blocks, free, available, files, files_free, files_available; uint64_t id, flags, longest; };
static int shim_statvfs(const char *path, struct apple_statvfs *to) {
  struct statvfs st;
  if (statvfs(path, &st)) return -1;
  *to = (struct apple_statvfs){st.f_bsize, st.f_frsize, st.f_blocks, st.f_bfree, st.f_bavail, st.f_files, st.f_ffree, st.f_favail,
      st.f_fsid, st.f_flag, st.f_namemax};
  return 0;
}

// ---- directories ----

struct apple_dirent { uint64_t inode, offset; uint16_t size, name_size; uint8_t type; char name[1024]; };

static struct apple_dirent *shim_readdir(DIR *directory) {
  static __thread struct apple_dirent mine;
  struct dirent *host = readdir(directory);
  if (!host) return NULL;
  mine.inode = host->d_ino, mine.offset = host->d_off, mine.size = sizeof mine, mine.type = host->d_type;
  mine.name_size = strlen(host->d_name);
  strcpy(mine.name, host->d_name);
  return &mine;
}

// ---- memory ----

static const struct bits map_bits[] = {{0x1, MAP_SHARED}, {0x2, MAP_PRIVATE}, {0x10, MAP_FIXED}, {0x40, MAP_NORESERVE}, {0x1000, MAP_ANONYMOUS}};
static void *shim_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset) {
  return mmap(at, size, prot, TRANSLATE(flags, map_bits), flags & 0x1000 ? -1 : fd, offset);
}
static const struct bits sync_bits[] = {{0x1, MS_ASYNC}, {0x2, MS_INVALIDATE}, {0x10, MS_SYNC}};
static int shim_msync(void *at, size_t size, int flags) { return msync(at, size, flags ? TRANSLATE(flags, sync_bits) : MS_SYNC); }
static int shim_madvise(void *at, size_t size, int advice) { return advice <= 4 ? madvise(at, size, advice) : 0; }

void variable_open(void), variable_openat(void), variable_fcntl(void), variable_ioctl(void);
SHIMS(file_shims, VARIABLE(open), VARIABLE(openat), VARIABLE(fcntl), VARIABLE(ioctl), AS("tcgetattr", shim_no_terminal),
      AS("tcsetattr", shim_no_terminal), OURS(stat), OURS(lstat), OURS(fstat), OURS(fstatat), OURS(faccessat), OURS(unlinkat),
      OURS(mkdirat), OURS(fchmodat), OURS(utimensat), OURS(futimens), OURS(utimes), OURS(select), OURS(statfs), OURS(fstatfs),
      OURS(statvfs), OURS(readdir), OURS(mmap), OURS(msync), OURS(madvise), SAME(munmap), SAME(mprotect), SAME(flock));
