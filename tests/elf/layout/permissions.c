// Code, constants and data lie in segments of their own rights; text shares no page of the file with others.
//# also: start.s
//# link: $IN -z separate-code
//# segment: LOAD flags=RX holds=.text
//# segment: LOAD flags=R holds=.rodata
//# segment: LOAD flags=RW holds=.data,.bss
//# check: offset(.text) % 4096 == addr(.text) % 4096
//# link[together]: $IN -z noseparate-code
//# segment: LOAD flags=RX holds=.text
//# run: exit 0
//# link[no-rosegment]: $IN --no-rosegment
//# segment: LOAD flags=RX holds=.rodata
//# unlike: bfd
//# link[separate]: $IN -z separate-loadable-segments
//# run: exit 0
//# check: offset(.data) % 4096 == 0
//# unlike: bfd lld
const char text[] = "constant";
int data = 1, bss;
int main(void) { return data - 1 + bss; }
