// -headerpad leaves room behind the load commands, in hexadecimal; -headerpad_max_install_names enough for any name.
//# link: $IN -headerpad 0x1000
//# check: offset(__TEXT,__text) >= 0x1000
//# link[names]: $IN -headerpad_max_install_names
//# check: offset(__TEXT,__text) >= 1024
int main(void) { return 0; }
