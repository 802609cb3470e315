// -segprot gives a segment of the program's own its protection.
//# link: $IN -segprot __OWN r r
//# segment: __OWN prot=r-- max=r--
__attribute__((section("__OWN,data"), used)) static int x = 1;
int main(void) { return 0; }
