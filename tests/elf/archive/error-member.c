// A message about a member names the archive and the member.
//# also: start.s
//# archive: liba.a a.o
//# link: $IN liba.a
//# error: liba.a(a.o):(.text
//# error: undefined symbol: nowhere
int a(void);
int main(void) { return a(); }
//# file: a.c
int nowhere(void);
int a(void) { return nowhere() + 1; }
