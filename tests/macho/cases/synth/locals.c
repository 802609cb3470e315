// -x leaves local symbols out, and private externs; exports stay.
//# link: $IN -x
//# absent: _local _hidden
//# symbol: _main external
//# link[kept]: $IN
//# symbol: _local local
//# symbol: _hidden local private
__attribute__((noinline)) static int local(int x) { return x * 3; }
__attribute__((visibility("hidden"))) int hidden(int x) { return local(x) + 1; }
int main(int argc, char **argv) { return hidden(argc); }
