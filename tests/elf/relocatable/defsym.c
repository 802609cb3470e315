// -r --defsym defines numbers, and other names for places in sections.
//# link: -r $IN --defsym=number=0x10 --defsym=entry=main+2
//# symbol: number absolute value=16
//# symbol: entry global section=.text value=main+2
//# unlike: lld bfd
int main(void) { return 0; }
