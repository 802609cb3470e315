// A library opened at run time finds the executable's exports, runs its constructors and destructors, and closes.
//# cflags: -fPIC
//# shared: libb.so b.o -z now
//# cc-link: $IN -rdynamic -ldl
//# run: exit 0 stdout "open 7 close\n"
#include <dlfcn.h>
#include <stdio.h>
int offered(void) { return 7; }
int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  void *handle = dlopen("libb.so", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return puts(dlerror()), 1;
  printf("%d ", ((int (*)(void))dlsym(handle, "call"))());
  return dlclose(handle);
}
//# file: b.c
#include <stdio.h>
int offered(void);
int call(void) { return offered(); }
__attribute__((constructor)) static void open(void) { printf("open "); }
__attribute__((destructor)) static void close(void) { puts("close"); }
