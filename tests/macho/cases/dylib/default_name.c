// Without -install_name a dylib is called by the path of its output.
//# link: $IN -dylib
//# command: LC_ID_DYLIB out current=0.0 compatibility=0.0
int x = 1;
