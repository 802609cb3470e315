// -r keeps the versions that names are written with.
//# link: -r $IN
//# symbol: api@@V2 global func
//# symbol: api@V1 global func
//# symbol: other@V3 undefined
//# sh: echo 'V1 {}; V2 {} V1;' > map; $LD -shared -o lib.so --version-script=map out --unresolved-symbols=ignore-all; readelf -sW --dyn-syms lib.so | grep -q 'api@@V2'
__asm__(".symver api_new, api@@V2\n.symver api_old, api@V1\n.symver other, other@V3");
int other(void);
int api_new(void) { return 1; }
int api_old(void) { return other(); }
