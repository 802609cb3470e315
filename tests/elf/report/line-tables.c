// Source lines come from line tables of every version, compressed ones and those of sections of their own included.
//# also: start.s
//# cc: gcc clang
//# cflags: -O1 -g -gdwarf-2
//# link: $IN
//# error: line-tables.c:15 (line-tables.o:(.text+0x
//# error: three.c:4 (three.o:(.text+0x
//# error: four.c:6 (four.o:(.text.inner+0x
//# error: five.c:3 (five.o:(.text+0x
//# error: zipped.c:5 (zipped.o:(.text+0x
//# error: referenced by none.c (none.o:(.text+0x
int missing(void);
int three(void), four(void), five(void), zipped(void), none(void);
int main(void) {
    return missing() + three() + four() + five() + zipped() + none();
}
//# file: three.c
//# cflags: -O1 -g -gdwarf-3
int missing_3(void);
int three(void) { return
 missing_3() + 1; }
//# file: four.c
//# cflags: -O1 -g -gdwarf-4 -ffunction-sections
int missing_4(void);
static int __attribute__((noinline)) inner(int x) {
 x += 7;
 x *= 5;
 return missing_4() + x;
}
int four(void) { return inner(4); }
//# file: five.c
//# cflags: -O1 -g -gdwarf-5
int missing_5(void);
int five(void) { return missing_5() + 1; }
//# file: zipped.c
//# cflags: -O1 -g -gz=zlib
int missing_z(void);
int zipped(void)
{
 return missing_z() + 1;
}
//# file: none.c
//# cflags: -O1 -g0
int missing_0(void);
int none(void) { return missing_0(); }
