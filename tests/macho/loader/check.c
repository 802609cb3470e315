// Load commands and segments: reads them into the image, and refuses what macOS's kernel and dyld refuse.
#include "loader.h"
#include <stdlib.h>
#include <string.h>

// ---- segments ----

static void check_section(const struct image *image, const struct segment_command_64 *segment, const struct section_64 *section) {
  uint32_t type = section->flags & SECTION_TYPE;
  bool zeros = type == S_ZEROFILL || type == S_GB_ZEROFILL || type == S_THREAD_LOCAL_ZEROFILL;
  if (strncmp(section->segname, segment->segname, 16))
    refuse(image, "section %.16s says it is in %.16s", section->sectname, section->segname);
  if (section->addr < segment->vmaddr || section->addr - segment->vmaddr > segment->vmsize ||
      section->size > segment->vmsize - (section->addr - segment->vmaddr))
    refuse(image, "section %.16s is outside of its segment", section->sectname);
  if (section->align > 14) refuse(image, "section %.16s is aligned to 2^%u", section->sectname, section->align);
  if (section->addr % (1u << section->align)) refuse(image, "section %.16s is not aligned to 2^%u", section->sectname, section->align);
  if (zeros || !section->size) return;
  uint64_t into = section->addr - segment->vmaddr;
  if (section->offset != segment->fileoff + into || into + section->size > segment->filesize)
    refuse(image, "section %.16s is outside of its segment's part of the file", section->sectname);
  const struct segment_command_64 *text = image->text;
  if (segment == text && into < sizeof *image->header + image->header->sizeofcmds)
    refuse(image, "section %.16s overlaps the load commands", section->sectname);
}

static void check_sections(const struct image *image, const struct segment_command_64 *segment) {
  const struct section_64 *sections = sections_of(segment);
  for (uint32_t i = 0; i < segment->nsects; i++) {
    check_section(image, segment, &sections[i]);
    for (uint32_t j = 0; j < i; j++)
      if (sections[i].size && sections[j].size && sections[i].addr < sections[j].addr + sections[j].size &&
          sections[j].addr < sections[i].addr + sections[i].size)
        refuse(image, "sections %.16s and %.16s overlap", sections[j].sectname, sections[i].sectname);
  }
}

static bool is_named(const struct segment_command_64 *segment, const char *name) { return !strncmp(segment->segname, name, 16); }

static void check_protection(const struct image *image, const struct segment_command_64 *segment) {
  uint32_t prot = segment->initprot, want = prot;
  if (prot & ~7u || segment->maxprot & ~7u) refuse(image, "%.16s has protection bits that there are not", segment->segname);
  if (prot & ~segment->maxprot) refuse(image, "%.16s: initial protection above the maximal", segment->segname);
  if (prot & VM_WRITE && prot & VM_EXECUTE) refuse(image, "%.16s is writable and executable", segment->segname);
  if (is_named(segment, "__TEXT")) want = VM_READ | VM_EXECUTE;
  if (is_named(segment, "__LINKEDIT")) want = VM_READ;
  if (is_named(segment, "__DATA_CONST")) want = VM_READ | VM_WRITE;
  if (prot != want) refuse(image, "%.16s has protection %u", segment->segname, prot);
  if (is_named(segment, "__DATA_CONST") && !(segment->flags & SG_READ_ONLY)) refuse(image, "__DATA_CONST without SG_READ_ONLY");
}

static void check_segment(struct image *image, const struct segment_command_64 *segment) {
  if (segment->vmaddr % PAGE) refuse(image, "%.16s: address %#lx is not aligned to 16 KiB", segment->segname, segment->vmaddr);
  if (segment->fileoff % PAGE) refuse(image, "%.16s: file offset %#lx is not aligned to 16 KiB", segment->segname, segment->fileoff);
  if (segment->vmsize % PAGE && !is_named(segment, "__LINKEDIT"))
    refuse(image, "%.16s: size %#lx is not a multiple of 16 KiB", segment->segname, segment->vmsize);
  if (segment->vmaddr + segment->vmsize < segment->vmaddr) refuse(image, "%.16s wraps around", segment->segname);
  if (segment->filesize > segment->vmsize) refuse(image, "%.16s: larger in the file than in memory", segment->segname);
  bytes_at(image, segment->fileoff, segment->filesize, segment->segname);
  if ((uint64_t)segment->cmdsize != sizeof *segment + (uint64_t)segment->nsects * sizeof(struct section_64))
    refuse(image, "%.16s: size of the command does not fit %u sections", segment->segname, segment->nsects);
  check_protection(image, segment);
  for (uint32_t i = 0; i < image->segment_count; i++) {
    const struct segment_command_64 *other = image->segments[i];
    if (!strncmp(segment->segname, other->segname, 16)) refuse(image, "two segments %.16s", segment->segname);
    if (segment->vmaddr < other->vmaddr + other->vmsize)
      refuse(image, "segments %.16s and %.16s overlap or are out of order", other->segname, segment->segname);
    if (segment->filesize && segment->fileoff < other->fileoff + other->filesize)
      refuse(image, "segments %.16s and %.16s overlap in the file", other->segname, segment->segname);
  }
  if (image->segment_count == MAX_SEGMENTS) refuse(image, "more than %u segments", MAX_SEGMENTS);
  image->segments[image->segment_count++] = segment;
  if (is_named(segment, "__TEXT")) image->text = segment;
  if (is_named(segment, "__LINKEDIT")) image->linkedit = segment;
  if (segment->maxprot || segment->initprot) {
    if (!image->high) image->low = segment->vmaddr;
    image->high = segment->vmaddr + segment->vmsize;
  }
}

static void check_segments(struct image *image) {
  uint32_t type = image->header->filetype;
  if (!image->segment_count || !image->text || !image->linkedit) refuse(image, "no __TEXT or no __LINKEDIT");
  const struct segment_command_64 *first = image->segments[0];
  if (type == MH_EXECUTE) {
    if (!is_named(first, "__PAGEZERO") || first->vmaddr || first->filesize || first->vmsize < PAGE || first->initprot || first->maxprot)
      refuse(image, "no __PAGEZERO");
    if (image->segment_count < 2 || image->segments[1] != image->text) refuse(image, "__TEXT does not follow __PAGEZERO");
  } else if (first != image->text) {
    refuse(image, "__TEXT is not the first segment");
  }
  if (image->high - image->low > (uint64_t)4 << 30) refuse(image, "larger than 4 GiB");
  if (image->text->fileoff) refuse(image, "__TEXT does not begin with the header");
  if (sizeof *image->header + image->header->sizeofcmds > image->text->filesize) refuse(image, "load commands are outside of __TEXT");
  if (image->linkedit != image->segments[image->segment_count - 1]) refuse(image, "__LINKEDIT is not the last segment");
  if (image->linkedit->fileoff + image->linkedit->filesize != image->size) refuse(image, "file does not end with __LINKEDIT");
  for (uint32_t i = 0; i < image->segment_count; i++) check_sections(image, image->segments[i]);
}

// ---- load commands ----

static const char *command_string(const struct image *image, const struct load_command *command, uint32_t offset, uint32_t least) {
  const char *string = (const char *)command + offset;
  if (offset < least || offset >= command->cmdsize || !memchr(string, 0, command->cmdsize - offset))
    refuse(image, "string of load command %#x is outside of it", command->cmd);
  if (!*string) refuse(image, "string of load command %#x is empty", command->cmd);
  return string;
}

static void add_dependency(struct image *image, const struct dylib_command *command) {
  const char *name = command_string(image, (const void *)command, command->name, sizeof *command);
  for (uint32_t i = 0; i < image->dependency_count; i++)
    if (image->dependencies[i].cmd == command->cmd && !strcmp(image->dependencies[i].name, name)) refuse(image, "two load commands for %s", name);
  image->dependencies = realloc(image->dependencies, (image->dependency_count + 1) * sizeof *image->dependencies);
  image->dependencies[image->dependency_count++] = (struct dependency){.name = name, .cmd = command->cmd};
}

static void add_rpath(struct image *image, const struct path_command *command) {
  const char *path = command_string(image, (const void *)command, command->path, sizeof *command);
  for (uint32_t i = 0; i < image->rpath_count; i++)
    if (!strcmp(image->rpaths[i], path)) refuse(image, "two LC_RPATH %s", path);
  image->rpaths = realloc(image->rpaths, (image->rpath_count + 1) * sizeof *image->rpaths);
  image->rpaths[image->rpath_count++] = path;
}

struct seen { bool id, uuid, version, dylinker; };

// Stores a command of which there may be one, and which must have at least `size` bytes.
static const void *only(const struct image *image, const void *before, const struct load_command *command, size_t size) {
  if (before) refuse(image, "two load commands %#x", command->cmd);
  if (command->cmdsize < size) refuse(image, "load command %#x is too short", command->cmd);
  return command;
}

static void read_command(struct image *image, const struct load_command *command, struct seen *seen) {
#define ONLY(field) (image->field = only(image, image->field, command, sizeof *image->field))
  const void *twice = command;
  switch (command->cmd) {
  case LC_SEGMENT_64: check_segment(image, only(image, NULL, command, sizeof(struct segment_command_64))); break;
  case LC_LOAD_DYLIB: case LC_LOAD_WEAK_DYLIB: case LC_REEXPORT_DYLIB: case LC_LOAD_UPWARD_DYLIB:
    add_dependency(image, only(image, NULL, command, sizeof(struct dylib_command)));
    break;
  case LC_ID_DYLIB:
    only(image, seen->id ? twice : NULL, command, sizeof(struct dylib_command));
    seen->id = true;
    image->install = command_string(image, command, ((const struct dylib_command *)command)->name, sizeof(struct dylib_command));
    break;
  case LC_RPATH: add_rpath(image, only(image, NULL, command, sizeof(struct path_command))); break;
  case LC_LOAD_DYLINKER:
    only(image, seen->dylinker ? twice : NULL, command, sizeof(struct path_command));
    seen->dylinker = !strcmp(command_string(image, command, ((const struct path_command *)command)->path, 12), "/usr/lib/dyld");
    break;
  case LC_UUID: only(image, seen->uuid ? twice : NULL, command, 24), seen->uuid = true; break;
  case LC_BUILD_VERSION: case LC_VERSION_MIN_MACOSX: case LC_VERSION_MIN_IPHONEOS:
    only(image, seen->version ? twice : NULL, command, 16), seen->version = true;
    break;
  case LC_MAIN: ONLY(entry); break;
  case LC_UNIXTHREAD: refuse(image, "LC_UNIXTHREAD");
  case LC_SYMTAB: ONLY(symtab); break;
  case LC_DYSYMTAB: ONLY(dysymtab); break;
  case LC_CODE_SIGNATURE: ONLY(signature); break;
  case LC_FUNCTION_STARTS: ONLY(function_starts); break;
  case LC_DATA_IN_CODE: ONLY(data_in_code); break;
  case LC_DYLD_CHAINED_FIXUPS: ONLY(chained); break;
  case LC_DYLD_EXPORTS_TRIE: ONLY(exports_trie); break;
  case LC_DYLD_INFO: case LC_DYLD_INFO_ONLY: ONLY(info); break;
  default:
    // What dyld must understand, by the command's own flag, and we do not know.
    if (command->cmd & LC_REQ_DYLD) refuse(image, "unknown load command %#x", command->cmd);
  }
#undef ONLY
}

static void check_kind(const struct image *image, const struct seen *seen) {
  uint32_t type = image->header->filetype, flags = image->header->flags;
  if (!seen->uuid) refuse(image, "no LC_UUID");
  if (!seen->version) refuse(image, "no LC_BUILD_VERSION or LC_VERSION_MIN");
  if (!image->symtab || !image->dysymtab) refuse(image, "no LC_SYMTAB or no LC_DYSYMTAB");
  if (!image->signature) refuse(image, "no LC_CODE_SIGNATURE");
  if (image->chained && image->info) refuse(image, "both chained fixups and LC_DYLD_INFO");
  if (!image->chained && !image->info) refuse(image, "neither chained fixups nor LC_DYLD_INFO");
  if (image->exports_trie && image->info && image->info->export_size) refuse(image, "two export tries");
  if (!(flags & MH_DYLDLINK)) refuse(image, "header flags %#x lack MH_DYLDLINK", flags);
  if (seen->id != (type == MH_DYLIB)) refuse(image, seen->id ? "LC_ID_DYLIB, but not a dylib" : "a dylib without LC_ID_DYLIB");
  if (type == MH_EXECUTE && !image->dependency_count) refuse(image, "links with no library");
  if (type != MH_EXECUTE) {
    if (image->entry) refuse(image, "LC_MAIN, but not an executable");
    return;
  }
  if (!(flags & MH_PIE)) refuse(image, "header flags %#x lack MH_PIE", flags);
  if (!seen->dylinker) refuse(image, "no LC_LOAD_DYLINKER /usr/lib/dyld");
  if (!image->entry) refuse(image, "no LC_MAIN");
  uint64_t entry = image->entry->entryoff;
  if (entry < sizeof *image->header + image->header->sizeofcmds || entry % 4 || entry >= image->text->filesize)
    refuse(image, "LC_MAIN: entry %#lx is not in __TEXT", entry);
  if (image->entry->stacksize % PAGE) refuse(image, "LC_MAIN: stack size %#lx is not a multiple of 16 KiB", image->entry->stacksize);
}

void check_commands(struct image *image) {
  const struct mach_header_64 *header = image->header = bytes_at(image, 0, sizeof *header, "header");
  if (header->magic != MH_MAGIC_64) refuse(image, "bad magic %#x", header->magic);
  if (header->cputype != CPU_TYPE_ARM64 || header->cpusubtype & 0xffffff) refuse(image, "not for arm64");
  if (header->filetype != MH_EXECUTE && header->filetype != MH_DYLIB && header->filetype != MH_BUNDLE)
    refuse(image, "file type %u", header->filetype);
  const uint8_t *at = bytes_at(image, sizeof *header, header->sizeofcmds, "load commands"), *end = at + header->sizeofcmds;
  struct seen seen = {0};
  for (uint32_t i = 0; i < header->ncmds; i++) {
    const struct load_command *command = (const void *)at;
    if ((size_t)(end - at) < sizeof *command || command->cmdsize < sizeof *command || command->cmdsize % 8 ||
        command->cmdsize > (size_t)(end - at))
      refuse(image, "load command %u has a bad size", i);
    read_command(image, command, &seen);
    at += command->cmdsize;
  }
  if (at != end) refuse(image, "load commands do not end where the header says");
  check_segments(image);
  check_kind(image, &seen);
}
