// --cref lists who defines and who refers to each global symbol.
//# also: start.s
//# link: $IN --cref
//# prints: shared_name
//# prints: b.o
extern int shared_name;
int main(void) { return shared_name; }
//# file: b.c
int shared_name;
