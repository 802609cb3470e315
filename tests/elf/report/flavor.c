// The linker may be called ld, ld.sinew, ld.lld or ld.mold, and takes -flavor gnu first.
//# also: start.s
//# link: $IN
//# sh: for n in ld ld.sinew ld.lld ld.mold ld.wild; do ln -s $LD $n; ./$n $IN -o o.$n; cmp out o.$n; done; $LD -flavor gnu $IN -o o; cmp out o
//# unlike: bfd lld mold
int main(void) { return 0; }
