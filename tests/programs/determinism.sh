# A hundred links of one program, at any -j and at once, give one hash; so do folders and file times that differ.
. "$(dirname "$0")/lib.bash"
# Many translation units with templates, strings, thread-locals and debug information; two of them in an archive.
for i in $(seq 1 24); do
  cat > unit$i.cc <<C
#include <map>
#include <string>
#include <vector>
thread_local int per_thread$i = $i;
static std::map<std::string, std::vector<int>> table$i{{"common", {1, 2}}, {"unit $i", {$i}}, {"string of unit $i", {}}};
template <int N> struct Deep { static int value(int x) { return Deep<N - 1>::value(x + N) ^ $i; } };
template <> struct Deep<0> { static int value(int x) { return x; } };
int unit$i(int x) { return Deep<60>::value(x) + table$i["common"][x & 1] + per_thread$i + (int)table$i.size(); }
C
done
{
  for i in $(seq 1 24); do echo "int unit$i(int);"; done
  echo '#include <cstdio>'
  echo 'int main() { int sum = 0;'
  for i in $(seq 1 24); do echo "sum += unit$i(sum & 1);"; done
  echo 'std::printf("%d\n", sum); return 0; }'
} > main.cc
printf '%s\n' main.cc unit{1..24}.cc | xargs -n 5 -P 2 g++ -O1 -g -ffunction-sections -fPIC -c
ar rc libunits.a unit23.o unit24.o
objects=$(printf 'unit%d.o ' {1..22})

# The compiler driver says how it calls the linker: to a script, so that the linker can be called by itself.
mkdir bin
printf '#!/bin/sh\nprintf "%%s\\n" "$@" > args\n' > bin/ld
chmod +x bin/ld

links=0
# many_links NAME FLAG...
many_links() {
  local name=$1 round
  shift
  # shellcheck disable=SC2086
  g++ -Bbin "$@" main.o $objects -L. -lunits -o unused
  : > hashes
  for round in $(seq 1 25); do
    "$SINEW" @args -o "out-$((round % 2))" -j $((RANDOM % 16 + 1))
    sha256sum < "out-$((round % 2))" >> hashes
  done
  links=$((links + 25))
  same 1 "$(sort -u hashes | wc -l)"
  mv out-0 "$name"
}
answer=44340
many_links shared -shared -Wl,-z,defs
many_links tuned -pie -Wl,--build-id=sha1,-O2,--gc-sections,-z,now,--hash-style=both
same $answer "$(./tuned)"
many_links static -static -Wl,--gc-sections
same $answer "$(./static)"
many_links dynamic -pie
same $answer "$(./dynamic)"

# Six at once, from another folder and from files of another age.
mkdir elsewhere
cp ./*.o libunits.a args elsewhere
touch -d 2001-01-01 elsewhere/*
cd elsewhere
for j in 1 2 3 8 64 5; do "$SINEW" @args -j $j --inline-below=0 -o copy-$j & done
wait
for j in 1 2 3 8 64 5; do cmp ../dynamic copy-$j; done
echo "$((links + 6)) links, one hash each"
