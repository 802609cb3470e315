// stdio.
#include "shims.h"
#include <stdio.h>
int shim_vprintf(const char *f, char *a) { va_list l; host_list(&l, a); return vprintf(f, l); }
int shim_vfprintf(FILE *o, const char *f, char *a) { va_list l; host_list(&l, a); return vfprintf(o, f, l); }
int shim_vsprintf(char *o, const char *f, char *a) { va_list l; host_list(&l, a); return vsprintf(o, f, l); }
int shim_vsnprintf(char *o, size_t n, const char *f, char *a) { va_list l; host_list(&l, a); return vsnprintf(o, n, f, l); }
void variable_printf(), variable_fprintf(), variable_sprintf(), variable_snprintf();
SHIMS(stdio_shims, {"printf", variable_printf}, {"puts", puts}, {"putchar", putchar});
