// Constructors run in the order of the objects; chained images list their offsets, classic ones pointers.
//# link: $IN
//# run: exit 42
//# init: _first _second _third
//# section[chained]: __TEXT,__init_offsets type=S_INIT_FUNC_OFFSETS size=12
//# no-section[chained]: __DATA_CONST,__mod_init_func __DATA,__mod_init_func
//# section[classic]: __mod_init_func type=S_MOD_INIT_FUNC_POINTERS size=24
volatile int order;
__attribute__((constructor)) static void first(void) { order = 1; }
__attribute__((constructor)) static void second(void) { order = order == 1 ? 2 : 50; }
int main(void) { return order; }
//# file: more.c
extern volatile int order;
__attribute__((constructor)) static void third(void) { order = order == 2 ? 42 : 51; }
