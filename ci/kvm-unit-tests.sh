#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The arm64 tests of kvm-unit-tests, each in a VM of its own board: ci/kvm-unit-tests.sh [--direct] CHECKOUT [TEST…]
#
# CHECKOUT is the user's: a clone of kvm-unit-tests, not configured in place. It is built in build/kvm-unit-tests, and nothing is
# written to it. --direct: the VMs have interrupts="direct". Exit 0 if all end as the table below says; docs/kvm-unit-tests.md says why any does not pass.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
work=$root/build/kvm-unit-tests
board=$root/build/runs/kvm-unit-tests/kut
cross=aarch64-linux-gnu-
seconds=900             # of the machine's time, for one test; the scenario limits the board's
memory=64               # of the VM, in MiB
cpus=2

# Name, file, result, arguments: those of CHECKOUT/arm/unittests.cfg that need a GICv3 at most, and neither migration nor an option of QEMU
tests="
selftest-setup           selftest     PASS   setup smp=$cpus mem=$memory
selftest-vectors-kernel  selftest     PASS   vectors-kernel
selftest-vectors-user    selftest     PASS   vectors-user
selftest-smp             selftest     PASS   smp
gicv3-ipi                gic          PASS   ipi
gicv3-active             gic          PASS   active
its-introspection        gic          SKIP   its-introspection
its-trigger              gic          SKIP   its-trigger
psci                     psci         PASS
timer                    timer        PASS
micro-bench              micro-bench  ABORT
"

die() { echo "kvm-unit-tests: $*" >&2; exit 1; }

# ---- building ----------------------------------------------------------------------------------------------------------

build() {               # CHECKOUT
    local options=(--arch=arm64 "--cross-prefix=$cross") files said
    mapfile -t files < <(awk 'NF { print "arm/" $2 ".flat" }' <<<"$tests" | sort -u)
    [ -x "$1/configure" ] && [ -f "$1/arm/selftest.c" ] ||
        die "$1: no checkout of kvm-unit-tests: clone https://gitlab.com/kvm-unit-tests/kvm-unit-tests.git, and name its folder"
    [ ! -e "$1/config.mak" ] || die "$1: is configured in place, and its objects would be taken for ours: make distclean there"
    grep -q reloc_start "$1/arm/cstart64.S" || die "$1: its images are linked to an address of their own: take a newer version"
    said=$("$1/configure" --help || true)       # its help exits 1
    [[ $said != *--earlycon=* ]] || options+=("--earlycon=uart,mmio,0x0b001000")    # for what it says before it has read its tree
    [[ $said != *disable]-werror* ]] || options+=(--disable-werror)
    rm -rf "$work"
    mkdir -p "$work/build"
    (
        cd "$work/build"
        "$1/configure" "${options[@]}" && make directories && make -j"$(nproc)" "${files[@]}"
    ) >"$work/build.log" 2>&1 || die "$1: was not built: $work/build.log has all of it, and ends with: $(tail -n 1 "$work/build.log")"
}

# ---- running -----------------------------------------------------------------------------------------------------------

system() {              # NAME FILE ARGUMENTS
    cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<system name="$1">
  <board cores="$cpus" memory="$((memory + 32))MiB"/>
  <device name="hyp"  type="uart16550" base="0x0b000000" spi="176"/>
  <device name="uart" type="uart16550" base="0x0b001000" spi="177"/>
  <hypervisor memory="8MiB" console="hyp"/>
  <vm name="kut" outside="abort" cores="$(seq -s " " 0 $((cpus - 1)))"$direct>
    <memory ipa="0x40000000" size="${memory}MiB"/>
    <raw image="$work/build/arm/$2.flat" cmdline="$3"/>
    <use device="uart"/>
  </vm>
</system>
END
}

count() { grep -c "^$1: " "$2" || true; }

# How it has ended, and why: by its own last line, EXIT: STATUS=N, where N / 2 is what its main() returned (lib/report.c), else by
# what the hypervisor says. Prints RESULT|WHY.
judge() {               # CONSOLE HYPERVISOR'S-CONSOLE
    local status stopped esr
    status=$(sed -n 's/^EXIT: STATUS=\([0-9]*\).*/\1/p' "$1" | tail -n 1)
    stopped=$(sed -n 's/^ingot: vm kut: stopped: //p' "$2")
    esr=$(sed -n 's/^ingot:   ESR_EL2 [^:]*: //p' "$2")
    case $((${status:--2} / 2)) in
    0) echo "PASS|" ;;
    1) if ! grep -q '^FAIL: ' "$1" && grep -qi skip "$1"; then echo "SKIP|$(grep -m 1 -i skip "$1")"; else echo "FAIL|$(grep -m 1 '^FAIL: ' "$1")"; fi ;;
    38) echo "SKIP|$(grep -m 1 '^SKIP: ' "$1")" ;;
    -1) if [ -n "$stopped" ]; then echo "STOP|$stopped${esr:+ ($esr)}"; else echo "TIME|no end within the limit"; fi ;;
    *) echo "ABORT|$(grep -m 1 -E '^ABORT: |assert|^Unhandled' "$1")" ;;
    esac
}

run() {                 # NAME FILE EXPECTED ARGUMENTS
    local name=$1 console=$work/$1.vm.log hypervisor=$work/$1.hypervisor.log result why
    system "$name" "$2" "$4" >"$work/$name.xml"
    rm -rf "$board"
    timeout -k 10 "$seconds" "$root/ingot" run --quiet --system "$work/$name.xml" "$root/ci/kvm-unit-tests.lua" >"$work/$name.log" 2>&1 || true
    [ -e "$board/uart.log" ] || die "$name: the board did not start: $work/$name.log ends with: $(tail -n 1 "$work/$name.log")"
    mv "$board/uart.log" "$console"
    mv "$board/hyp.log" "$hypervisor"
    IFS='|' read -r result why < <(judge "$console" "$hypervisor")
    printf '%-24s %-6s %4d %4d %4d  %s\n' "$name" "$result" "$(count PASS "$console")" "$(count FAIL "$console")" "$(count SKIP "$console")" "$why"
    [ "$result" = "$3" ] || { echo "    expected: $3; see $console and $hypervisor" && false; }
}

direct=
[ "${1:-}" != --direct ] || { direct=' interrupts="direct"'; shift; }
[ $# -gt 0 ] || die "which checkout? ci/kvm-unit-tests.sh [--direct] CHECKOUT [TEST…]"
checkout=$(readlink -f "$1")
shift
for name; do
    grep -q "^$name " <<<"$tests" || die "unknown test '$name': choose of: $(awk 'NF { printf "%s ", $1 }' <<<"$tests")"
done
build "$checkout"
"$root/ingot" run --help >/dev/null      # sets up and builds what is stale, which is not the tests' time
others=0
printf '%-24s %-6s %4s %4s %4s  %s\n' test result pass fail skip why
while read -r name file expected arguments; do
    [ -n "$name" ] || continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    run "$name" "$file" "$expected" "$arguments" </dev/null || others=$((others + 1))
done <<<"$tests"
[ $others -eq 0 ] || die "$others ended in another way than expected"
