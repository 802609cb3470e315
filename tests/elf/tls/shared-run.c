// A library's thread-local variables are right in every thread, dlopened or not.
//# cflags: -fPIC -O2
//# shared: libb.so b.o
//# cc-link: $IN -ldl -pthread
//# run: exit 0
#include <dlfcn.h>
#include <pthread.h>
static int (*call)(int);
static void *thread(void *p) { return (void *)(long)call((int)(long)p); }
int main(void) {
  void *handle = dlopen("libb.so", RTLD_NOW), *result;
  pthread_t t;
  if (!handle || !(call = (int (*)(int))dlsym(handle, "call"))) return 2;
  if (call(1) != 14) return 3;
  pthread_create(&t, 0, thread, (void *)10);
  pthread_join(t, &result);
  return (long)result != 23 || call(0) != 14;
}
//# file: b.c
static __thread int local = 6;
__thread int global = 7;
int call(int x) { return (local += x) + global; }
