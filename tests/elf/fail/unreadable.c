// An input that may not be read is an error that names it, and so is an output that may not be replaced.
//# also: start.s
//# needs: root setpriv
//# link: $IN
//# sh: setpriv --bounding-set=-dac_override,-dac_read_search sh -e check.sh
int main(void) { return 0; }
//# file: check.sh
cp start.o secret.o
chmod 000 secret.o
status=0
$LD $IN secret.o -o o 2>err || status=$?
test $status = 1
grep -q secret.o err
