#!/usr/bin/env python3
"""damage.py NAME IN OUT: a copy of a good program with one thing wrong, signed again unless the signature is what is wrong.
damage.py --list: the names, each with the program to damage and a part of the reason with which it must be refused."""
import hashlib
import struct
import sys

SEGMENT, SYMTAB, DYSYMTAB, SIGNATURE, UUID, STARTS = 0x19, 0x2, 0xB, 0x1D, 0x1B, 0x26
BUILD, RPATH, MAIN, CHAINED, TRIE, INFO = 0x32, 0x8000001C, 0x80000028, 0x80000034, 0x80000033, 0x80000022
LOAD_DYLIB, ID_DYLIB, NOTHING = 0xC, 0xD, 0x2A  # LC_SOURCE_VERSION stands for a command taken out


class Image:
    def __init__(self, data):
        self.data = bytearray(data)
        self.commands, at = [], 32
        for _ in range(self.get32(16)):
            self.commands.append((self.get32(at), at))
            at += self.get32(at + 4)

    def get(self, form, at):
        return struct.unpack_from(form, self.data, at)[0]

    def put(self, form, at, value):
        struct.pack_into(form, self.data, at, value)

    def get32(self, at):
        return self.get("<I", at)

    def put32(self, at, value):
        self.put("<I", at, value & 0xFFFFFFFF)

    def add32(self, at, value):
        self.put32(at, self.get32(at) + value)

    def add64(self, at, value):
        self.put("<Q", at, self.get("<Q", at) + value)

    def command(self, kind):
        return next(at for cmd, at in self.commands if cmd == kind)

    def segment(self, name):
        return next(at for cmd, at in self.commands if cmd == SEGMENT and self.name(at + 8) == name)

    def section(self, name):
        for cmd, at in self.commands:
            if cmd == SEGMENT:
                for i in range(self.get32(at + 64)):
                    if self.name(at + 72 + 80 * i) == name:
                        return at + 72 + 80 * i
        raise KeyError(name)

    def name(self, at):
        return self.data[at : at + 16].rstrip(b"\0").decode()

    def part(self, kind):
        """The file offset of the bytes that a linkedit_data_command names."""
        return self.get32(self.command(kind) + 8)

    def directory(self):
        return self.part(SIGNATURE) + self.get(">I", self.part(SIGNATURE) + 16)

    def sign(self):
        at, limit = self.directory(), self.part(SIGNATURE)
        hashes = at + self.get(">I", at + 16)
        for page in range(0, limit, 4096):
            self.data[hashes : hashes + 32] = hashlib.sha256(self.data[page : min(page + 4096, limit)]).digest()
            hashes += 32

    def chain_starts(self):
        """The first segment's chain starts that there are."""
        starts = self.part(CHAINED) + self.get32(self.part(CHAINED) + 4)
        for i in range(self.get32(starts)):
            if self.get32(starts + 4 + 4 * i):
                return starts + self.get32(starts + 4 + 4 * i)

    def first_fixup(self):
        starts = self.chain_starts()
        return self.get("<Q", starts + 8) + self.get("<H", starts + 22)  # here file offsets are offsets from the header


damages = {}


def damage(reason, of="chained/client", sign=True):
    def add(function):
        damages[function.__name__.replace("_", "-")] = (of, reason, function, sign)
        return function
    return add


# The signature.
@damage("page 0 (offset 0) has another hash", sign=False)
def byte_of_first_page(i): i.data[32 + i.get32(20)] ^= 1

@damage("has another hash", sign=False)
def byte_of_last_page(i): i.data[i.part(SIGNATURE) - 1] ^= 1

@damage("no LC_CODE_SIGNATURE", sign=False)
def no_signature(i): i.put32(i.command(SIGNATURE), NOTHING)

@damage("code signature: bad magic")
def signature_magic(i): i.data[i.part(SIGNATURE)] ^= 1

@damage("codeLimit", sign=False)
def code_limit(i): i.put(">I", i.directory() + 32, i.part(SIGNATURE) - 4096)

@damage("pages, but there are", sign=False)
def code_slots(i): i.put(">I", i.directory() + 28, i.get(">I", i.directory() + 28) - 1)

@damage("execSeg is")
def exec_segment(i): i.put(">Q", i.directory() + 72, 0x8000)

@damage("execSegFlags")
def exec_flags(i): i.put(">Q", i.directory() + 80, 0)

@damage("not ad hoc")
def not_ad_hoc(i): i.put(">I", i.directory() + 12, 0)

@damage("__LINKEDIT is outside of the file", sign=False)
def cut_short(i): i.data = i.data[:-64]

@damage("does not end with __LINKEDIT")
def bytes_after(i): i.data += bytes(16)


# Header and load commands.
@damage("bad magic")
def magic(i): i.put32(0, 0xFEEDFACE)

@damage("not for arm64")
def cpu(i): i.put32(4, 0x01000007)

@damage("lack MH_PIE")
def not_pie(i): i.put32(24, i.get32(24) & ~0x200000)

@damage("no __PAGEZERO")
def page_zero(i): i.data[i.segment("__PAGEZERO") + 8 + 4] ^= 1

@damage("no LC_UUID")
def no_uuid(i): i.put32(i.command(UUID), NOTHING)

@damage("no LC_BUILD_VERSION")
def no_version(i): i.put32(i.command(BUILD), NOTHING)

@damage("no LC_MAIN")
def no_entry(i): i.put32(i.command(MAIN), NOTHING)

@damage("LC_MAIN: entry")
def entry(i): i.put("<Q", i.command(MAIN) + 8, 0x100000)

@damage("file type")
def file_type(i): i.put32(12, 1)

@damage("a dylib without LC_ID_DYLIB", of="chained/liblibrary.dylib")
def dylib_without_id(i): i.put32(i.command(ID_DYLIB), NOTHING)

@damage("no __PAGEZERO", of="chained/liblibrary.dylib")
def dylib_as_program(i): i.put32(12, 2), i.put32(i.command(ID_DYLIB), NOTHING)

@damage("two LC_RPATH", of="chained/catcher")
def same_rpath(i):
    at, end = i.command(RPATH), 32 + i.get32(20)
    size = i.get32(at + 4)
    i.data[end : end + size] = i.data[at : at + size]
    i.add32(16, 1), i.add32(20, size)

@damage("two load commands for")
def same_library(i):
    at, end = i.command(LOAD_DYLIB), 32 + i.get32(20)
    size = i.get32(at + 4)
    i.data[end : end + size] = i.data[at : at + size]
    i.add32(16, 1), i.add32(20, size)

@damage("has a bad size")
def command_size(i): i.put32(i.command(UUID) + 4, 20)

@damage("unknown load command")
def unknown_command(i): i.put32(i.command(UUID), 0x800000FF)

@damage("library not loaded: /usr/lib/libSystem.C.dylib")
def other_library(i):
    at = i.data.index(b"libSystem.B")
    i.data[at + 10] = ord("C")


# Segments and sections.
@damage("not aligned to 16 KiB")
def segment_address(i): i.add64(i.segment("__DATA") + 24, 0x1000)

@damage("is not aligned to 16 KiB")
def segment_offset(i): i.add64(i.segment("__DATA") + 40, 0x1000)

@damage("overlap or are out of order")
def overlapping_segments(i): i.put("<Q", i.segment("__DATA") + 24, i.get("<Q", i.segment("__DATA_CONST") + 24))

@damage("overlap in the file")
def overlapping_files(i): i.put("<Q", i.segment("__DATA") + 40, i.get("<Q", i.segment("__DATA_CONST") + 40))

@damage("larger in the file")
def segment_size(i): i.put("<Q", i.segment("__DATA") + 48, 0x8000)

@damage("is outside of the file")
def linkedit_size(i): i.put("<Q", i.segment("__LINKEDIT") + 32, 0x100000), i.add64(i.segment("__LINKEDIT") + 48, 0x10000)

@damage("larger than 4 GiB")
def image_size(i): i.add64(i.segment("__LINKEDIT") + 24, 1 << 40)

@damage("writable and executable")
def writable_text(i): i.put32(i.segment("__DATA") + 56, 7), i.put32(i.segment("__DATA") + 60, 7)

@damage("without SG_READ_ONLY")
def not_read_only(i): i.put32(i.segment("__DATA_CONST") + 68, 0)

@damage("section __got is outside of its segment")
def section_address(i): i.add64(i.section("__got") + 32, 0x4000)

@damage("is outside of its segment's part of the file")
def section_offset(i): i.add32(i.section("__text") + 48, 4)

@damage("overlap")
def overlapping_sections(i): i.add64(i.section("__text") + 40, 16)


# __LINKEDIT.
@damage("overlaps or precedes")
def order(i):
    a, b = i.command(CHAINED) + 8, i.command(TRIE) + 8
    i.data[a : a + 8], i.data[b : b + 8] = i.data[b : b + 8], i.data[a : a + 8]

@damage("symbol table is outside of __LINKEDIT")
def symbols_outside(i): i.put32(i.command(SYMTAB) + 8, 0x400)

@damage("not aligned to 8 bytes")
def misaligned_symbols(i): i.add32(i.command(SYMTAB) + 8, 4)

@damage("is not in the part of the table")
def partition(i): i.add32(i.command(DYSYMTAB) + 12, -1), i.add32(i.command(DYSYMTAB) + 16, -1), i.add32(i.command(DYSYMTAB) + 20, 1)

@damage("LC_DYSYMTAB covers")
def symbol_missing(i): i.add32(i.command(DYSYMTAB) + 28, -1)

@damage("does not end with a zero")
def string_table(i): i.data[i.get32(i.command(SYMTAB) + 16) + i.get32(i.command(SYMTAB) + 20) - 1] = 65

@damage("outside of the string table")
def symbol_name(i): i.put32(i.get32(i.command(SYMTAB) + 8), 0x100000)

@damage("needs more indirect symbols")
def indirect(i): i.add32(i.section("__got") + 68, 100)

@damage("function starts: no function")
def function_starts(i): i.data[i.part(STARTS)] ^= 1


@damage("but the header lacks MH_WEAK_DEFINES", of="chained/catcher")
def weak_flag(i): i.put32(24, i.get32(24) & ~0x8000)


# Fixups.
@damage("is in no section")
def chain_start(i): i.put("<H", i.chain_starts() + 22, 0x3F00)

@damage("starts at")
def chain_start_outside(i): i.put("<H", i.chain_starts() + 22, 0x4004)

@damage("segment offset")
def chain_segment(i): i.add64(i.chain_starts() + 8, 0x4000)

@damage("pages of")
def chain_page_size(i): i.put("<H", i.chain_starts() + 4, 0x1000)

@damage("pointer format")
def chain_format(i): i.put("<H", i.chain_starts() + 6, 1)

@damage("chain leaves its page")
def chain_next(i): i.add64(i.first_fixup(), (0xFFF << 51) - (i.get("<Q", i.first_fixup()) & (0xFFF << 51)))

@damage("import 16777215, which there is not")
def chain_import(i): i.put32(i.first_fixup(), 0xFFFFFF)

@damage("no fixup at")
def chain_cut(i): i.put("<Q", i.first_fixup(), i.get("<Q", i.first_fixup()) & ~(0xFFF << 51))

@damage("symbol not found: _library_xdd, expected in @rpath/liblibrary.dylib")
def unknown_symbol(i):
    at = i.data.index(b"_library_add\0", i.part(CHAINED))
    i.data[at + 9] = ord("x")

@damage("bind of a symbol without a name")
def empty_symbol(i): i.data[i.data.index(b"_library_add\0", i.part(CHAINED))] = 0

@damage("library 9, which there is not")
def import_ordinal(i):
    at = i.part(CHAINED)
    i.data[at + i.get32(at + 8)] = 9

@damage("export trie: a child is outside of it")
def trie_child(i):
    at = i.part(TRIE) + 2
    at = i.data.index(0, at) + 1
    i.data[at] = 0x7F

@damage("export trie: two ways to one node")
def trie_loop(i):
    at = i.part(TRIE) + 2
    at = i.data.index(0, at) + 1
    i.data[at] = 0

@damage("which is not writable", of="classic/client")
def bind_segment(i):
    at = i.get32(i.command(INFO) + 16)
    while i.data[at] & 0xF0 != 0x70:  # up to the segment's opcode, over names
        at = i.data.index(0, at) + 1 if i.data[at] & 0xF0 == 0x40 else at + 1
    i.data[at] = 0x71

@damage("does not bind lazy pointer", of="classic/client")
def lazy_offsets(i):
    at = i.section("__stub_helper")
    at = i.get32(at + 48) + 24
    a, b = at + 8, at + 20
    i.data[a : a + 4], i.data[b : b + 4] = i.data[b : b + 4], i.data[a : a + 4]

@damage("is not bound to __tlv_bootstrap", of="chained/threads")
def thread_local_function(i):
    at = i.part(CHAINED)
    names = i.data.index(b"__tlv_bootstrap", at)
    i.data[names : names + 15] = b"_pthread_self\0\0"

@damage("not MH_HAS_TLV_DESCRIPTORS", of="chained/threads")
def thread_local_flag(i): i.put32(24, i.get32(24) & ~0x800000)


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        for name, (of, reason, _, _) in damages.items():
            print(name, of, reason, sep="\t")
    else:
        name, source, target = sys.argv[1:]
        _, _, function, sign = damages[name]
        image = Image(open(source, "rb").read())
        function(image)
        if sign:
            image.sign()
        open(target, "wb").write(image.data)
