// --noinhibit-exec writes the output in spite of errors.
//# also: start.s
//# link: $IN --noinhibit-exec
//# warning: missing
//# run: exit 0
int missing(void);
int main(int argc, char **argv) { (void)argv; return argc > 1 ? missing() : 0; }
