// RELRO covers what only the loader writes and ends on a page; without -z now the lazy part of the GOT stays out.
//# cflags: -fPIC
//# cc-link: $IN -Wl,-z,relro,-z,now
//# run: exit 0
//# segment: GNU_RELRO flags=R holds=.dynamic,.got,.init_array,.fini_array,.data.rel.ro out=.data
//# cc-link[lazy]: $IN -Wl,-z,relro,-z,lazy
//# run: exit 0
//# segment: GNU_RELRO holds=.dynamic,.data.rel.ro out=.got.plt
//# cc-link[none]: $IN -Wl,-z,norelro
//# run: exit 0
//# no-segment: GNU_RELRO
#include <stdio.h>
static int x;
int *const pointer[] = { &x };
int data = 1;
int main(void) { return printf("%s", "") + *pointer[data - 1]; }
