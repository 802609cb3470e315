// $ld$ symbols of a stub: hidden for this target, added for it, another install name, a weak definition.
//# link: main.o stub.tbd -L.
//# error: _hidden
//# link[added]: added.o stub.tbd
//# lld: differs because it does not add
//# import: _added from libnew
//# command: LC_LOAD_DYLIB /usr/lib/libnew.dylib
//# file: main.c
int hidden(void);
int main(void) { return hidden(); }
//# file: added.c
int added(void), plain(void);
int main(void) { return added() + plain(); }
//# file: stub.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /usr/lib/libstub.dylib
exports:
  - targets: [ arm64-macos ]
    symbols: [ _plain, _hidden, '$ld$hide$os13.0$_hidden', '$ld$add$os13.0$_added',
               '$ld$install_name$os13.0$/usr/lib/libnew.dylib' ]
...
