// -order_file puts the named functions and data first, in its order; a line may name the object.
//# link: $IN -order_file order
//# run: exit 42
//# order: _third _second _first _main
//# order: _y _x
__attribute__((noinline)) int first(int a) { return a + 1; }
int main(void);
int second(int), third(int);
int x = 1, y = 2;
int main(void) { return first(1) + second(1) + third(1) + x + y + 32; }
//# file: other.c
int second(int a) { return a + 2; }
int third(int a) { return a + 3 - a + 1 - 2; }
//# file: order
# functions, then data
other.o:_third
arm64:_second
x86_64:_main
_first
_y
_x
