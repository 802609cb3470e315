// A report never takes the place of the output, an input, a folder or a device, and is a file of its own when it can be.
//# also: start.s
//# needs: mkfifo
//# link: $IN -Map=out.map
//# sh: for flag in -Map --dependency-file; do ! $LD $IN -o o $flag=o 2>err || exit 1; grep -q 'where the output goes' err; test ! -e o || exit 1; done
//# sh: cp $(echo $IN | cut -d' ' -f1) kept.o; cp kept.o same.o; ! $LD $(echo $IN | cut -d' ' -f2-) same.o -o o2 -Map=same.o 2>err || exit 1; grep -q 'input' err; cmp kept.o same.o
//# sh: mkdir folder; ! $LD $IN -o o3 --dependency-file=folder 2>err || exit 1; grep -q folder err; $LD $IN -o o3 -Map=folder; grep -q main folder/o3.map
//# sh: ! $LD $IN -o o4 -Map=nowhere/x.map 2>err || exit 1; grep -q 'nowhere/x.map: no such directory' err
//# sh: mkfifo pipe; cat pipe > read & $LD $IN -o o5 -Map=pipe; wait; cmp read out.map; test -p pipe
//# sh: $LD $IN -o o6 -Map=- > printed; cmp printed out.map
//# unlike: bfd lld mold
int main(void) { return 0; }
