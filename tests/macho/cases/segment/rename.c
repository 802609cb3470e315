// -rename_section and -rename_segment move what inputs call otherwise.
//# link: $IN -rename_section __DATA mine __DATA yours -rename_segment __ONE __TWO
//# section: __DATA,yours
//# section: __TWO,data
//# no-section: __DATA,mine __ONE,data
__attribute__((section("__DATA,mine"), used)) static int x = 1;
__attribute__((section("__ONE,data"), used)) static int y = 1;
int main(void) { return 0; }
