// -z keywords that become flags of the dynamic section.
//# cflags: -fPIC
//# link: -shared $IN -z now -z nodelete -z nodlopen -z initfirst -z interpose -z origin -z nodefaultlib -z global
//# dynamic: FLAGS_1 NOW NODELETE NOOPEN INITFIRST INTERPOSE ORIGIN NODEFLIB GLOBAL
//# dynamic: FLAGS BIND_NOW ORIGIN
//# link[joined]: -shared $IN -znow -znodelete
//# dynamic: FLAGS_1 NOW NODELETE
//# link[lazy]: -shared $IN -z now -z lazy
//# no-dynamic: FLAGS_1 NOW
//# link[nodump]: -shared $IN -z nodump
//# dynamic: FLAGS_1 NODUMP
//# unlike: lld
int f(void) { return 1; }
