// --time-trace writes Chrome's trace events, to the named file or beside the output, which is the same as without.
//# also: start.s
//# needs: python3
//# link: $IN
//# sh: $LD $IN -o o2 --time-trace --time-trace-granularity=0; cmp out o2; python3 -c "import json; e = json.load(open('o2.time-trace'))['traceEvents']; assert {x['ph'] for x in e} == {'X'}; assert 'mark live sections' in {x['name'] for x in e}; assert all(x['ts'] >= 0 and x['dur'] >= 0 for x in e)"
//# sh: $LD $IN -o o3 --time-trace=trace.json; cmp out o3; test -s trace.json; test ! -e o3.time-trace
//# sh: if $LD $IN -o o4 --time-trace=time-trace.o 2> log; then exit 1; fi; $LD $IN -o o4; rm o4; grep -q 'it is an input of the link' log; test ! -e o4
//# unlike: bfd lld mold
int main(void) { return 0; }
