// A make that offers job tokens, or offers descriptors that are closed, does no harm.
//# also: start.s
//# needs: mkfifo
//# link: $IN
//# sh: MAKEFLAGS='-j4 --jobserver-auth=33,34' $LD $IN -o o; cmp o out
//# sh: MAKEFLAGS='-j4 --jobserver-auth=fifo:/nonexistent' $LD $IN -o o; cmp o out
//# sh: mkfifo jobs; exec 5<>jobs; printf '+++' >&5; MAKEFLAGS='-j4 --jobserver-auth=fifo:jobs' timeout 5 $LD $IN -o o; cmp o out; test "$(timeout 1 dd bs=3 count=1 <&5 2>/dev/null)" = +++
int main(void) { return 0; }
