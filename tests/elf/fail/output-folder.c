// A folder as output, or one that does not exist, is an error that names it.
//# also: start.s
//# before: mkdir folder
//# link: -o folder $IN
//# error: folder
//# link[missing]: -o no/such/out $IN
//# error: no/such/out
int main(void) { return 0; }
