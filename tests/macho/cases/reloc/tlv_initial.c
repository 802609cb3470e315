// The initial image of thread-local variables is aligned as its variables are, and zeros come last.
//# link: $IN
//# run: exit 42
//# check: addr(__DATA,__thread_data) % 64 == 0
//# order: __DATA,__thread_data __DATA,__thread_bss
//# export: _aligned thread-local
__thread char first = 1;
__thread int aligned __attribute__((aligned(64))) = 38;
__thread long zero;
int main(void) { return aligned + first + 3 + (int)zero + (int)((unsigned long)&aligned % 64); }
//# file: more.c
__thread char second = 3;
__thread char many[100];
