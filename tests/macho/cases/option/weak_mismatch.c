// With -weak_reference_mismatches error an import is weak in all files or in none.
//# lld: differs because it does not implement it
//# link: $IN
//# import: _toupper strong
//# link[weak]: $IN -weak_reference_mismatches weak
//# import: _toupper weak
//# link[error]: $IN -weak_reference_mismatches error
//# error: mismatching weak references for symbol: _toupper
//# link[agree]: main.o -weak_reference_mismatches error
//# import: _toupper weak
//# file: main.c
int toupper(int) __attribute__((weak_import));
int main(void) { return toupper ? 0 : 1; }
//# file: other.c
int toupper(int);
int other(void) { return toupper('a'); }
