// Colours, limits and what counts as an error: each flag does its own and they combine.
//# also: start.s
//# unlike: bfd lld mold
//# link: $IN --warn-unresolved-symbols
//# warning: warning: undefined symbol: missing
//# link[fatal]: $IN --warn-unresolved-symbols --fatal-warnings
//# error: error: undefined symbol: missing
//# link[back]: $IN --warn-unresolved-symbols --error-unresolved-symbols
//# error: error: undefined symbol: missing
//# link[quiet]: $IN --warn-unresolved-symbols --no-warnings
//# silent: missing
//# link[colour]: $IN --color-diagnostics=always
//# sh: $LD $IN -o o --color-diagnostics=always 2>err || true; grep -q "$(printf 'sinew: \033\[1;31merror:\033\[0m undefined symbol: missing')" err
//# sh: $LD $IN -o o --color-diagnostics=auto 2>err || true; if grep -q "$(printf '\033')" err; then exit 1; fi
//# sh: $LD $IN -o o --error-limit=1 2>err || true; grep -q '1 more error' err; test $(grep -c 'undefined symbol' err) = 1
//# error: undefined symbol
//# link[limit]: $IN --error-limit=2
//# silent: more errors
//# error: other
//# link[inhibit]: $IN --noinhibit-exec --error-limit=1
//# warning: warning: undefined symbol: missing
//# warning: warning: undefined symbol: other
int missing(void), other(void);
int main(int argc, char **argv) { return argc > 1 ? missing() + other() + (argv != 0) : 0; }
