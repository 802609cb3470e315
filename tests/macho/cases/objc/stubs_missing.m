// A stub needs _objc_msgSend itself, and without a library that has it the link fails.
//# link: $IN
//# error: "_objc_msgSend", referenced from:
//# error: _objc_msgSend$value in <linker>
int value(Class) __asm__("_objc_msgSend$value");
int main(void) { return value(0); }
