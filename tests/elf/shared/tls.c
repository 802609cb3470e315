// Thread-local variables cross library boundaries.
//# shared: libb.so b.o
//# cc-link: $IN libb.so -pthread
//# run: exit 0
//# dynsym: counter tls
#include <pthread.h>
extern __thread int counter;
__thread int own = 4;
int bump(void);
static void *thread(void *p) { (void)p; return (void *)(long)(bump() + counter + own++); }
int main(void) {
  void *first, *second;
  pthread_t t;
  bump();
  pthread_create(&t, 0, thread, 0);
  pthread_join(t, &first);
  pthread_create(&t, 0, thread, 0);
  pthread_join(t, &second);
  return !((long)first == 16 && second == first && counter == 6);
}
//# file: b.c
//# cflags: -fPIC
__thread int counter = 5;
int bump(void) { return ++counter; }
