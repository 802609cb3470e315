// A FIFO as output is written through, and stays a FIFO.
//# also: start.s
//# needs: mkfifo
//# link: $IN
//# sh: mkfifo pipe; timeout 5 cat pipe > copy & timeout 5 $LD $IN -o pipe; wait; test -p pipe; cmp copy out
//# unlike: bfd lld mold
int main(void) { return 0; }
