// -flat_namespace imports by name alone, and the header says so.
//# link: $IN -flat_namespace
//# run: exit 42
//# no-flag: MH_TWOLEVEL
//# import: _toupper from flat
int toupper(int);
int main(void) { return toupper('*'); }
