// -alias gives a symbol one more name, and so does an indirect symbol of an object.
//# lld: differs because it ignores indirect symbols
//# link: $IN -alias _real _other
//# run: exit 42
//# export: _other
//# check: _other == _real
//# check: _indirect == _real
__asm__(".globl _indirect\n_indirect = _real\n");
int real(void) { return 21; }
int other(void), indirect(void);
int main(void) { return other() + indirect(); }
