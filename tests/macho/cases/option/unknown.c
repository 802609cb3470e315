// An unknown option is an error that names the nearest one.
//# link: $IN -dead_stripp
//# error: -dead_stripp
//# error: -dead_strip
int main(void) { return 0; }
