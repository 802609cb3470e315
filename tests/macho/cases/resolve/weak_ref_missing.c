// A weak reference that is allowed to stay undefined becomes null at run time.
//# link: $IN -U _nowhere
//# run: exit 42
//# import: _nowhere from flat weak
extern int nowhere(void) __attribute__((weak_import));
int main(void) { return nowhere ? 1 : 42; }
