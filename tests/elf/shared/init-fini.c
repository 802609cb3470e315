// -init and -fini name the functions of DT_INIT and DT_FINI.
//# cflags: -fPIC
//# link: -shared $IN -init start -fini=stop -soname libi.so
//# check: dt(INIT) == start
//# check: dt(FINI) == stop
//# link[none]: -shared $IN
//# no-dynamic: INIT
//# no-dynamic: FINI
int start(void) { return 1; }
int stop(void) { return 2; }
