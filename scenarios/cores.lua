-- SPDX-License-Identifier: GPL-2.0-or-later
-- Boards of one and of four cores: VMs on any core, the others parked

do
    local b = board.start { system = "one-core" }
    b:expect("hypervisor", "ingot: system one-core, 1 cores, 1 VMs")
    b:expect("rt", "rt: pulse: 200 pulses")
    b:expect("rt", "rt: done")
    b:close()
end

do
    local b = board.start { system = "four-cores" }
    b:expect("hypervisor", "ingot: system four-cores, 4 cores, 2 VMs")
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("rt", "rt: alive")
    b:close()
end
log("one core and four cores run")
