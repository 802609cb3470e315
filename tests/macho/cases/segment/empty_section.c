// -add_empty_section makes a section without content.
//# link: $IN -add_empty_section __OWN empty
//# section: __OWN,empty size=0
int main(void) { return 0; }
