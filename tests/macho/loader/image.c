// Images: finding a library's file, reading and mapping it, loading what it needs, and running initialisers in order.
#define _GNU_SOURCE
#include "loader.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image **images;
uint32_t image_count;

// ---- finding files ----

static bool is_file(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static char *format_path(const char *a, const char *b) {
  char *path;
  if (asprintf(&path, "%s%s", a, b) < 0) abort();
  return path;
}

static char *beside(const struct image *image, const char *rest) {
  const char *slash = strrchr(image->path, '/');
  char *path;
  if (asprintf(&path, "%.*s/%s", slash ? (int)(slash - image->path) : 1, slash ? image->path : ".", rest) < 0) abort();
  return path;
}

// The file of an install name or of a path given to dlopen; NULL if there is none. `by` is who asks.
static char *find_file(const char *name, const struct image *by) {
  static const char loader[] = "@loader_path/", executable[] = "@executable_path/", rpath[] = "@rpath/";
  char *path = NULL;
  if (!strncmp(name, loader, sizeof loader - 1) && by) {
    path = beside(by, name + sizeof loader - 1);
  } else if (!strncmp(name, executable, sizeof executable - 1) && image_count) {
    path = beside(images[0], name + sizeof executable - 1);
  } else if (!strncmp(name, rpath, sizeof rpath - 1)) {
    for (const struct image *from = by; from; from = from->loaded_by)
      for (uint32_t i = 0; i < from->rpath_count; i++)
        if ((path = find_file(format_path(format_path(from->rpaths[i], "/"), name + sizeof rpath - 1), from))) return path;
    return NULL;
  } else {
    if (*name == '/')
      for (uint32_t i = 0; i < root_count; i++)
        if (is_file(path = format_path(roots[i], name))) return path;
    path = strdup(name);
  }
  return is_file(path) ? path : NULL;
}

// The text stub of an absolute install name below a root: of a library that is not there as a file.
static const char *read_stub(const char *name) {
  for (uint32_t i = 0; i < root_count && *name == '/'; i++) {
    const char *end = strrchr(name, '.');
    if (!end || strcmp(end, ".dylib")) end = name + strlen(name);
    char *path;
    if (asprintf(&path, "%s%.*s.tbd", roots[i], (int)(end - name), name) < 0) abort();
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) continue;
    char *text = calloc(1, st.st_size + 1);
    if (!text || read(fd, text, st.st_size) != st.st_size) abort();
    close(fd);
    return text;
  }
  return NULL;
}

// ---- reading and mapping ----

const void *bytes_at(const struct image *image, uint64_t offset, uint64_t size, const char *what) {
  if (offset > image->size || size > image->size - offset) refuse(image, "%s is outside of the file", what);
  return image->file + offset;
}

const struct segment_command_64 *segment_of(const struct image *image, uint64_t address, uint64_t size) {
  for (uint32_t i = 0; i < image->segment_count; i++) {
    const struct segment_command_64 *segment = image->segments[i];
    if (address >= segment->vmaddr && address - segment->vmaddr <= segment->vmsize &&
        size <= segment->vmsize - (address - segment->vmaddr) && (segment->initprot || segment->maxprot))
      return segment;
  }
  return NULL;
}

// Reads the whole file; of a universal one only the arm64 slice stays visible.
static void read_file(struct image *image) {
  int fd = open(image->path, O_RDONLY);
  struct stat st;
  if (fd < 0 || fstat(fd, &st)) refuse(image, "cannot open it");
  uint8_t *bytes = mmap(NULL, st.st_size ? st.st_size : 1, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) refuse(image, "cannot read it");
  close(fd);
  image->file = bytes, image->size = st.st_size;
  const uint32_t *fat = bytes_at(image, 0, 8, "header");
  if (__builtin_bswap32(fat[0]) != FAT_MAGIC) return;
  uint32_t count = __builtin_bswap32(fat[1]);
  const uint32_t *arch = bytes_at(image, 8, (uint64_t)count * 20, "universal header");
  for (; count--; arch += 5) {
    if (__builtin_bswap32(arch[0]) != CPU_TYPE_ARM64) continue;
    uint32_t offset = __builtin_bswap32(arch[2]), size = __builtin_bswap32(arch[3]);
    if (offset % PAGE) refuse(image, "arm64 slice is not aligned to 16 KiB");
    image->file = bytes_at(image, offset, size, "arm64 slice"), image->size = size;
    return;
  }
  refuse(image, "universal file without arm64");
}

// Puts the segments where they fit, at another address than the preferred one: nothing may depend on that one.
static void map(struct image *image) {
  uint64_t span = (image->high - image->low + PAGE - 1) & -(uint64_t)PAGE;
  uint8_t *memory = mmap(NULL, span + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) refuse(image, "no room for %#lx bytes", (unsigned long)span);
  memory = (uint8_t *)(((uintptr_t)memory + PAGE - 1) & -(uintptr_t)PAGE);
  image->slide = (intptr_t)memory - (intptr_t)image->low;
  image->base = memory + (image->text->vmaddr - image->low);
  for (uint32_t i = 0; i < image->segment_count; i++) {
    const struct segment_command_64 *segment = image->segments[i];
    if (!segment->maxprot && !segment->initprot) continue;
    uint8_t *to = (uint8_t *)segment->vmaddr + image->slide;
    if (mprotect(to, segment->vmsize, PROT_READ | PROT_WRITE)) refuse(image, "cannot map %.16s", segment->segname);
    memcpy(to, image->file + segment->fileoff, segment->filesize);
  }
}

// Gives the segments their own protection; what is read-only after fixups is so from now on.
static void protect(struct image *image) {
  for (uint32_t i = 0; i < image->segment_count; i++) {
    const struct segment_command_64 *segment = image->segments[i];
    if (!segment->maxprot && !segment->initprot) continue;
    int prot = segment->initprot;
    int mine = (prot & VM_READ ? PROT_READ : 0) | (prot & VM_WRITE ? PROT_WRITE : 0) | (prot & VM_EXECUTE ? PROT_EXEC : 0);
    if (segment->flags & SG_READ_ONLY) mine &= ~PROT_WRITE;
    mprotect((uint8_t *)segment->vmaddr + image->slide, segment->vmsize, mine);
  }
  __builtin___clear_cache((char *)image->base, (char *)image->base + image->text->vmsize);
}

// ---- the list of images ----

static struct image *already_loaded(const char *name, const char *path) {
  for (uint32_t i = 0; i < image_count; i++)
    if (!strcmp(images[i]->install, name) || (path && !strcmp(images[i]->path, path))) return images[i];
  return NULL;
}

static struct image *add(const char *path, const char *install) {
  struct image *image = calloc(1, sizeof *image);
  images = realloc(images, (image_count + 1) * sizeof *images);
  if (!image || !images) abort();
  images[image_count++] = image;
  image->path = strdup(path), image->install = strdup(install);
  return image;
}

static bool is_host_library(const char *name) {
  return !strcmp(name, "/usr/lib/libSystem.B.dylib") || !strncmp(name, "/usr/lib/system/", 16);
}

// One image without its dependencies; *is_new says whether it was not there before.
static struct image *load_one(const char *name, struct image *by, bool *is_new) {
  *is_new = false;
  char *path = find_file(name, by), *real = path ? realpath(path, NULL) : NULL;
  struct image *image = already_loaded(name, real);
  if (image) return image;
  const char *stub = path ? NULL : read_stub(name);
  if (!path && !stub && !is_host_library(name)) return NULL;
  *is_new = true;
  image = add(path ? real : name, path ? real : name);
  image->loaded_by = by;
  if (path) {
    read_file(image);
    check_commands(image);
    check_linkedit(image);
    check_signature(image);
    check_trie(image);
    map(image);
  } else {
    // The host's library. What libSystem itself re-exports and a root has as a real file (libunwind) comes from there.
    image->stub_text = stub;
    image->fixups_done = image->initialised = true;
    static const char unwind[] = "/usr/lib/system/libunwind.dylib";
    if (!strcmp(name, "/usr/lib/libSystem.B.dylib") && find_file(unwind, NULL)) {
      image->dependencies = calloc(1, sizeof *image->dependencies);
      image->dependencies[0] = (struct dependency){.name = unwind, .cmd = LC_REEXPORT_DYLIB};
      image->dependency_count = 1;
    }
  }
  return image;
}

// dyld's order: all direct dependencies of an image, then theirs.
static void load_dependencies(struct image *image) {
  bool *is_new = calloc(image->dependency_count + 1, sizeof *is_new);
  for (uint32_t i = 0; i < image->dependency_count; i++) {
    struct dependency *dependency = &image->dependencies[i];
    dependency->image = load_one(dependency->name, image, &is_new[i]);
    if (!dependency->image && dependency->cmd != LC_LOAD_WEAK_DYLIB) refuse(image, "library not loaded: %s", dependency->name);
    if (dependency->image && dependency->image->file && dependency->image->header->filetype != MH_DYLIB)
      refuse(image, "%s is not a dylib", dependency->name);
  }
  for (uint32_t i = 0; i < image->dependency_count; i++)
    if (is_new[i]) load_dependencies(image->dependencies[i].image);
  free(is_new);
}

struct image *load(const char *name, struct image *by, bool must) {
  bool is_new;
  struct image *image = load_one(name, by, &is_new);
  if (!image && must) {
    fprintf(stderr, "loader: %s: no such file\n", name);
    exit(98);
  }
  if (image && is_new) load_dependencies(image);
  return image;
}

void finish_loading(uint32_t first) {
  for (uint32_t i = first; i < image_count; i++) {
    struct image *image = images[i];
    if (image->fixups_done) continue;
    image->fixups_done = true;
    if (image->chained) apply_chained(image);
    if (image->info) apply_opcodes(image);
    prepare_thread_locals(image);
  }
  // Weak binds of opcodes come when all plain ones are done, as they overwrite some.
  for (uint32_t i = first; i < image_count; i++) {
    if (!images[i]->file) continue;
    if (images[i]->info) apply_weak_opcodes(images[i]);
    check_pointers_fixed(images[i]);
    protect(images[i]);
  }
}

struct image *image_of(const void *address) {
  for (uint32_t i = 0; i < image_count; i++) {
    uint64_t unslid = (uint64_t)address - images[i]->slide;
    if (images[i]->file && segment_of(images[i], unslid, 1)) return images[i];
  }
  return NULL;
}

// ---- initialisers ----

typedef void initialiser(int, char **, char **, const char **, void *);

static void run(struct image *image, uint64_t address) {
  const struct segment_command_64 *segment = segment_of(image, address - image->slide, 4);
  if (!segment || !(segment->initprot & VM_EXECUTE)) refuse(image, "initialiser is not in an executable segment");
  ((initialiser *)address)(program_argc, program_argv, program_envp, program_apple, NULL);
}

static void run_section(struct image *image, const struct section_64 *section, bool terminators) {
  uint8_t *at = (uint8_t *)section->addr + image->slide;
  uint32_t type = section->flags & SECTION_TYPE;
  if (!terminators && type == S_MOD_INIT_FUNC_POINTERS)
    for (uint64_t i = 0; i < section->size / 8; i++) run(image, ((uint64_t *)at)[i]);
  if (!terminators && type == S_INIT_FUNC_OFFSETS)
    for (uint64_t i = 0; i < section->size / 4; i++) run(image, (uint64_t)image->base + ((uint32_t *)at)[i]);
  if (terminators && type == S_MOD_TERM_FUNC_POINTERS)
    for (uint64_t i = section->size / 8; i--;) run(image, ((uint64_t *)at)[i]);
}

static void run_all(struct image *image, bool terminators) {
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) run_section(image, sections_of(image->segments[i]) + j, terminators);
}

static void terminate(int status, void *image) {
  (void)status;
  run_all(image, true);
}

void initialise(struct image *image) {
  if (image->initialised) return;
  image->initialised = true;
  for (uint32_t i = 0; i < image->dependency_count; i++)
    if (image->dependencies[i].image && image->dependencies[i].cmd != LC_LOAD_UPWARD_DYLIB) initialise(image->dependencies[i].image);
  on_exit(terminate, image);
  run_all(image, false);
}
