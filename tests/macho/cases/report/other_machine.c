// A file for another machine is passed over with a word that says which machine; -arch_errors_fatal makes it an error.
//# before: $CC --target=x86_64-apple-macos13 -c -x c intel.txt -o intel.o
//# link: $IN intel.o
//# warning: ignoring file 'intel.o': found architecture 'x86_64', required architecture 'arm64'
//# run: exit 0
//# link[silent]: $IN intel.o -no_arch_warnings
//# silent: intel
//# link[fatal]: $IN intel.o -arch_errors_fatal
//# error: ignoring file 'intel.o': found architecture 'x86_64'
int main(void) { return 0; }
//# file: intel.txt
int other;
