// A library's thread-local variable is reached through a pointer to its descriptor.
//# dylib: libown.dylib own.o
//# link: $IN libown.dylib
//# run: exit 42
//# import: _theirs from libown
//# section: __DATA,__thread_ptrs type=S_THREAD_LOCAL_VARIABLE_POINTERS size=8
//# no-flag: MH_HAS_TLV_DESCRIPTORS
extern __thread int theirs;
int main(void) { return theirs + 2; }
//# file: own.c
__thread int theirs = 40;
