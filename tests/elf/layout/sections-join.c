// .text.*, .data.* and so on join their output section; unknown names keep their own.
//# also: start.s
//# cflags: -ffunction-sections -fdata-sections
//# link: $IN
//# no-section: .text.main .data.data .bss.bss .rodata.constant .text.hot.f .text.unlikely.g .text.startup.h
//# section: .text
//# section: custom
//# section: .custom
//# symbol: data section=.data
//# symbol: bss section=.bss
//# link[apart]: $IN -z keep-text-section-prefix
//# section: .text.hot
//# section: .text.unlikely
//# section: .text.startup
//# unlike: bfd
int data = 1, bss;
const int constant = 2;
int own __attribute__((section("custom"))) = 2;
int dotted __attribute__((section(".custom"))) = 2;
__attribute__((section(".text.hot.f"))) int f(void) { return 1; }
__attribute__((section(".text.unlikely.g"))) int g(void) { return 1; }
__attribute__((section(".text.startup.h"))) int h(void) { return 1; }
int main(void) { return data + bss; }
