-- SPDX-License-Identifier: GPL-2.0-or-later
-- Rogue DMA: a driver aims its engine at the other VM's memory, at the hypervisor's, at a device and at nothing. The SMMU, which the hypervisor
-- programs, blocks each transfer; the hypervisor says so; both VMs run on. All of it on a restored board, so that the
-- SMMU's tables, queues and caches are a checkpoint's.

local rt_memory = 0x4ca00000        -- physical: see `./ingot forge scenarios/systems/first-light.xml --explain`
local targets = { rt_memory, 0x5000000000, 0x0b020000, 0x08000000 }

local function attack(b)
    local before = #b:console("rt")
    for _, address in ipairs(targets) do
        b:send("linux", ("dmaq-test --rogue 0x%x\n"):format(address))
        b:expect("linux", "dmaq-test: rogue read: source bus error", { within = "60s" })
        b:expect("linux", "dmaq-test: rogue write: destination bus error")
        b:expect("linux", "dmaq-test: PASS", { within = "60s" })
        b:expect("linux", "# ")
        b:expect("hypervisor", ("ingot: smmu: dmaq0 of vm linux: DMA read of 0x%x blocked: not memory of the owner"):format(address))
        b:expect("hypervisor", ("ingot: smmu: dmaq0 of vm linux: DMA write to 0x%x blocked: not memory of the owner"):format(address))
    end
    b:send("rt", "p")
    b:expect("rt", "rt: pulse: 1000 pulses", { within = "60s" })
    b:expect("rt", "rt: alive", { within = "1s" })
    check(#b:console("rt") > before, "rt is silent")
end

for _, impl in ipairs { "model", "rtl" } do
    log("dmaq0 as " .. impl)
    local b = board.start { system = "first-light", name = "rogue-" .. impl, devices = { dmaq0 = impl } }
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test --size 4096\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("linux", "# ")
    b:checkpoint("rogue-" .. impl)
    local again = board.restore("rogue-" .. impl, { name = "rogue-again-" .. impl })
    attack(again)
    again:close()
end
log("blocked and told, on a restored board")
