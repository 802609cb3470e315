#!/bin/bash
# build.sh OUT: builds the loader, an arm64 Linux program that qemu-aarch64 runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
missing=()
for p in gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
if [ ${#missing[@]} -gt 0 ]; then apt-get update -qq; apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; fi
mkdir -p "$(dirname "$1")"
exec aarch64-linux-gnu-gcc -static -O2 -g -std=gnu17 -Wall -Wextra -Werror -fno-strict-aliasing -pthread \
  "$here"/*.[cS] "$here"/libsystem/*.[cS] -lm -o "$1"
