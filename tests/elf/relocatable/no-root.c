// -r --gc-sections without a root would drop everything.
//# link: -r $IN --gc-sections
//# error: -r --gc-sections needs to know what to keep
int main(void) { return 0; }
