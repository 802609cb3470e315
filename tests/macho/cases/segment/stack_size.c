// -stack_size goes into LC_MAIN.
//# lld: differs because it ignores it
//# link: $IN -stack_size 0x800000
//# command: LC_MAIN entry=_main stack=0x800000
int main(void) { return 0; }
