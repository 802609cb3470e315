// --why-live tells what keeps a symbol, step by step, and is silent about what is dropped.
//# also: start.s
//# cflags: -ffunction-sections
//# link: $IN --gc-sections --why-live=reached --why-live=unused --why-live=kept*
//# prints: live symbol: why-live.o:(reached)
//# prints: >>> in live section: why-live.o:(.text.reached)
//# prints: >>> kept by: why-live.o:(.text.middle)
//# prints: >>> kept by: why-live.o:(.text.main)
//# prints: >>> which has a root: start.o:(_start)
//# prints: >>> which is never dropped
//# silent: (unused)
//# unlike: bfd lld mold
//# link[all]: $IN --why-live=unused
//# prints: >>> and nothing is dropped without --gc-sections
//# link[shared]: -shared $IN --gc-sections --why-live=unused
//# prints: >>> which has an exported symbol: why-live.o:(unused)
__attribute__((section("retained"), retain)) int kept = 1;
__attribute__((noipa)) int reached(void) { return 1; }
__attribute__((noipa)) int middle(void) { return reached() + 1; }
int unused(void) { return 1; }
int main(void) { return middle() - 2; }
