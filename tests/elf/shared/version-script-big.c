// A script of thousands of exact names, as rustc writes it, is read in no time.
//# cflags: -fPIC
//# before: (echo '{ global:'; i=0; while [ $i -lt 20000 ]; do echo "_ZN4core3fmt17h00000000${i}E;"; i=$((i+1)); done; echo 'shown; local: *; };') > big.map
//# link: -shared $IN --version-script=big.map
//# unlike: lld
//# dynsym: shown
//# no-dynsym: other
int shown, other;
