// A dylib: a function, data with a pointer to it, a constructor and a destructor, a thread-local of its own.
#include <stdio.h>
#include <stdlib.h>
char library_big[100000];
int library_value = 11;
int *library_pointer = &library_value;
int *library_third = (int[]){1, 2, 3} + 2;
_Thread_local int library_local = 21;
int library_add(int a) { return a + *library_pointer; }
__attribute__((constructor)) static void begin(void) { puts("library begins"); }
__attribute__((destructor)) static void end(void) { puts("library ends"); }
