// Each -rpath is a load command, in order; the same one twice is there once.
//# link: $IN -rpath @executable_path/lib -rpath /opt/lib
//# command: LC_RPATH @executable_path/lib
//# command: LC_RPATH /opt/lib
//# command: LC_RPATH count=2
int main(void) { return 0; }
