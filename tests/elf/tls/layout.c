// PT_TLS covers .tdata and .tbss with the strictest alignment, and .tbss takes no room in the file.
//# also: start.s
//# link: $IN
//# segment: TLS align=64 holds=.tdata,.tbss
//# section: .tdata flags=WAT type=PROGBITS
//# section: .tbss flags=WAT type=NOBITS
//# check: segfile(TLS) == size(.tdata)
//# symbol: zeros tls size=400
//# check: aligned % 64 == 0
__thread int first = 1;
__thread int aligned __attribute__((aligned(64))) = 2;
__thread int zeros[100];
int bss = 0;
int main(void) { return 0; }
