// Of many references to an undefined symbol five are listed.
//# link: $IN
//# error: _e in undefined_many.o
//# error: ...
//# sh: ! $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK $IN -lSystem -o bad 2>&1 | grep -F '_f in'
//# lld: differs because it words it otherwise
int gone(void);
int a(void) { return gone(); }
int b(void) { return gone(); }
int c(void) { return gone(); }
int d(void) { return gone(); }
int e(void) { return gone(); }
int f(void) { return gone(); }
int main(void) { return a() + b() + c() + d() + e() + f(); }
