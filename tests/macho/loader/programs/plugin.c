// A bundle that uses the executable that opens it, found at run time, and the dylib.
#include <stdio.h>
extern int for_the_plugin(int), library_value;
int plugin_run(int a) { return for_the_plugin(a) + library_value; }
__attribute__((constructor)) static void begin(void) { puts("plugin begins"); }
__attribute__((destructor)) static void end(void) { puts("plugin ends"); }
