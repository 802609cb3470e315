// Threads. The program's mutexes, conditions and so on start with a signature word that a static initialiser sets; the host's
// are of other sizes and live on the heap, with their address in the second word once they are first used.
#define _GNU_SOURCE
#include "shims.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct opaque { uint64_t signature; void *host; };
enum { LIVE = 0x6c697665, RECURSIVE_INIT = 0x32AAABA2, ERRORCHECK_INIT = 0x32AAABA1 };
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

// The host's object of `opaque`; made now, if only its static initialiser has run.
static void *host_of(struct opaque *opaque, size_t size, void (*make)(void *, uint64_t)) {
  if (__atomic_load_n(&opaque->signature, __ATOMIC_ACQUIRE) == LIVE) return opaque->host;
  pthread_mutex_lock(&making);
  if (opaque->signature != LIVE) {
    if (!(opaque->host = calloc(1, size))) abort();
    make(opaque->host, opaque->signature);
    __atomic_store_n(&opaque->signature, LIVE, __ATOMIC_RELEASE);
  }
  pthread_mutex_unlock(&making);
  return opaque->host;
}

static void forget(struct opaque *opaque) {
  if (opaque->signature == LIVE) free(opaque->host);
  opaque->signature = 0, opaque->host = NULL;
}

#define E(call) apple_error(call)

// ---- mutexes ----

struct apple_mutexattr { uint64_t signature; int type; };
static const int mutex_types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_RECURSIVE};

static void make_mutex_of_type(pthread_mutex_t *host, int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, mutex_types[type]);
  pthread_mutex_init(host, &attributes);
}
static void make_mutex(void *host, uint64_t signature) {
  make_mutex_of_type(host, signature == RECURSIVE_INIT ? 2 : signature == ERRORCHECK_INIT ? 1 : 0);
}
static pthread_mutex_t *mutex_of(struct opaque *opaque) { return host_of(opaque, sizeof(pthread_mutex_t), make_mutex); }

static int shim_pthread_mutexattr_init(struct apple_mutexattr *a) { return *a = (struct apple_mutexattr){0}, 0; }
static int shim_pthread_mutexattr_settype(struct apple_mutexattr *a, int type) {
  if (type < 0 || type > 2) return EINVAL;
  return a->type = type, 0;
}
static int shim_nothing(void) { return 0; }
static int shim_pthread_mutex_init(struct opaque *m, const struct apple_mutexattr *a) {
  m->signature = 0;
  static const uint64_t signatures[] = {0, ERRORCHECK_INIT, RECURSIVE_INIT};
  if (a) m->signature = signatures[a->type];
  mutex_of(m);
  return 0;
}
static int shim_pthread_mutex_destroy(struct opaque *m) { return forget(m), 0; }
static int shim_pthread_mutex_lock(struct opaque *m) { return E(pthread_mutex_lock(mutex_of(m))); }
static int shim_pthread_mutex_trylock(struct opaque *m) { return E(pthread_mutex_trylock(mutex_of(m))); }
static int shim_pthread_mutex_unlock(struct opaque *m) { return E(pthread_mutex_unlock(mutex_of(m))); }

// ---- conditions ----

static void make_cond(void *host, uint64_t signature) { (void)signature, pthread_cond_init(host, NULL); }
static pthread_cond_t *cond_of(struct opaque *opaque) { return host_of(opaque, sizeof(pthread_cond_t), make_cond); }
static int shim_pthread_cond_init(struct opaque *c, const void *a) { return (void)a, c->signature = 0, cond_of(c), 0; }
static int shim_pthread_cond_destroy(struct opaque *c) { return forget(c), 0; }
static int shim_pthread_cond_wait(struct opaque *c, struct opaque *m) { return E(pthread_cond_wait(cond_of(c), mutex_of(m))); }
static int shim_pthread_cond_timedwait(struct opaque *c, struct opaque *m, const struct timespec *until) {
  return E(pthread_cond_timedwait(cond_of(c), mutex_of(m), until));
}
static int shim_pthread_cond_timedwait_relative_np(struct opaque *c, struct opaque *m, const struct timespec *duration) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += duration->tv_sec, until.tv_nsec += duration->tv_nsec;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  return shim_pthread_cond_timedwait(c, m, &until);
}
static int shim_pthread_cond_signal(struct opaque *c) { return E(pthread_cond_signal(cond_of(c))); }
static int shim_pthread_cond_broadcast(struct opaque *c) { return E(pthread_cond_broadcast(cond_of(c))); }

// ---- read-write locks ----

static void make_rwlock(void *host, uint64_t signature) { (void)signature, pthread_rwlock_init(host, NULL); }
static pthread_rwlock_t *rwlock_of(struct opaque *opaque) { return host_of(opaque, sizeof(pthread_rwlock_t), make_rwlock); }
static int shim_pthread_rwlock_init(struct opaque *l, const void *a) { return (void)a, l->signature = 0, rwlock_of(l), 0; }
static int shim_pthread_rwlock_destroy(struct opaque *l) { return forget(l), 0; }
static int shim_pthread_rwlock_rdlock(struct opaque *l) { return E(pthread_rwlock_rdlock(rwlock_of(l))); }
static int shim_pthread_rwlock_wrlock(struct opaque *l) { return E(pthread_rwlock_wrlock(rwlock_of(l))); }
static int shim_pthread_rwlock_tryrdlock(struct opaque *l) { return E(pthread_rwlock_tryrdlock(rwlock_of(l))); }
static int shim_pthread_rwlock_trywrlock(struct opaque *l) { return E(pthread_rwlock_trywrlock(rwlock_of(l))); }
static int shim_pthread_rwlock_unlock(struct opaque *l) { return E(pthread_rwlock_unlock(rwlock_of(l))); }

// ---- threads ----

static void make_attr(void *host, uint64_t signature) { (void)signature, pthread_attr_init(host); }
static pthread_attr_t *attr_of(struct opaque *opaque) { return host_of(opaque, sizeof(pthread_attr_t), make_attr); }
static int shim_pthread_attr_init(struct opaque *a) { return a->signature = 0, attr_of(a), 0; }
static int shim_pthread_attr_destroy(struct opaque *a) { return forget(a), 0; }
// Joinable is 1, detached 2.
static int shim_pthread_attr_setdetachstate(struct opaque *a, int state) {
  return E(pthread_attr_setdetachstate(attr_of(a), state == 2 ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE));
}
static int shim_pthread_attr_setstacksize(struct opaque *a, size_t size) { return E(pthread_attr_setstacksize(attr_of(a), size)); }
static int shim_pthread_attr_getstacksize(struct opaque *a, size_t *size) { return E(pthread_attr_getstacksize(attr_of(a), size)); }

static pthread_t main_thread;
__attribute__((constructor)) static void note_main(void) { main_thread = pthread_self(); }

static int shim_pthread_create(pthread_t *to, struct opaque *a, void *(*function)(void *), void *argument) {
  return E(pthread_create(to, a ? attr_of(a) : NULL, function, argument));
}
static int shim_pthread_join(pthread_t thread, void **result) { return E(pthread_join(thread, result)); }
static int shim_pthread_detach(pthread_t thread) { return E(pthread_detach(thread)); }
static int shim_pthread_main_np(void) { return pthread_self() == main_thread; }
static int shim_pthread_threadid_np(pthread_t thread, uint64_t *id) { return *id = thread ? (uint64_t)thread : (uint64_t)gettid(), 0; }
static uint32_t shim_pthread_mach_thread_np(pthread_t thread) { return thread == pthread_self() ? gettid() : 1; }
static int shim_pthread_setname_np(const char *name) { return E(pthread_setname_np(pthread_self(), name)); }
static size_t shim_pthread_get_stacksize_np(pthread_t thread) { return (void)thread, 8 << 20; }

// A key is a long.
static int shim_pthread_key_create(uint64_t *key, void (*destroy)(void *)) {
  pthread_key_t host;
  int error = pthread_key_create(&host, destroy);
  *key = host;
  return E(error);
}
static int shim_pthread_key_delete(uint64_t key) { return E(pthread_key_delete(key)); }
static void *shim_pthread_getspecific(uint64_t key) { return pthread_getspecific(key); }
static int shim_pthread_setspecific(uint64_t key, const void *value) { return E(pthread_setspecific(key, value)); }

// The host's control word is the one after the signature.
static int shim_pthread_once(struct opaque *once, void (*function)(void)) { return pthread_once((pthread_once_t *)&once->host, function); }

// ---- thread-local destructors, unfair locks, address waits ----

int __cxa_thread_atexit_impl(void (*)(void *), void *, void *);
extern void *__dso_handle;
static void shim__tlv_atexit(void (*function)(void *), void *object) { __cxa_thread_atexit_impl(function, object, &__dso_handle); }

static void shim_os_unfair_lock_lock(uint32_t *lock) {
  while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
static bool shim_os_unfair_lock_trylock(uint32_t *lock) { return !__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE); }
static void shim_os_unfair_lock_unlock(uint32_t *lock) { __atomic_store_n(lock, 0, __ATOMIC_RELEASE); }

enum { COMPARE_64 = 5, WAKE_ALL = 0x100 };
// Waits while *address holds `value`. The kernel compares 32 bits: the low ones of a longer value.
static int shim___ulock_wait(uint32_t operation, void *address, uint64_t value, uint32_t microseconds) {
  if ((operation & 0xff) == COMPARE_64 && __atomic_load_n((uint64_t *)address, __ATOMIC_SEQ_CST) != value) return 0;
  struct timespec timeout = {microseconds / 1000000, microseconds % 1000000 * 1000L};
  long result = syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, (uint32_t)value, microseconds ? &timeout : NULL, NULL, 0);
  return result < 0 && errno == ETIMEDOUT ? -apple_error(ETIMEDOUT) : 0;
}
static int shim___ulock_wake(uint32_t operation, void *address, uint64_t value) {
  (void)value;
  return syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, operation & WAKE_ALL ? 0x7fffffff : 1, NULL, NULL, 0) < 0 ? -1 : 0;
}

SHIMS(thread_shims, OURS(pthread_mutexattr_init), OURS(pthread_mutexattr_settype), AS("pthread_mutexattr_destroy", shim_nothing),
      OURS(pthread_mutex_init), OURS(pthread_mutex_destroy), OURS(pthread_mutex_lock), OURS(pthread_mutex_trylock),
      OURS(pthread_mutex_unlock), AS("pthread_condattr_init", shim_nothing), AS("pthread_condattr_destroy", shim_nothing),
      OURS(pthread_cond_init), OURS(pthread_cond_destroy), OURS(pthread_cond_wait), OURS(pthread_cond_timedwait),
      OURS(pthread_cond_timedwait_relative_np), OURS(pthread_cond_signal), OURS(pthread_cond_broadcast), OURS(pthread_rwlock_init),
      OURS(pthread_rwlock_destroy), OURS(pthread_rwlock_rdlock), OURS(pthread_rwlock_wrlock), OURS(pthread_rwlock_tryrdlock),
      OURS(pthread_rwlock_trywrlock), OURS(pthread_rwlock_unlock), OURS(pthread_attr_init), OURS(pthread_attr_destroy),
      OURS(pthread_attr_setdetachstate), OURS(pthread_attr_setstacksize), OURS(pthread_attr_getstacksize), OURS(pthread_create),
      OURS(pthread_join), OURS(pthread_detach), SAME(pthread_self), SAME(pthread_equal), SAME(pthread_exit), OURS(pthread_main_np),
      OURS(pthread_threadid_np), OURS(pthread_mach_thread_np), OURS(pthread_setname_np), OURS(pthread_get_stacksize_np),
      OURS(pthread_key_create), OURS(pthread_key_delete), OURS(pthread_getspecific), OURS(pthread_setspecific), OURS(pthread_once),
      SAME(pthread_atfork), SAME(sched_yield), OURS(_tlv_atexit), OURS(os_unfair_lock_lock), OURS(os_unfair_lock_trylock),
      OURS(os_unfair_lock_unlock), OURS(__ulock_wait), OURS(__ulock_wake));
