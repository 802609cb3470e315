// Text stubs of every version name Objective-C's symbols by class: two for a class, one for each variable and exception type.
//# link[v1]: $IN v1.tbd
//# import: _OBJC_CLASS_$_Known from libknown
//# import: _OBJC_METACLASS_$_Known from libknown
//# import: _OBJC_IVAR_$_Known.field from libknown
//# import: _OBJC_EHTYPE_$_Known from libknown
//# link[v2]: $IN v2.tbd
//# import: _OBJC_CLASS_$_Known from libknown
//# import: _OBJC_METACLASS_$_Known from libknown
//# import: _OBJC_IVAR_$_Known.field from libknown
//# import: _OBJC_EHTYPE_$_Known from libknown
//# link[v3]: $IN v3.tbd
//# import: _OBJC_CLASS_$_Known from libknown
//# import: _OBJC_METACLASS_$_Known from libknown
//# import: _OBJC_IVAR_$_Known.field from libknown
//# import: _OBJC_EHTYPE_$_Known from libknown
//# link[v4]: $IN v4.tbd
//# import: _OBJC_CLASS_$_Known from libknown
//# import: _OBJC_METACLASS_$_Known from libknown
//# import: _OBJC_IVAR_$_Known.field from libknown
//# import: _OBJC_EHTYPE_$_Known from libknown
//# link[v5]: $IN v5.tbd
//# import: _OBJC_CLASS_$_Known from libknown
//# import: _OBJC_METACLASS_$_Known from libknown
//# import: _OBJC_IVAR_$_Known.field from libknown
//# import: _OBJC_EHTYPE_$_Known from libknown
//# link[unknown]: $IN
//# error: "_OBJC_CLASS_$_Known", referenced from:
        .globl  _main
        .p2align 2
_main:  ret
        .data
        .p2align 3
        .quad   _OBJC_CLASS_$_Known, _OBJC_METACLASS_$_Known, _OBJC_IVAR_$_Known.field, _OBJC_EHTYPE_$_Known
//# file: v1.tbd
---
archs: [ arm64 ]
platform: macosx
install-name: /usr/lib/libknown.dylib
exports:
  - archs: [ arm64 ]
    symbols: [ _other, _OBJC_EHTYPE_$_Known ]
    objc-classes: [ _Known ]
    objc-ivars: [ _Known.field ]
...
//# file: v2.tbd
--- !tapi-tbd-v2
archs: [ arm64 ]
platform: macosx
install-name: /usr/lib/libknown.dylib
exports:
  - archs: [ arm64 ]
    symbols: [ _other, _OBJC_EHTYPE_$_Known ]
    objc-classes: [ _Known ]
    objc-ivars: [ _Known.field ]
...
//# file: v3.tbd
--- !tapi-tbd-v3
archs: [ arm64 ]
platform: macosx
install-name: /usr/lib/libknown.dylib
exports:
  - archs: [ arm64 ]
    symbols: [ _other ]
    objc-classes: [ Known ]
    objc-ivars: [ Known.field ]
    objc-eh-types: [ Known ]
...
//# file: v4.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /usr/lib/libknown.dylib
exports:
  - targets: [ arm64-macos ]
    symbols: [ _other ]
    objc-classes: [ Known ]
    objc-ivars: [ Known.field ]
    objc-eh-types: [ Known ]
...
//# file: v5.tbd
{ "tapi_tbd_version": 5,
  "main_library": {
    "target_info": [ { "target": "arm64-macos", "min_deployment": "11" } ],
    "install_names": [ { "name": "/usr/lib/libknown.dylib" } ],
    "exported_symbols": [ { "data": { "objc_class": [ "Known" ], "objc_eh_type": [ "Known" ], "objc_ivar": [ "Known.field" ] } } ] } }
