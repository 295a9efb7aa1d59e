#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# virsh save and restore on a running board: what it does after is what it does uninterrupted, byte for byte
#
# virsh_test.sh INGOT BUILD. A libvirtd of its own, whose folders are seen by nobody else: a mount namespace hides the machine's.
set -euo pipefail

ingot=$1 build=$2
if [ "${3-}" != inside ]; then
    as_root=()
    ((EUID == 0)) || as_root=(--map-root-user)
    if ! why=$(unshare --mount "${as_root[@]}" true 2>&1); then
        echo "virsh_test: skipped: it hides the machine's libvirt in a mount namespace, which is not allowed here: $why"
        exit 77     # CTest: SKIP_RETURN_CODE
    fi
    exec unshare --mount "${as_root[@]}" bash "$0" "$ingot" "$build" inside
fi

work=$(mktemp -d /tmp/ingot-virsh-XXXXXX)
name=${work#/tmp/}
daemon= run=
die() { echo "virsh_test: $*" >&2; tail -n 5 "$work"/*.log "$log" >&2; exit 1; }
clean() {
    local id
    [ -z "$run" ] || kill "$run" 2>/dev/null || true
    [ -z "$daemon" ] || for id in $(virsh list --name); do virsh destroy "$id" >/dev/null || true; done
    [ -z "$daemon" ] || kill "$daemon"
    wait
    rm -rf "$work" "$build/runs/$name"
}
export LIBVIRT_DEFAULT_URI=qemu:///system
log=/var/log/libvirt/qemu/none
trap clean EXIT

for dir in /run/libvirt /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt; do
    mkdir -p "$dir"
    mount -t tmpfs -o mode=755 none "$dir"
done
printf '%s = %s\n' stdio_handler '"file"' security_driver '"none"' namespaces '[]' cgroup_controllers '[]' seccomp_sandbox 0 \
    user '"root"' group '"root"' dynamic_ownership 0 remember_owner 0 >/etc/libvirt/qemu.conf
printf '%s = "none"\n' auth_unix_ro auth_unix_rw >"$work/libvirtd.conf"
libvirtd --config "$work/libvirtd.conf" --pid-file "$work/libvirtd.pid" >"$work/libvirtd.log" 2>&1 &
daemon=$!

until_true() {      # COMMAND…: a minute at most
    local i
    for i in {1..600}; do
        ! "$@" 2>/dev/null || return 0
        sleep 0.1
    done
    die "after a minute still not so: $*"
}
has_said() { [ "$(grep -c 'rt: alive' "$log")" -ge "$1" ]; }
until_true test -S /run/libvirt/libvirt-sock

# a board that a scenario runs
cat >"$work/$name.lua" <<'LUA'
local b = board.start { system = "one-core", name = "b" }
b:expect("rt", "rt: alive")
log("it is up")
b:run_for("1000000s")
LUA
"$ingot" run --trace --quiet --connect "$LIBVIRT_DEFAULT_URI" "$work/$name.lua" >"$work/run.log" 2>&1 &
run=$!
until_true grep -q 'it is up' "$work/run.log"
domain=$(virsh list --name)
log=/var/log/libvirt/qemu/$domain.log
virsh dumpxml "$domain" >"$work/scenario.xml"
virsh save "$domain" "$work/of-scenario" >/dev/null
! wait "$run" || die "the scenario has not noticed that its board was saved"
run=

# it goes on without the scenario: a board without a control socket runs freely, its consoles are in QEMU's log
free() { sed "s|,control=[^,']*||; s|,trace=[^,']*|,trace=$work/$1.trace|" "$work/scenario.xml"; }
free restored-of-scenario >"$work/a.xml"
virsh restore "$work/of-scenario" --xml "$work/a.xml" >/dev/null
until_true has_said 1
virsh destroy "$domain" >/dev/null

# a free board, saved in the middle, restored and saved again, against one that nobody interrupts
free first >"$work/first.xml"
free second >"$work/second.xml"
free whole >"$work/whole.xml"
rm -f "$log"
virsh create "$work/first.xml" >/dev/null
until_true has_said 3
virsh save "$domain" "$work/state" >/dev/null
virsh restore "$work/state" --xml "$work/second.xml" >/dev/null
until_true has_said 6
virsh save "$domain" "$work/state-2" >/dev/null
rm -f "$log"
virsh create "$work/whole.xml" >/dev/null
until_true has_said 6
virsh save "$domain" "$work/state-3" >/dev/null

records() { "$ingot" trace stat "$1" | sed -n '1s/.*: \([0-9]*\) records in .*/\1/p'; }
(($(records "$work/second.trace") >= 100)) || die "the restored board has recorded next to nothing"
(($(records "$work/whole.trace") > $(records "$work/first.trace"))) || die "the uninterrupted run ended before the other was saved"
common=$("$ingot" trace compare --prefix "$work/whole.trace" "$work/first.trace" "$work/second.trace") ||
    die "the restored board is not the uninterrupted one: $common"

# a damaged file is refused, and nothing runs then
printf 'damaged' | dd of="$work/state" bs=1 seek=20000 conv=notrunc status=none
truncate -s 30000 "$work/state"
! virsh restore "$work/state" --xml "$work/second.xml" >/dev/null 2>&1 || die "half of a board was restored"
[ -z "$(virsh list --name)" ] || die "half of a board runs"
echo "virsh save and restore: $common"
