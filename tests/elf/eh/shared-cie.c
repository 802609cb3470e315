// Equal CIEs are kept once, and every FDE leads back to its own.
//# also: start.s
//# link: $IN --eh-frame-hdr
//# contains: .eh_frame "zR\0" count=1
//# check: u32(addr(.eh_frame_hdr)+8) == 3
//# unlike: mold
int f(void), g(void);
int main(void) { return f() + g(); }
//# file: b.c
int f(void) { return 0; }
//# file: c.c
int g(void) { return 0; }
