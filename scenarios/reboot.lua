-- SPDX-License-Identifier: GPL-2.0-or-later
-- Linux on emulated devices reboots, crashes, and crashes its monitor: each time it begins anew, with a kernel and a monitor that know nothing of what was

do
    local b = board.start { system = "reboot" }
    local beats = 0
    local function up()
        b:expect("linux", "ingot-linux: ready", { within = "20s" })
        b:expect("linux", "# ")
    end
    local function again(n, command, reason)
        b:send("linux", command .. "\n")
        b:expect("hypervisor", ("ingot: vm linux: restarts (%d of 3): %s\n"):format(n, reason), { within = "20s" })
        up()
        b:send("linux", "ls /tmp/before; cat /proc/uptime\n")
        local said = b:expect("linux", "# ", { within = "5s" })
        check(said:find("No such file", 1, true), "what an earlier life wrote is still there")
        check(said:find("\n[01]%.%d%d "), "the clock of the kernel does not begin anew: " .. said)
    end
    b:expect("rt", "rt: done")
    up()
    b:send("linux", "for m in virtio_ring virtio virtio_mmio virtio_blk virtio_console; do insmod /lib/modules/$m.ko; done; head -c 6 /dev/vda >/tmp/before; echo written\n")
    b:expect("linux", "written\r\n", { within = "5s" })
    b:expect("linux", "# ")
    again(1, "reboot -f", "it asked for a reset (PSCI SYSTEM_RESET)")
    b:send("linux", "for m in virtio_ring virtio virtio_mmio virtio_blk; do insmod /lib/modules/$m.ko; done; head -c 6 /dev/vda; echo >/tmp/before\n")
    b:expect("linux", "070701", { within = "5s" })                      -- its monitor's virtio, from reset
    b:expect("linux", "# ")
    again(2, "busybox devmem 0x0a002000", "data access outside of the VM")
    again(3, "reboot -f", "it asked for a reset (PSCI SYSTEM_RESET)")
    b:send("rt", "p")
    b:expect("rt", "rt: pulse: 1000 pulses, latency min 46 ns, median 46 ns, max 46 ns", { within = "60s" })
    b:send("linux", "reboot -f\n")
    b:expect("hypervisor", "ingot: vm linux: stopped: it asked for a reset", { within = "20s" })
    check(not b:console("hypervisor"):find("HYPERVISOR FAULT", 1, true), "the hypervisor itself failed")
    b:close()
end

-- Two vCPUs and DMA: reset in the middle of transfers, and a crash of the second vCPU
do
    local b = board.start { system = "reboot-smp" }
    local function up()
        b:expect("linux", "ingot-linux: ready", { within = "20s" })
        b:expect("linux", "# ")
        b:send("linux", "nproc\n")
        b:expect("linux", "2\r\n", { within = "5s" })
        b:expect("linux", "# ")
    end
    up()
    for n, way in ipairs { "dmaq-test --size 65536 --count 300 & reboot -f", "taskset 2 busybox devmem 0x0b020000" } do
        b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test --size 65536 --count 3\n")
        b:expect("linux", "dmaq-test: PASS", { within = "60s" })
        b:expect("linux", "# ")
        b:send("linux", way .. "\n")
        b:expect("hypervisor", "ingot: vm linux: restarts (" .. n .. " of 2): ", { within = "20s" })
        up()
    end
    check(not b:console("hypervisor"):find("blocked", 1, true), "the SMMU has blocked a transfer")
    check(not b:console("hypervisor"):find("HYPERVISOR FAULT", 1, true), "the hypervisor itself failed")
    b:close()
end
log("Linux began anew five times")
