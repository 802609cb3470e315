# Programs from crates.io in their own release profiles (fat LTO in some): ripgrep, fd, hyperfine.
# limit: 1800
. "$(dirname "$0")/../lib.bash"
. "$repo/tests/programs/crates.bash"
install ripgrep@15.2.0 fd-find@10.5.0
install hyperfine@1.20.0
try_ripgrep
try_fd
try_hyperfine
