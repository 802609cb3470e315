#!/usr/bin/env bash
# Mach-O programs that sinew links run in the loader of tests/macho: C, C++ with exceptions across dylibs, threads,
# thread-locals, bundles, in both fixup formats; damaged copies are refused.
# limit: 600
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
ln -sf "$SINEW" "$WORK/ld64.sinew"
export LINKER="$WORK/ld64.sinew" SINEW_MACHO_SDK="$root/target/macos-sdk"
exec "$root/tests/macho/loader/selftest" "$WORK/selftest"
