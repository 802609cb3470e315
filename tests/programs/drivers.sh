# Compilers find the linker in every way that they offer, and what they link runs.
set -eu
cd "$WORK"
mkdir bin
for name in ld ld.sinew ld.lld ld.mold; do ln -s "$SINEW" bin/$name; done
cat > main.c <<'C'
#include <stdio.h>
int helper(int);
int main(void) { printf("%d\n", helper(20)); return 0; }
C
echo 'int helper(int x) { return x + 1; }' > helper.c

check() {
  echo "$*"
  rm -f prog
  "$@" -o prog
  test "$(./prog)" = 21
  # What linked it says so in .comment.
  readelf -p .comment prog | grep -q "${MARK:-sinew}"
}
clang=$(command -v clang-19 || command -v clang)
check gcc -Bbin main.c helper.c
check gcc -Bbin -static main.c helper.c
check gcc -Bbin -static-pie main.c helper.c
check gcc -Bbin -fuse-ld=lld main.c helper.c
check gcc -Bbin -fuse-ld=mold main.c helper.c
check gcc -Bbin -O2 -g -fPIC -pie main.c helper.c
check g++ -Bbin -x c++ main.c helper.c -x none
check "$clang" --ld-path="$PWD/bin/ld" main.c helper.c
check "$clang" -fuse-ld="$PWD/bin/ld.sinew" main.c helper.c
PATH="$PWD/bin:$PATH" check "$clang" -fuse-ld=sinew main.c helper.c

gcc -Bbin -shared -fPIC -o libhelper.so helper.c
check gcc -Bbin main.c -L. -lhelper -Wl,-rpath,"$PWD"
printf 'main.c helper.c -Bbin' > args
check gcc @args
