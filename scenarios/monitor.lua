-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VM that owns no device: Linux's own drivers on what an unprivileged monitor emulates: PL011, PL031, virtio's console and disk. A monitor that is led astray
-- takes its VM with it and nobody else

local function boot(name)
    local b = board.start { system = "monitor", name = name }
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready", { within = "20s" })
    b:expect("linux", "# ")
    return b
end

do
    local b = boot("devices")
    b:send("linux", "for m in virtio_ring virtio virtio_mmio virtio_blk virtio_console; do insmod /lib/modules/$m.ko; done; date\n")
    b:expect("linux", "Thu Jan  1 00:00:0", { within = "5s" })          -- PL031: 2026-01-01, when the board was switched on
    b:expect("linux", "# ")
    b:send("linux", "head -c 6 /dev/vda; md5sum </dev/vda\n")
    b:expect("linux", "070701", { within = "5s" })                      -- cpio's magic: the disk is the initramfs
    b:expect("linux", "# ", { within = "20s" })
    b:send("linux", "dd if=/dev/zero of=/dev/vda bs=512 count=1\n")
    b:expect("linux", "not permitted", { within = "5s" })               -- read-only
    b:expect("linux", "# ")
    b:send("linux", "echo through virtio >/dev/hvc0 && echo done $?\n")
    b:expect("linux", "done 0", { within = "5s" })
    b:close()
end

do
    local b = boot("gone")
    b:send("linux", "busybox devmem 0x0a002000\n")                     -- no device of the monitor's
    b:expect("hypervisor", "ingot: vm linux: core 0: data access outside of the VM")
    b:expect("hypervisor", "ingot: vm linux: stopped: ")
    b:send("rt", "p")
    b:expect("rt", "rt: pulse: 1000 pulses", { within = "60s" })
    b:close()
end
log("Linux on emulated devices")
