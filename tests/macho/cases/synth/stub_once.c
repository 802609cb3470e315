// One stub and one pointer serve all callers of a function; calls within the image need none.
//# cflags: -fno-builtin
//# link: $IN
//# run: exit 42
//# section: __TEXT,__stubs size=12
//# import: _strlen count=1
unsigned long strlen(const char *);
int there(const char *);
__attribute__((noinline)) int here(const char *s) { return strlen(s) + 1; }
int main(void) { return here("123456789 123456789") + there("123456789 12345678901"); }
//# file: there.c
unsigned long strlen(const char *);
int there(const char *s) { return strlen(s) + 1; }
