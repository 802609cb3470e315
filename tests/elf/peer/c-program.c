// A program with most of what C has behaves as GNU ld's does and asks for the same libraries.
//# cc: gcc clang
//# cflags: -g -O2
//# cc-link: $IN -lm -pthread
//# run: exit 0
//# same-as: bfd run needed dynsym
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static __thread long mine;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;
static void *work(void *p) {
  mine = (long)p;
  pthread_mutex_lock(&lock);
  total += mine * mine;
  pthread_mutex_unlock(&lock);
  return p;
}
static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
int main(void) {
  pthread_t t[8];
  const char *words[] = { "pear", "apple", "fig" };
  setlocale(LC_ALL, "C");
  for (long i = 0; i < 8; i++) pthread_create(&t[i], 0, work, (void *)i);
  for (long i = 0; i < 8; i++) pthread_join(t[i], 0);
  qsort(words, 3, sizeof *words, compare);
  printf("%ld %s %.3f %s\n", total, words[0], sin(1.0), strerror(ENOENT));
  return fflush(stdout) || ferror(stdout);
}
