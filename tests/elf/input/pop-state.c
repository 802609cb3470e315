// --pop-state without --push-state is an error.
//# also: start.s
//# link: $IN --pop-state
//# error: pop-state
int main(void) { return 0; }
