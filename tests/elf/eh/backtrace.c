// A static program can walk its own stack through __GNU_EH_FRAME_HDR's table.
//# cflags: -funwind-tables -O0
//# cc-link: -static -Wl,--eh-frame-hdr $IN
//# run: exit 0
//# cc-link[dynamic]: $IN -rdynamic
//# run: exit 0
#include <execinfo.h>
static int depth(int n) { void *frames[50]; return n ? depth(n - 1) : backtrace(frames, 50); }
int main(void) { return depth(20) < 22; }
