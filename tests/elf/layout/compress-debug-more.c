// Compressed debug sections unpack to what they are without compression; what would not shrink is left; the rest stays.
//# also: start.s
//# cflags: -g3
//# link: $IN --compress-debug-sections=zlib-gabi
//# run: exit 0
//# section: .debug_macro flags=C align=8
//# section: .debug_line_str
//# sh: $LD $IN -o plain; for s in macro info line str abbrev; do for f in $OUT plain; do objcopy --decompress-debug-sections $f $f.all; objcopy -O binary --only-section=.debug_$s --set-section-flags .debug_$s=alloc $f.all $f.$s; done; cmp $OUT.$s plain.$s; done
//# sh: objcopy --strip-debug $OUT a; objcopy --strip-debug plain b; for s in text eh_frame symtab; do readelf -x .$s a > a.$s; readelf -x .$s b > b.$s; cmp a.$s b.$s; done
//# link[zstd]: $IN --compress-debug-sections=zstd
//# error: zstd
//# unlike: lld bfd mold
//# link[stripped]: $IN --compress-debug-sections=zlib -S
//# no-section: .debug_info
int main(void) { return 0; }
