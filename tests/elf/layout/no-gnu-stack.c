// -z nognustack leaves PT_GNU_STACK out.
//# also: start.s
//# link: $IN -z nognustack
//# no-segment: GNU_STACK
//# no-lint: it is what was asked for
//# unlike: bfd
int main(void) { return 0; }
