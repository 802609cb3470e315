// Threads with statically initialised locks, and thread-local variables with initial values and zeros, one of them aligned.
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int total, ready, made, destroyed;
_Thread_local int counter = 100;
_Thread_local char zeros[1000];
_Thread_local _Alignas(64) int aligned = 5;
static void make(void) { made++; }
static void destroy(void *value) { (void)value, destroyed++; }
static void *work(void *argument) {
  pthread_once(&once, make);
  pthread_setspecific(key, argument);
  assert(counter == 100 && zeros[999] == 0 && aligned == 5 && (uintptr_t)&aligned % 64 == 0);
  for (int i = 0; i < 1000; i++) {
    pthread_mutex_lock(&mutex);
    total++;
    pthread_mutex_unlock(&mutex);
    counter++, zeros[999] = 1;
  }
  pthread_mutex_lock(&mutex);
  ready++;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
  return (void *)(intptr_t)counter;
}
int main(void) {
  pthread_t threads[4];
  pthread_key_create(&key, destroy);
  for (int i = 0; i < 4; i++) assert(pthread_create(&threads[i], NULL, work, &threads[i]) == 0);
  pthread_mutex_lock(&mutex);
  while (ready < 4) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 4; i++) {
    void *result;
    assert(pthread_join(threads[i], &result) == 0 && result == (void *)1100);
  }
  assert(pthread_mutex_lock(&recursive) == 0 && pthread_mutex_lock(&recursive) == 0);
  assert(total == 4000 && made == 1 && destroyed == 4 && counter == 100);
  puts("threads work");
  return 0;
}
