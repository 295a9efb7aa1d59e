#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The headers of the installed QEMU, from its own source package; prints the folder
#
# Result: $INGOT_CACHE/qemu-headers/VERSION (VERSION: Debian's source version), made in a temporary folder and renamed at the
# end, so an interrupted run leaves nothing half-made. Progress goes to stderr. With the folder there: no network, no work.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/apt-private.sh"
cache=${INGOT_CACHE:-$HOME/.cache/ingot}
die() { echo "qemu-headers: $*" >&2; exit 1; }

version=$(dpkg-query -W -f '${source:Version}' qemu-system-arm 2>/dev/null) ||
    die "package qemu-system-arm is not installed: run ./ingot, which installs it"
final=$cache/qemu-headers/${version//:/_}
if [ -e "$final/complete" ]; then echo "$final"; exit 0; fi

for tool in dpkg-source meson ninja pkg-config cc; do
    command -v "$tool" >/dev/null || die "$tool is missing: run ./ingot, which installs it"
done
mkdir -p "$cache/qemu-headers" || die "cannot write $cache: check its permissions and free space"
work=$(mktemp -d "$cache/qemu-headers/.new.XXXXXX") || die "cannot write $cache: check its permissions and free space"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
log=$work/log
run() { "$@" >>"$log" 2>&1 || { tail -n 15 "$log" >&2; die "failed: $1 (above: the end of its output)"; }; }

echo "QEMU headers: fetching the source of qemu $version" >&2
private_apt "$work/apt" deb-src
run papt update
cd "$work"
if ! papt source --download-only "qemu=$version" >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    die "the sources under /etc/apt do not offer the source of qemu $version (above: what apt says): upgrade qemu-system-arm, then try again"
fi
echo "QEMU headers: unpacking" >&2
run dpkg-source --no-check -x qemu_*.dsc src
echo "QEMU headers: generating" >&2
mkdir -p src/build
cd src/build
run ../configure --target-list=aarch64-softmmu --without-default-features --enable-tcg --enable-system --enable-plugins \
    --enable-modules --enable-fdt=system --disable-docs --meson=/usr/bin/meson
mapfile -t headers < <(ninja -t targets all | sed -n 's/^\([^:]*\.h\): CUSTOM.*/\1/p')
run ninja "${headers[@]}"

echo "QEMU headers: keeping what is needed" >&2
mkdir "$work/keep"
cd "$work/src"
find accel/tcg build include linux-headers softmmu target/arm tcg -name "*.h" -o -name "*.h.inc" |
    tar -cf - -T - | tar -xf - -C "$work/keep"
touch "$work/keep/complete"
rm -rf "$final"
mv "$work/keep" "$final"
echo "$final"
