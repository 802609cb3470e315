// --time prints a table of the passes and --stats the counts; the output is the same as without.
//# also: start.s
//# link: $IN
//# sh: $LD $IN -o o2 --time > log 2>&1; cmp out o2; grep -qi 'scan' log
//# sh: $LD $IN -o o3 --stats > log 2>&1; cmp out o3
//# unlike: bfd lld mold
int main(void) { return 0; }
