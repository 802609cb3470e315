// @file stands for the words in it, quoted as in a shell.
//# link: @response
//# run: exit 42
//# command: LC_RPATH '/a b'
int main(void) { return 42; }
//# file: response
response.o -rpath "/a b"
