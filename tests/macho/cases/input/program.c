// Nothing can be linked against a program; -bundle_loader is another thing.
//# program: host host.o
//# link: client.o host -bundle
//# error: a program or a bundle, which nothing can be linked against
//# lld: differs because it words it otherwise
//# file: client.c
int provided(void);
int call(void) { return provided(); }
//# file: host.c
int provided(void) { return 1; }
int main(void) { return 0; }
