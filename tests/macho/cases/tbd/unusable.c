// Text stubs that are damaged, of another version or for another system are told apart.
//# lld: differs because it words it otherwise
//# link[newer]: $IN newer.tbd
//# error: newer.tbd: malformed input at offset
//# error: a text stub of an unknown version
//# link[open]: $IN open.tbd
//# error: open.tbd: malformed input at offset
//# link[other]: $IN other.tbd
//# warning: ignoring file 'other.tbd': text stub has no target for arm64 macOS
//# link[text]: $IN text.tbd
//# error: text.tbd: malformed input at offset 0x0: neither a Mach-O file nor a text stub nor an archive
//# link[empty]: $IN empty.tbd
//# error: the file is empty
//# before: : > empty.tbd
int main(void) { return 0; }
//# file: newer.tbd
--- !tapi-tbd
tbd-version: 9
targets: [ arm64-macos ]
install-name: '/x'
...
//# file: open.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos
install-name: '/x'
...
//# file: other.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-ios, x86_64-macos ]
install-name: '/x'
...
//# file: text.tbd
words
