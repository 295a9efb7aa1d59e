-- SPDX-License-Identifier: GPL-2.0-or-later
-- A crash of one VM leaves the other running: first the bare-metal VM, then, on a new board, Linux

local function boot(name)
    local b = board.start { system = "first-light", name = name }
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    return b
end

do
    local b = boot("rt-crashes")
    b:send("rt", "c")
    b:expect("hypervisor", "ingot: vm rt: core 1: data access outside of the VM")
    b:expect("hypervisor", "IPA 0x9000000: not a device or memory of this VM")
    b:expect("hypervisor", "ingot: vm rt: stopped: ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test --size 65536 --count 3\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    check(not b:console("rt"):find("unexpected"), "the stopped VM went on")
    local said = #b:console("rt")
    b:run_for("300ms")
    check(#b:console("rt") == said, "the stopped VM went on")
    b:close()
end

do
    local b = boot("linux-crashes")
    -- a register that belongs to the other VM: nothing is there for this one
    b:send("linux", "busybox devmem 0x0b020000\n")
    b:expect("hypervisor", "ingot: vm linux: core 0: data access outside of the VM")
    b:expect("hypervisor", "ingot: vm linux: stopped: ")
    b:send("rt", "p")
    b:expect("rt", "rt: pulse: 1000 pulses", { within = "60s" })
    b:expect("rt", "rt: alive", { within = "1s" })
    b:close()
end
log("each VM's crash left the other running")
