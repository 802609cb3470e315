// What -r makes of several objects links and runs like the objects themselves: data, strings, thread-locals, initialisers.
//# object: merged.o main.o other.o
//# object: twice.o merged.o
//# link: merged.o
//# run: exit 42 stdout "one two three\n"
//# link[again]: twice.o
//# run: exit 42 stdout "one two three\n"
//# init: _start
//# file: main.c
int printf(const char *, ...);
extern const char *words[3];
extern int from_other(int);
extern volatile int counted;
extern __thread int own_per_thread;
static int zeros[8];
int tentative;
static const char third[] = "three";
const char *words[3] = { "one", "two", third };
static int (*table[])(int) = { from_other, 0 };
int main(void) {
  printf("%s %s %s\n", words[0], words[1], words[2]);
  own_per_thread += 2;
  tentative = table[0](zeros[3]);
  return tentative + counted + own_per_thread;
}
//# file: other.c
extern const char *words[3];
extern int tentative;
__thread int own_per_thread = 5;
static __thread long later[2];
volatile int counted;
__attribute__((constructor)) static void start(void) { counted += 4; }
int from_other(int x) {
  static const int steps[] = { 10, 20, 1 };
  static const char *two = "two";
  return steps[0] + steps[1] + steps[2] + x + (int)later[1] + (tentative == 0 && two[0] == words[1][0] ? 0 : 100);
}
