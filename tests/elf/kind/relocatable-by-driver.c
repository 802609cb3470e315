// The driver passes -dynamic-linker and --eh-frame-hdr along with -r: they have no effect.
//# cc: gcc clang
//# cc-link: -r $IN
//# check: e_type == 1
//# no-section: .interp
//# no-section: .eh_frame_hdr
//# section: .eh_frame
int f(void) { return 1; }
