// A full disk is an error with status 1 and leaves neither output nor temporary file.
//# also: start.s
//# needs: root unshare mount
//# link: $IN
//# unlike: lld
//# sh: unshare -m sh -e check.sh
int main(void) { return 0; }
char big[300000] = { 1 };
//# file: check.sh
mkdir -p small
mount -t tmpfs -o size=64k none small
status=0
$LD $IN -o small/out 2>err || status=$?
test $status = 1
test -s err
test -z "$(ls -A small)"
