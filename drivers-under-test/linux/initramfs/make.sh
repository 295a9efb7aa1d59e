#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make.sh OUTPUT BUSYBOX INIT STRIP FILE=PATH…: the initramfs, equal bytes for equal inputs. Not compressed: inflating would cost
# the guest a sixth of its boot.
#
# FILE is put at PATH; kernel modules and programs are stripped of debug information (symbols stay in modules).
set -euo pipefail
output=$1 busybox=$2 init=$3 strip=$4
shift 4
work=$(mktemp -d "$output.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

mkdir -p "$root"/{bin,sbin,dev,proc,sys,root,tmp,lib/modules}
install -m 755 "$busybox" "$root/bin/busybox"
install -m 755 "$init" "$root/init"
for applet in ash awk basename cat chmod cmp cp cut date dd devmem df dmesg du echo env expr false find free grep \
    gunzip head hexdump id ifconfig insmod ip kill killall ln ls lsmod md5sum mkdir mknod mount mv nice od ping poweroff printf \
    ps pwd reboot rm rmdir rmmod sed seq setsid sh sha256sum sleep sort stty sync tail tar taskset tee test time timeout top \
    touch tr true tty umount uname uniq uptime usleep vi watch wc which xargs yes; do
    ln -s busybox "$root/bin/$applet"
done
for file; do
    target=$root/${file#*=}
    case ${file#*=} in
    *.ko) "$strip" --strip-debug -o "$target" "${file%%=*}"; chmod 644 "$target" ;;
    *) "$strip" -o "$target" "${file%%=*}"; chmod 755 "$target" ;;
    esac
done

find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio -o -0 -H newc --reproducible -R 0:0 --quiet) >"$work/cpio"
mv "$work/cpio" "$output"
