// -bind_at_load binds calls at once: no lazy pointers, and a flag in the header.
//# lld: differs because it ignores it
//# fixups: classic
//# link: $IN -bind_at_load
//# run: exit 42
//# flag: MH_BINDATLOAD
//# no-section: __DATA,__la_symbol_ptr
//# import: _toupper eager
int toupper(int);
int main(void) { return toupper('*'); }
