// --defsym gives a name a number, another symbol's address, or a sum of them.
//# also: start.s
//# link: $IN --defsym=number=0x2a --defsym=alias=f --defsym beyond=array+8 --defsym=difference=beyond-array
//# run: exit 47
//# symbol: number global absolute value=42
//# symbol: alias global value=f section=.text
//# check: beyond == array + 8
//# check: difference == 8
//# link[bad]: $IN --defsym=number=nowhere+1 --defsym=alias=f --defsym=beyond=0
//# error: nowhere
extern char number[];
int alias(void);
extern int beyond;
int array[4] = { 1, 1, 2, 2 };
int f(void) { return 3; }
int main(void) { return (int)(long)number + alias() + beyond; }
