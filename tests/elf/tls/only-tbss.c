// Thread-local storage that is all zeros: a PT_TLS without bytes in the file.
//# cc-link: $IN -pthread
//# run: exit 0
//# check: segfile(TLS) == 0
//# cc-link[static]: -static $IN
//# run: exit 0
#include <pthread.h>
static __thread long values[1000];
static void *thread(void *p) { return (void *)(values[999]++ + (long)p); }
int main(void) {
  pthread_t t;
  void *result;
  values[999] = 5;
  pthread_create(&t, 0, thread, (void *)3);
  pthread_join(t, &result);
  return (long)result != 3 || values[999] != 5;
}
