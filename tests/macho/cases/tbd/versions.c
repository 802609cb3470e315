// Text stubs of versions 1 to 5 give the same library.
//# link[v1]: main.o v1.tbd
//# import: _old from libstub
//# command: LC_LOAD_DYLIB /usr/lib/libstub.dylib current=2.3 compatibility=1.1
//# link[v2]: main.o v2.tbd
//# import: _old from libstub
//# command: LC_LOAD_DYLIB /usr/lib/libstub.dylib current=2.3 compatibility=1.1
//# link[v3]: main.o v3.tbd
//# import: _old from libstub
//# link[v4]: main.o v4.tbd
//# import: _old from libstub
//# command: LC_LOAD_DYLIB /usr/lib/libstub.dylib current=2.3 compatibility=1.1
//# link[v5]: main.o v5.tbd
//# import: _old from libstub
//# command: LC_LOAD_DYLIB /usr/lib/libstub.dylib current=2.3 compatibility=1.1
//# file: main.c
int old(void);
int main(void) { return old(); }
//# file: v1.tbd
---
archs: [ x86_64, arm64 ]
platform: macosx
install-name: /usr/lib/libstub.dylib
current-version: 2.3
compatibility-version: 1.1
exports:
  - archs: [ x86_64, arm64 ]
    symbols: [ _old ]
...
//# file: v2.tbd
--- !tapi-tbd-v2
archs: [ x86_64, arm64 ]
platform: macosx
install-name: /usr/lib/libstub.dylib
current-version: 2.3
compatibility-version: 1.1
exports:
  - archs: [ x86_64, arm64 ]
    symbols: [ _old ]
...
//# file: v3.tbd
--- !tapi-tbd-v3
archs: [ x86_64, arm64 ]
platform: macosx
install-name: /usr/lib/libstub.dylib
current-version: 2.3
compatibility-version: 1.1
exports:
  - archs: [ x86_64, arm64 ]
    symbols: [ _old ]
...
//# file: v4.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: /usr/lib/libstub.dylib
current-version: 2.3
compatibility-version: 1.1
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ _old ]
...
//# file: v5.tbd
{ "tapi_tbd_version": 5,
  "main_library": {
    "target_info": [ { "target": "x86_64-macos", "min_deployment": "10.15" }, { "target": "arm64-macos", "min_deployment": "11" } ],
    "install_names": [ { "name": "/usr/lib/libstub.dylib" } ],
    "current_versions": [ { "version": "2.3" } ],
    "compatibility_versions": [ { "version": "1.1" } ],
    "exported_symbols": [ { "text": { "global": [ "_old" ] } } ] } }
