// The flags that distributions pass by default link and run.
//# cc-link[debian]: $IN -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
//# run: stdout "ok\n"
//# cc-link[fedora]: $IN -Wl,-z,relro -Wl,--as-needed -Wl,-z,pack-relative-relocs -Wl,-z,now -Wl,--build-id=sha1
//# run: stdout "ok\n"
//# cc-link[arch]: $IN -Wl,-O1 -Wl,--sort-common -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,-z,pack-relative-relocs
//# run: stdout "ok\n"
//# cc-link[gentoo]: $IN -Wl,-O1 -Wl,--as-needed -Wl,--defsym=__gentoo_check_ldflags__=0
//# run: stdout "ok\n"
//# cc-link[rust]: $IN -Wl,--as-needed -Wl,-Bstatic -Wl,-Bdynamic -lgcc_s -lrt -lpthread -lm -ldl -lc -Wl,--eh-frame-hdr -Wl,-z,noexecstack -Wl,--gc-sections -pie -Wl,-z,relro,-z,now -Wl,-O1
//# run: stdout "ok\n"
#include <stdio.h>
int main(void) { puts("ok"); return 0; }
