// Twenty versions that inherit from each other, each with its own symbol.
//# cflags: -fPIC
//# before: (p=; for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do echo "V$i { global: f_$i; } $p;"; p=V$i; done; echo 'VLAST { local: *; };') > v.map
//# link: -shared $IN --version-script=v.map -soname libm.so
//# dynsym: f_01@@V01
//# dynsym: f_20@@V20
//# no-dynsym: other
//# same-as: bfd dynsym
#define F(n) int f_##n(void) { return 1; }
F(01) F(02) F(03) F(04) F(05) F(06) F(07) F(08) F(09) F(10) F(11) F(12) F(13) F(14) F(15) F(16) F(17) F(18) F(19) F(20)
int other(void) { return 2; }
