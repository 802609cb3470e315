// An executable gets the permissions that the umask leaves; a relocatable file is not executable.
//# also: start.s
//# link: $IN
//# sh: umask 077; $LD -o o1 $IN; test "$(stat -c %a o1)" = 700
//# sh: umask 022; $LD -o o2 $IN; test "$(stat -c %a o2)" = 755
//# sh: umask 002; $LD -r -o o3 $IN; test "$(stat -c %a o3)" = 664
//# sh: umask 022; $LD -shared -o o4 main.o; test "$(stat -c %a o4)" = 755
int main(void) { return 0; }
//# file: main.c
int value;
