// Zero-filled data takes no room in the file and comes behind what does.
//# link: $IN
//# run: exit 42
//# section: __DATA,__bss type=S_ZEROFILL
//# symbol: _big external section=__DATA,__common
//# order: __DATA,__data __DATA,__bss
//# check: segsize(__DATA) >= 0x100000
//# check: segfile(__DATA) == 0x4000
char big[1 << 20];
static char small[100];
int value = 42;
int main(int argc, char **argv) {
  small[argc + 1]++;
  return value + big[argc] + small[argc];
}
