// -segment_order and -section_order put what they name first, in their order.
//# lld: differs because it ignores them
//# link: $IN -segment_order __TWO:__ONE -section_order __ONE b:a
//# order: __TWO,c __ONE,b __ONE,a
__attribute__((section("__ONE,a"), used)) static int a = 1;
__attribute__((section("__ONE,b"), used)) static int b = 1;
__attribute__((section("__TWO,c"), used)) static int c = 1;
int main(void) { return 0; }
