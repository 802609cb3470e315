// The program that is being replaced may be running, and goes on as it was.
//# cc-link: running.o
//# sh: ./out; test $? = 0; ./out & sleep 0.1; $LD start.o other.o -o out; wait $!; test $? = 0; ./out && exit 1; test $? = 5
//# also: start.s
#include <unistd.h>
int main(void) { usleep(400000); return 0; }
//# file: other.c
int main(void) { return 5; }
