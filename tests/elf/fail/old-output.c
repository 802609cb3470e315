// A failed link leaves the previous output as it was, and no temporary files.
//# also: start.s
//# link: old-output.o start.o
//# run: exit 0
//# sh: cp out keep; ls -A > ../listing.$$; $LD -o out broken.o start.o 2>/dev/null && exit 1; cmp out keep; ls -A | diff ../listing.$$ -; rm ../listing.$$; ./out
//# unlike: bfd lld -- they delete it
int main(void) { return 0; }
//# file: broken.s
        .globl main
main:   call nowhere
