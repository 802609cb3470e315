// --build-id: a note that depends on the content only, in the styles that others know.
//# also: start.s
//# link: $IN --build-id
//# section: .note.gnu.build-id type=NOTE flags=A size=36
//# segment: NOTE holds=.note.gnu.build-id
//# contains: .note.gnu.build-id 04 00 00 00 14 00 00 00 03 00 00 00 47 4e 55 00
//# sh: $LD -o o2 $IN --build-id; cmp out o2; $LD -o o3 $IN --build-id --defsym=x=1; readelf -n out >n1; readelf -n o3 >n3; ! cmp n1 n3
//# link[sha1]: $IN --build-id=sha1
//# section: .note.gnu.build-id size=36
//# link[md5]: $IN --build-id=md5
//# section: .note.gnu.build-id size=32
//# link[hex]: $IN --build-id=0x00ff12
//# contains: .note.gnu.build-id "GNU\0\0\xff\x12"
//# link[none]: $IN --build-id --build-id=none
//# no-section: .note.gnu.build-id
//# link[uuid]: $IN --build-id=uuid
//# section: .note.gnu.build-id size=32
//# varies: it is random
int main(void) { return 0; }
