// --unresolved-symbols and its relatives: report-all, ignore-in-object-files, ignore-in-shared-libs.
//# also: start.s
//# link: $IN --unresolved-symbols=report-all
//# error: missing
//# link[objects]: $IN --unresolved-symbols=ignore-in-object-files
//# run: exit 0
//# link[error]: $IN --warn-unresolved-symbols --error-unresolved-symbols
//# error: missing
int missing(void);
int main(int argc, char **argv) { (void)argv; return argc > 1 ? missing() : 0; }
