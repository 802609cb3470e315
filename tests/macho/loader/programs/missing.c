// Calls a function of libSystem that the loader does not have, after printing a line.
#include <stdio.h>
#include <sys/types.h>
extern int acl_valid(void *);
int main(void) { puts("before"); return acl_valid(0); }
