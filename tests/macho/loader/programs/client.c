// A client of the dylib that also opens a bundle; the order of constructors and destructors shows in what it prints.
#include <assert.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern int library_value, *library_pointer, *library_third, library_add(int);
extern _Thread_local int library_local;
extern int not_there(void) __attribute__((weak_import));
int (*table[])(int) = {library_add, abs};
int *into = &library_value;
int for_the_plugin(int a) { return a * 2; }
static void at_exit(void) { puts("client at exit"); }
__attribute__((constructor)) static void begin(void) { puts("client begins"); }
__attribute__((destructor)) static void end(void) { puts("client ends"); }
int main(int argc, char **argv) {
  (void)argc;
  atexit(at_exit);
  assert(library_add(4) == 15 && table[0](5) == 16 && table[1](-3) == 3 && into == library_pointer && *library_third == 3);
  assert(library_local == 21 && !not_there);
  char path[1000];
  snprintf(path, sizeof path, "%.*s/plugin.bundle", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
  void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!plugin) return printf("%s\n", dlerror()), 1;
  int (*run)(int) = (int (*)(int))dlsym(plugin, "plugin_run");
  assert(run && run(3) == 6 + 11 && !dlsym(plugin, "nothing") && strstr(dlerror(), "nothing"));
  assert(dlsym(RTLD_DEFAULT, "library_add") == (void *)library_add && !dlsym(RTLD_DEFAULT, "plugin_run"));
  assert(!dlopen("/no/such/image", RTLD_NOW) && dlerror());
  Dl_info info;
  assert(dladdr((void *)library_add, &info) && !strcmp(info.dli_sname, "library_add"));
  puts("client works");
  return 3;
}
