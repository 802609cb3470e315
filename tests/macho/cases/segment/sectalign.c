// -sectalign raises a section's alignment; the number is hexadecimal.
//# link: $IN -sectalign __DATA __data 0x4000
//# section: __DATA,__data align=0x4000
//# check: addr(__DATA,__data) % 0x4000 == 0
int x = 1;
int main(void) { return x; }
