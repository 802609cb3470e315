// Hundreds of members in a chain, each needed by the one before, whatever their order.
//# also: start.s
//# before: i=0; while [ $i -lt 300 ]; do echo "int f$((i+1))(void); int f$i(void) { return f$((i+1))(); }"; i=$((i+1)); done > chain.txt
//# before: i=0; while read line; do echo "$line" | $CC -O1 -x c -c - -o m$i.o; i=$((i+1)); done < chain.txt; echo 'int f300(void) { return 7; }' | $CC -x c -c - -o m300.o; ar rcs libchain.a $(ls m*.o | sort -r); rm m*.o
//# link: large.o start.o libchain.a
//# run: exit 7
//# symbol: f299
int f0(void);
int main(void) { return f0(); }
