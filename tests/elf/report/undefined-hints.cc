// An undefined name is reported with what was probably meant: other parameters, other language, other case.
//# also: start.s
//# cflags: -g
//# link: $IN
//# error: undefined symbol: area(int)
//# error: did you mean: area(long, long)
//# error: undefined symbol: plain_c
//# error: did you mean: plain_c(int), which is not declared extern "C" where it is defined
//# error: undefined symbol: really_c(int)
//# error: did you mean: extern "C" really_c
//# error: undefined symbol: ReadAll()
//# error: did you mean: readall()
//# error: undefined symbol: vtable for Shape
//# error: key function
//# error: undefined-hints.cc:30 (undefined-hints.o:(.text+0x
//# error: in function use()
//# link[raw]: $IN --no-demangle
//# error: undefined symbol: _Z4areai
//# error: did you mean: _Z4areall
//# error: in function _Z3usev
struct Shape {
    virtual int corners();
    int n;
};
int area(int);
extern "C" int plain_c(int);
int really_c(int);
int ReadAll();
int use() {
    return area(1) + plain_c(2) + really_c(3) + ReadAll();
}
Shape shape;
int corners() {
    return shape.n;
}
extern "C" int main() { return use() + corners(); }
//# file: b.cc
int area(long, long) { return 0; }
int plain_c(int) { return 0; }
extern "C" int really_c(int) { return 0; }
int readall() { return 0; }
