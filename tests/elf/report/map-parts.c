// The map shows addresses and sizes as the output has them, tentative definitions, unwind records and readable names.
//# also: start.s
//# cflags: -O1 -fcommon -ffunction-sections -fasynchronous-unwind-tables
//# link: $IN -Map=out.map --cref
//# run: exit 0
//# file-has: out.map "map-parts.o:(.text.main)"
//# file-has: out.map "                main\n"
//# file-has: out.map "COMMON"
//# file-has: out.map "                tentative\n"
//# file-has: out.map "map-parts.o:(.eh_frame)"
//# file-has: out.map "name::of(int)"
//# file-has: out.map "                _end\n"
//# file-has: out.map "Cross Reference Table"
//# sh: addr=$(nm out | awk '$3 == "value" { print $1 }' | sed 's/^0*//'); grep -q "^ *$addr  *$addr  *28  *1  *value\$" out.map
int tentative[10];
int value[10] = {1};
int _ZN4name2ofEi(int x) { return x; }
extern char _end[];
char *end = _end;
int main(void) { return _ZN4name2ofEi(tentative[0]); }
