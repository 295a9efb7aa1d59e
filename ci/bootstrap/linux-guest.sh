#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest Linux: Debian's arm64 kernel, its headers for modules, and busybox; nothing is installed into the host
#
# Result: $INGOT_CACHE/linux/RELEASE/{Image,modules,headers,busybox,packages} and $INGOT_CACHE/linux/current, which holds RELEASE; made
# in a temporary folder and renamed. With `current` valid: no network, no work. Remove `current` to ask for a newer kernel.
# The cloud flavour has all that a virtual board needs built in (8250 and PL011 with device tree) at a third of the size.
set -euo pipefail
flavour=cloud-arm64
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=apt-private.sh
. "$here/apt-private.sh"
cache=${INGOT_CACHE:-$HOME/.cache/ingot}
root=$cache/linux
die() { echo "guest Linux: $*" >&2; exit 1; }

complete() {
    local release
    [ -r "$root/current" ] || return 1
    release=$(<"$root/current")
    [ -s "$root/$release/Image" ] && [ -e "$root/$release/modules/virtio_blk.ko" ] && [ -x "$root/$release/busybox" ] && [ -e "$root/$release/headers/Makefile" ]
}
complete && exit 0

mkdir -p "$root" 2>/dev/null || die "cannot make $root: check its permissions, or set INGOT_CACHE to another folder"
exec 9>"$root/.lock" || die "cannot write $root: check its permissions, or set INGOT_CACHE to another folder"
if ! flock -n 9; then
    echo "guest Linux: waiting for another download" >&2
    flock 9
    complete && exit 0
fi
rm -rf "$root"/.new.*               # of a run that was killed; the lock is ours
work=$(mktemp -d "$root/.new.XXXXXX") || die "cannot write $root: check its permissions and free space"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

run() {    # WHAT COMMAND…
    local what=$1
    shift
    "$@" >"$work/log" 2>&1 9>&- && return
    tail -n 15 "$work/log" >&2
    die "$what failed (above): check the network, and the free space of $root"
}
field() { papt_cache show --no-all-versions "$1" 2>/dev/null | sed -n "s/^$2: //p"; }
dependency() { grep -o "$1[^ ,]*" <<<"$2" | head -n 1; }
unpack() { run "unpacking $1" dpkg-deb -x "$work/deb/$1"_*.deb "$2"; }

# apt-get update succeeds without a network, with warnings: Error-Mode=any makes it fail
echo "guest Linux: reading Debian's package lists for arm64" >&2
PAPT_ARCH=arm64
private_apt "$work/apt"
run "apt-get update" papt -o APT::Update::Error-Mode=any update
image=$(dependency linux-image- "$(field "linux-image-$flavour" Depends)") ||
    die "no package linux-image-$flavour in /etc/apt's sources: they must offer Debian's main for arm64 (no Architectures: line)"
release=${image#linux-image-}
headers=$(field "linux-headers-$release" Depends)
common=$(dependency linux-headers- "$headers") || die "no package linux-headers-$release beside $image: run apt-get update"
kbuild=$(dependency linux-kbuild- "$headers") || die "linux-headers-$release names no linux-kbuild: is this Debian 12?"

echo "guest Linux: downloading $image, its headers, busybox" >&2
mkdir "$work/deb"
cd "$work/deb"
run "apt-get download" papt download "$image" "linux-headers-$release" "$common" busybox-static
# shellcheck disable=SC2034
PAPT_ARCH=$(dpkg --print-architecture)      # kbuild's programs run on the host
run "apt-get update" papt -o APT::Update::Error-Mode=any update
run "apt-get download" papt download "$kbuild"

echo "guest Linux: unpacking $release" >&2
new=$work/$release
mkdir "$new" "$new/debian"
unpack "linux-headers-$release" "$new/debian"
unpack "$common" "$new/debian"
unpack "$kbuild" "$new/debian"
run "writing $new" mkdir "$work/image" "$work/busybox"
unpack "$image" "$work/image"
unpack busybox-static "$work/busybox"
run "writing $new" cp "$work/image/boot/vmlinuz-$release" "$new/Image"
run "writing $new" cp "$work/busybox/bin/busybox" "$new/busybox"
run "writing $new" mkdir "$new/modules"             # drivers of what a monitor emulates
for module in virtio/virtio virtio/virtio_ring virtio/virtio_mmio block/virtio_blk char/virtio_console; do
    run "writing $new" cp "$work/image/lib/modules/$release/kernel/drivers/$module.ko" "$new/modules/"
done
run "writing $new" cp "$work/image/boot/config-$release" "$new/config"
(cd "$work/deb" && printf '%s\n' *.deb) >"$new/packages"
# Debian's Makefile names /usr/src: make it relative, so that the tree works where it is
ln -s "debian/usr/src/linux-headers-$release" "$new/headers"
# shellcheck disable=SC2016
printf 'include $(dir $(realpath $(lastword $(MAKEFILE_LIST))))../%s/Makefile\n' "$common" >"$new/headers/Makefile"

rm -rf "${root:?}/$release"
mv "$new" "$root/$release"
echo "$release" >"$work/current"
mv "$work/current" "$root/current"
echo "guest Linux: $release is in $root" >&2
