# The linker linked by itself links as the first one does; and README's first command works in a fresh checkout.
# limit: 900
. "$(dirname "$0")/lib.bash"
# What a clone would have: no ignored file, none that was removed.
mkdir clone
(cd "$repo" && git ls-files -z --cached --others --exclude-standard | xargs -0 ls -1d 2>/dev/null | tar -c -T - ) | tar -x -C clone
cd clone

# The first indented block of README.
command=$(sed -n '/^    /,/^$/p' README.md | sed '/^$/,$d; s/^    //')
case $command in "cargo build --release"*) ;; *) fail "README begins with something else: $command" ;; esac
# Built by the linker under test. (The command calls the new one in turn.)
export CARGO_TERM_COLOR=never
unset CARGO_TARGET_DIR CARGO_INCREMENTAL
through sh -c "$command" >log 2>&1 || { cat log; fail "README's first command"; }
same hello "$(tail -n 1 log)"
linked_by_us target/release/sinew hello
second=$PWD/target/release/sinew
[ -z "${SINEW_RUN_LINKER:-}" ] || exit 0

# Both make the same files: small ones, a large static one, and the linker itself.
cd ..
cat > many.cc <<'C'
#include <iostream>
#include <regex>
#include <thread>
int main() {
    std::thread([] { std::cout << std::regex_replace("a1b22", std::regex("[0-9]+"), "#"); }).join();
    std::cout << std::endl;
}
C
g++ -O1 -g -fPIC -pthread -c many.cc
for kind in static pie shared rust; do
  for linker in "$SINEW" "$second"; do
    case $kind in
      static) "$linker" run -- g++ -static many.o -o out ;;
      pie) "$linker" run -- g++ many.o -o out ;;
      shared) "$linker" run -- g++ -shared many.o -o out ;;
      rust) (cd clone && touch src/main.rs && CARGO_PROFILE_DEV_OPT_LEVEL=0 "$linker" run -- cargo build --quiet --bin sinew)
        mv clone/target/debug/sinew out ;;
    esac
    if [ "$linker" = "$SINEW" ]; then mv out "first-$kind"; else mv out "second-$kind"; fi
  done
  cmp "first-$kind" "second-$kind"
done
same 'a#b#' "$(./first-static)"
same 'a#b#' "$(./first-pie)"
./second-rust --version | grep -q sinew
