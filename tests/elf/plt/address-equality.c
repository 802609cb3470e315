// A PIE and a library see one address for a function of the library, and for one of the program.
//# cflags: -fPIC
//# shared: libb.so b.o
//# cc-link: -pie $IN libb.so
//# run: exit 0
//# cc-link[no-pie]: -no-pie $IN libb.so
//# run: exit 0
int theirs(void), mine(void);
void *their_theirs(void), *their_mine(void);
int mine(void) { return 1; }
int main(void) { return their_theirs() != (void *)theirs || their_mine() != (void *)mine; }
//# file: b.c
int mine(void);
int theirs(void) { return 1; }
void *their_theirs(void) { return (void *)theirs; }
void *their_mine(void) { return (void *)mine; }
