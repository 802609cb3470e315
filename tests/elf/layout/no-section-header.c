// -z nosectionheader leaves out the section headers, and the program runs.
//# cc-link: $IN -Wl,-z,nosectionheader
//# run: exit 4
//# check: e_shnum == 0
//# unlike: bfd lld
int main(void) { return 4; }
