// A static executable starts, has no interpreter and no dynamic section.
//# cc-link: -static $IN
//# run: exit 0 stdout "hello 3\n" args a b
//# check: e_type == 2
//# no-segment: INTERP
//# no-segment: DYNAMIC
//# segment: GNU_STACK flags=RW
#include <stdio.h>
int main(int argc, char **argv) { (void)argv; printf("hello %d\n", argc); return 0; }
