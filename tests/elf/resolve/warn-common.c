// --warn-common tells of commons that meet.
//# also: start.s
//# cflags: -fcommon
//# link: $IN --warn-common
//# warning: value
//# run: exit 0
int value;
int main(void) { return 0; }
//# file: b.c
int value;
