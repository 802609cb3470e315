// --build-id=sha256 is thirty-two bytes.
//# also: start.s
//# link: $IN --build-id=sha256
//# section: .note.gnu.build-id size=48
//# unlike: bfd lld
int main(void) { return 0; }
