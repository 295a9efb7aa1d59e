#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What launcher and set-up promise, each on the real scripts: promises_test.sh CASE SOURCE BUILD CACHE
set -euo pipefail
case=$1 source=$2 build=$3 cache=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$case: $*" >&2; exit 1; }

# apt-get and apt-cache that refuse: what does not need the network does not notice
without_apt() {
    mkdir -p "$work/bin"
    printf '#!/bin/sh\necho "apt was asked: $*" >&2; exit 1\n' | tee "$work/bin/apt-get" >"$work/bin/apt-cache"
    chmod +x "$work"/bin/*
    PATH=$work/bin:$PATH "$@"
}

case $case in
HelpWorksBeforeAnythingIsBuilt)
    cp "$source/ingot" "$work/ingot"
    "$work/ingot" help | grep -q 'Usage: ./ingot' || fail "no usage"
    [ "$(ls "$work")" = ingot ] || fail "help has left files: $(ls "$work")"
    ! "$work/ingot" >/dev/null || fail "no command is an error"
    ;;
RefusesACacheItCannotWrite)
    mkdir "$work/ci"
    cp "$source/ingot" "$work"
    cp "$source/ci/packages.txt" "$work/ci"
    status=0
    said=$(INGOT_CACHE=/dev/null/cache "$work/ingot" run x 2>&1) || status=$?
    [ $status = 1 ] || fail "exit $status, not 1"
    grep -q '^ingot: /dev/null/cache: cannot be written: .*INGOT_CACHE' <<<"$said" || fail "said: $said"
    ;;
FullCacheAsksNoNetwork)
    INGOT_CACHE=$cache without_apt "$source/ci/bootstrap/linux-guest.sh"
    INGOT_CACHE=$cache without_apt "$source/ci/bootstrap/qemu-headers.sh" >/dev/null
    ;;
FailedDownloadLeavesNothing)
    ! INGOT_CACHE=$work/cache without_apt "$source/ci/bootstrap/linux-guest.sh" 2>"$work/said" || fail "no error without apt"
    grep -q '^guest Linux: apt-get update failed' "$work/said" || fail "said: $(<"$work/said")"
    [ -z "$(ls "$work/cache/linux")" ] || fail "left: $(ls "$work/cache/linux")"
    ;;
EveryPackageIsExplained)
    ! grep -nvE '^(#.*|[a-z0-9.+-]+ +# .+|)$' "$source/ci/packages.txt" || fail "lines of packages.txt above: NAME # what for"
    ;;
InitramfsIsEqualForEqualInputs)
    release=$(<"$cache/linux/current") guests=$build/guests/linux
    "$source/drivers-under-test/linux/initramfs/make.sh" "$work/initramfs.cpio" "$cache/linux/$release/busybox" \
        "$source/drivers-under-test/linux/initramfs/init" aarch64-linux-gnu-strip \
        "$guests/dmaq.ko=lib/modules/dmaq.ko" "$guests/dmaq-test=bin/dmaq-test" \
        $(for module in "$cache/linux/$release/modules"/*.ko; do echo "$module=lib/modules/${module##*/}"; done)
    cmp "$work/initramfs.cpio" "$guests/initramfs.cpio"
    [ "$(ls "$work")" = initramfs.cpio ] || fail "left: $(ls "$work")"
    ;;
KvmUnitTestsSayWhatTheyNeed)
    ! "$source/ci/kvm-unit-tests.sh" 2>"$work/said" || fail "no checkout is an error"
    grep -q 'which checkout?' "$work/said" || fail "said: $(<"$work/said")"
    ! "$source/ci/kvm-unit-tests.sh" "$work" 2>"$work/said" || fail "an empty folder is an error"
    grep -q "$work: no checkout of kvm-unit-tests: clone " "$work/said" || fail "said: $(<"$work/said")"
    ! "$source/ci/kvm-unit-tests.sh" "$work" pcsi 2>"$work/said" || fail "an unknown test is an error"
    grep -q "unknown test 'pcsi': choose of: .* psci " "$work/said" || fail "said: $(<"$work/said")"
    ;;
KvmUnitTestsAreJudgedByTheirEnd)
    "$source/ci/kvm_unit_tests_stub.sh" "$work"
    status=0
    said=$("$source/ci/kvm-unit-tests.sh" "$work" selftest-setup gicv3-ipi gicv3-active psci timer micro-bench 2>&1) || status=$?
    expected=$(cat <<'END'
test                     result pass fail skip  why
selftest-setup           PASS      2    0    0
gicv3-ipi                ABORT     0    0    0  ABORT: it gave up
    expected: PASS; see
gicv3-active             ABORT     0    0    0  ABORT: it gave up
    expected: PASS; see
psci                     FAIL      1    1    0  FAIL: second
    expected: PASS; see
timer                    STOP      1    0    0  it asked for a reset (PSCI SYSTEM_RESET)
    expected: PASS; see
micro-bench              SKIP      0    0    1  SKIP: not here
    expected: ABORT; see
kvm-unit-tests: 5 ended in another way than expected
END
    )
    [ "$(sed 's/ see .*/ see/; s/ *$//' <<<"$said")" = "$expected" ] || fail "said: $said"
    [ $status = 1 ] || fail "exit $status, not 1"
    [ ! -e "$work/config.mak" ] || fail "the checkout was written to"
    ;;
ModuleKeepsTheHandlersSymbol)
    aarch64-linux-gnu-nm "$build/guests/linux/dmaq.ko" | grep -q ' t dmaq_irq$' || fail "dmaq.ko has no symbol dmaq_irq"
    ;;
*)
    fail "no such case"
    ;;
esac
