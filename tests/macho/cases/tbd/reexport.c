// A stub that re-exports a document of the same file offers its symbols under its own name.
//# link: main.o stub.tbd
//# import: _inner from libouter
//# import: _outer from libouter
//# no-command: LC_LOAD_DYLIB /usr/lib/libinner.dylib
//# file: main.c
int inner(void), outer(void);
int main(void) { return inner() + outer(); }
//# file: stub.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /usr/lib/libouter.dylib
reexported-libraries:
  - targets: [ arm64-macos ]
    libraries: [ /usr/lib/internal/libinner.dylib ]
exports:
  - targets: [ arm64-macos ]
    symbols: [ _outer ]
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /usr/lib/internal/libinner.dylib
parent-umbrella:
  - targets: [ arm64-macos ]
    umbrella: Outer
exports:
  - targets: [ arm64-macos ]
    symbols: [ _inner ]
...
