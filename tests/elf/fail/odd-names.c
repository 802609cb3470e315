// File names with blanks, quotes and bytes that are not UTF-8 work, and symbols of a megabyte do, too.
//# also: start.s
//# link: $IN
//# sh: name="$(printf 'a \377\047b.o')"; cp odd-names.o "$name"; $LD "$name" start.o -o "$name.out" -Map="$name.map"; "./$name.out"
//# sh: (printf '.globl '; head -c 1000000 /dev/zero | tr '\0' a; echo; head -c 1000000 /dev/zero | tr '\0' a; echo ': .long 1') > long.s; $CC -c long.s; $LD $IN long.o -o o; test $(wc -c < o) -gt 1000000
int main(void) { return 0; }
