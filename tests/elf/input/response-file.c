// Response files: quotes, escapes, nesting, and several lines.
//# also: start.s
//# before: cp b.o 'b with space.o'
//# link: @args.txt
//# run: exit 3
//# symbol: odd absolute value=5
//# link[missing]: $IN @nothing.txt
//# error: nothing.txt
int f(void);
int main(void) { return f(); }
//# file: args.txt
response-file.o
"b with space.o" 'start.o'
--defsym odd\=5
@more.txt
//# file: more.txt
-o "out"
//# file: b.c
int f(void) { return 3; }
