// Weak and thread-local symbols of a stub: one is bound in all images, the other through a descriptor.
//# link: main.o stub.tbd
//# compare: sections because a call of a weak function may be bound lazily or not
//# import: _weak from weak
//# import: _local from libstub
//# section: __DATA,__thread_ptrs size=8
//# flag: MH_BINDS_TO_WEAK
//# file: main.c
int weak(void);
extern __thread int local;
int main(void) { return weak() + local; }
//# file: stub.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /usr/lib/libstub.dylib
exports:
  - targets: [ arm64-macos ]
    weak-symbols: [ _weak ]
    thread-local-symbols: [ _local ]
...
