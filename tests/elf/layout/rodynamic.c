// -z rodynamic makes .dynamic read-only, and DT_DEBUG goes.
//# cflags: -fPIC
//# link: -shared rodynamic.o -z rodynamic
//# section: .dynamic flags=A
//# unlike: bfd
//# segment: DYNAMIC flags=R
//# cc-link[program]: $IN -pie -Wl,-z,rodynamic
//# unlike: bfd
//# run: exit 4
//# no-dynamic: DEBUG
int f(void) { return 0; }
//# file: main.c
int f(void);
int main(void) { return f() + 4; }
