// -exported_symbols_list makes all others local, -x takes names from what relocations need, -alias adds one.
//# link: -r $IN -exported_symbol _shown
//# lld: differs because it has no -r
//# symbol: _shown external
//# symbol: _other local private
//# symbol: _counter local
//# link[unexported]: -r $IN -unexported_symbol _shown
//# lld: differs because it has no -r
//# symbol: _shown local private
//# symbol: _other external
//# link[x]: -r $IN -x
//# lld: differs because it has no -r
//# symbol: _shown external
//# absent: _counter _helper ltmp0
//# sh: llvm-objdump-19 -r out | grep -q 'BRANCH26 *l0000'
//# link[alias]: -r $IN -alias _shown _second_name
//# lld: differs because it has no -r
//# symbol: _second_name external
//# check: _second_name == _shown
//# link[missing]: -r $IN -alias _nowhere _second_name
//# error: undefined base symbol '_nowhere'
//# file: a.c
static int counter;
__attribute__((noinline)) static int helper(int x) { return counter += x; }
int shown(int x) { return helper(x) + helper(1); }
int other(int x) { return helper(x + 2); }
