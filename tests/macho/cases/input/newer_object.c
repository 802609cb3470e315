// An object that was built for a newer system than the output is for gets a warning.
//# cflags: --target=arm64-apple-macos14
//# lld: differs because it words it otherwise
//# link: $IN
//# warning: was built for newer 'macOS' version (14.0) than being linked (13.0)
int main(void) { return 0; }
