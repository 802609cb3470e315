// libm.a is a script that names two archives, and its functions are indirect.
//# cflags: -fno-builtin
//# cc-link: -static $IN -lm
//# run: stdout "0.841 1.000 2.718\n"
//# cc-link[pie]: -static-pie $IN -lm
//# run: stdout "0.841 1.000 2.718\n"
#include <math.h>
#include <stdio.h>
int main(void) { volatile double one = 1; printf("%.3f %.3f %.3f\n", sin(one), pow(one, 5), exp(one)); return 0; }
