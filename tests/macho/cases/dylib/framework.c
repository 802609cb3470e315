// -framework finds a stub in the folders of -F; -weak_framework loads it weakly.
//# before: mkdir -p f/Kit.framework; cp Kit.tbd f/Kit.framework/Kit.tbd
//# link: main.o -framework Kit -Ff
//# import: _kit from Kit strong
//# command: LC_LOAD_DYLIB /System/Library/Frameworks/Kit.framework/Versions/A/Kit
//# link[weak]: main.o -weak_framework Kit -Ff
//# import: _kit from Kit weak
//# command: LC_LOAD_WEAK_DYLIB /System/Library/Frameworks/Kit.framework/Versions/A/Kit
//# link[missing]: main.o -framework Kat -Ff
//# error: Kat
//# file: main.c
int kit(void);
int main(void) { return kit(); }
//# file: Kit.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /System/Library/Frameworks/Kit.framework/Versions/A/Kit
exports:
  - targets: [ arm64-macos ]
    symbols: [ _kit ]
...
