# Programs from crates.io, built by cargo as users do, and used for real: ripgrep, and fd with its C allocator.
# limit: 600
. "$(dirname "$0")/lib.bash"
. "$repo/tests/programs/crates.bash"
install --debug ripgrep@15.2.0 fd-find@10.5.0
try_ripgrep
try_fd
