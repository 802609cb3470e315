// Another name of the previous output keeps the previous content: the new file is a new inode.
//# also: start.s
//# link: $IN
//# sh: cp out first; ln out second; $LD $IN -o out --defsym=more=1; cmp first second; ! cmp -s out second
//# unlike: bfd
int main(void) { return 0; }
