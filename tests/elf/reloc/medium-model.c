// The medium model's large data goes to .lbss and .ldata, out of the way of the small.
//# cflags: -mcmodel=medium -fno-pic -O1
//# cc-link: -no-pie $IN
//# run: exit 12
//# section: .lbss flags=WAl type=NOBITS
//# section: .ldata flags=WAl
char huge[3000000000];
int large[100000] = { 5 };
int small = 7;
int main(void) { huge[2999999999] = 0; return large[0] + small + huge[2999999999]; }
