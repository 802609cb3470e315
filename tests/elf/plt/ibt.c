// Objects with -fcf-protection get PLT entries that begin with endbr64, and the property note survives.
//# cflags: -fcf-protection=full -fPIC
//# unlike: lld
//# link: -shared ibt.o -z lazy
//# contains: .note.gnu.property 02 00 00 c0 04 00 00 00 03 00 00 00
//# segment: GNU_PROPERTY holds=.note.gnu.property
//# contains: .plt.sec f3 0f 1e fa
//# link[forced]: -shared plain.o -z ibtplt -z lazy
//# contains: .plt.sec f3 0f 1e fa
int missing(void);
int f(void) { return missing() + 1; }
//# file: plain.c
//# cflags: -fcf-protection=none -fPIC
int missing(void);
int g(void) { return missing() + 1; }
