// -no_compact_unwind leaves the table out.
//# link: $IN -no_compact_unwind
//# lld: differs because it does not know it
//# run: exit 42
//# no-section: __TEXT,__unwind_info
int main(void) { return 42; }
