// -r --build-id, which clang passes along, writes a note; so does a second -r, once.
//# link: -r $IN --build-id
//# section: .note.gnu.build-id type=NOTE size=36
//# sh: readelf -n out | grep -q 'Build ID: [0-9a-f]\{40\}'
//# sh: $LD -r -o again.o out --build-id=0x0102; readelf -n again.o | grep -q 'Build ID: 0102$'
//# link[none]: -r $IN
//# no-section: .note.gnu.build-id
//# unlike: lld
int main(void) { return 0; }
