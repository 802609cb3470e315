// A `.tbss` that is the first section of the writable segment, and aligned to more than what follows it, moves neither
// the segment's start nor its file offset: the loader maps it, and initializers run.
//# cflags: -O1 -fPIC -fno-stack-protector -fcf-protection=none
//# shared: libfirst.so first.o
//# cc-link: $IN libfirst.so -o $OUT -Wl,-rpath,.
//# run: exit 43
//# check: segoffset(TLS) % 4096 == seg(TLS) % 4096
//# check: seg(TLS) % 512 == 0
extern int started;
char *zeros(void);
static _Thread_local _Alignas(512) char own[512];
int main(void) { return (((unsigned long)zeros() | (unsigned long)own) % 256) + started + 1; }
//# file: first.c
int started;
static _Thread_local _Alignas(256) char block[256];
char *zeros(void) { return block; }
__attribute__((constructor)) static void start(void) { started = 42; }
