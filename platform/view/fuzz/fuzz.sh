#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes everything that reads a trace with libFuzzer, ASan and UBSan: fuzz.sh [SECONDS], 600 by default
#
# Needs clang, which Ingot itself does not. New inputs go to build/fuzz/corpus; those that find new ways are merged into corpus/.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")") root=$(readlink -f "$(dirname "$0")/../../..")
command -v clang >/dev/null || { echo "fuzz.sh: clang is missing: apt-get install clang" >&2; exit 1; }
mkdir -p "$root/build/fuzz/corpus"
cd "$root/build/fuzz"
flags=(-g -O1 -D_GNU_SOURCE "-DINGOT_SOURCE=\"$root\"" "-I$root")
read -ra xml < <(pkg-config --cflags libxml-2.0)
objects=()
for file in "$root"/traces/*.c "$root"/platform/view/*.c "$root/vdevices/regs.c"; do
    [[ $file != */fst.c ]] || continue      # Verilator's writer; what it is given goes to VCD as well
    object=$(basename "$(dirname "$file")")-$(basename "$file").o
    clang "${flags[@]}" "${xml[@]}" -fsanitize=address,undefined,fuzzer-no-link -c "$file" -o "$object"
    objects+=("$object")
done
clang++ -std=c++17 "${flags[@]}" -fsanitize=address,undefined,fuzzer "$here/fuzz.cpp" "${objects[@]}" -o fuzz -lzstd -lsqlite3 -lxml2 -lelf
./fuzz corpus "$here/corpus" -max_total_time="${1:-600}" -max_len=4096 -print_final_stats=1
./fuzz -merge=1 "$here/corpus" corpus
for input in "$here"/corpus/*; do
    [[ $input == *.bin ]] || mv "$input" "$input.bin"
done
