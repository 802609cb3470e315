// --hash-style chooses .hash, .gnu.hash or both; every export is found through each (lint looks them up).
//# cflags: -fPIC
//# link[gnu]: -shared $IN --hash-style=gnu
//# dynamic: GNU_HASH
//# no-dynamic: HASH
//# link[sysv]: -shared $IN --hash-style=sysv
//# dynamic: HASH
//# no-dynamic: GNU_HASH
//# link[both]: -shared $IN --hash-style=both
//# dynamic: GNU_HASH
//# dynamic: HASH
#define F(n) int function_##n(void) { return n; }
#define G(n) F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7)
G(1) G(2) G(3) G(4) G(5) G(6) G(7) G(8) G(9) G(11) G(12) G(13) G(14) G(15)
int undefined(void);
int user(void) { return undefined() + function_10(); }
