// A device as output is never unlinked, renamed over or changed in mode, on success or failure.
//# also: start.s
//# needs: root mknod
//# link: device.o start.o
//# sh: mknod null c 1 3; chmod 600 null; $LD device.o start.o -o null; test -c null; test "$(stat -c %a,%t,%T null)" = 600,1,3
//# sh: $LD broken.o start.o -o null 2>/dev/null && exit 1; test -c null; test "$(stat -c %a,%t,%T null)" = 600,1,3
//# sh: $LD device.o start.o -o o2 -Map=null --dependency-file=null; test -c null; test "$(stat -c %a,%t,%T null)" = 600,1,3
//# unlike: bfd lld
int main(void) { return 0; }
//# file: broken.s
        .globl main
main:   call nowhere
