// Without --eh-frame-hdr there is no index, and .eh_frame stays.
//# also: start.s
//# link: $IN
//# no-section: .eh_frame_hdr
//# no-segment: GNU_EH_FRAME
//# section: .eh_frame
//# link[header]: $IN --eh-frame-hdr
//# section: .eh_frame_hdr
//# segment: GNU_EH_FRAME holds=.eh_frame_hdr
//# link[negated]: $IN --eh-frame-hdr --no-eh-frame-hdr
//# no-section: .eh_frame_hdr
//# unlike: mold
int f(int x) { return x; }
int main(void) { return f(0); }
