// Tentative definitions become one zero-filled variable of the largest size; a definition elsewhere replaces them.
//# cflags: -fcommon
//# link: $IN
//# run: exit 42
//# section: __DATA,__common type=S_ZEROFILL
//# symbol: _shared external section=__DATA,__common count=1
//# symbol: _given external section=__DATA,__data
//# check: size(__DATA,__common) >= 400
//# check: _shared % 16 == 0
int shared;
int given;
int other(void);
int main(void) { return shared + given + other(); }
//# file: other.c
int shared[100] __attribute__((aligned(16)));
int given = 40;
int other(void) { shared[99] = 2; return shared[99]; }
