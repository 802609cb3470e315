// A response file with CRLF line ends and a byte-order of blanks reads like any other.
//# also: start.s
//# before: printf 'crlf-response.o\r\n\tstart.o\r\n-o\r\nout\r\n' > args
//# link: @args -o $OUT
//# run: exit 0
//# unlike: bfd
int main(void) { return 0; }
