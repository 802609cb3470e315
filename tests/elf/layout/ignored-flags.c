// Flags that tools pass blindly have no effect and no message.
//# also: start.s
//# link: $IN
//# sh: $LD $IN -o o2 -plugin x.so -plugin-opt=y -EL -X -O2 --sort-common --no-add-needed --no-copy-dt-needed-entries --no-keep-memory --reduce-memory-overheads -rpath-link /x -nostdlib -g -G 8 --warn-once --warn-constructors --no-warn-execstack --no-warn-rwx-segments --no-call-graph-profile-sort --no-ctors-in-init-array -z combreloc -z common-page-size=4096 2>err; cat err; ! test -s err; cmp out o2
//# unlike: bfd lld mold
int main(void) { return 0; }
