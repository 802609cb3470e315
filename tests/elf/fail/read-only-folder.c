// A folder that cannot be written is an error that names the output.
//# also: start.s
//# needs: root unshare mount
//# link: $IN
//# sh: unshare -m sh -e check.sh
int main(void) { return 0; }
//# file: check.sh
mkdir -p sealed
mount -t tmpfs -o ro none sealed
status=0
$LD $IN -o sealed/out 2>err || status=$?
test $status = 1
grep -q sealed/out err
