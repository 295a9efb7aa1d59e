-- SPDX-License-Identifier: GPL-2.0-or-later
-- Every way to end a VM: the report's words, the VM's silence, and that the others go on

local ends = {
    { "d", "core 0: data access outside of the VM", "write of 4 bytes: translation", "IPA 0x9000000: not a device or memory of this VM" },
    { "i", "core 1: instruction fetch outside of the VM", "EL1, PC 0xa000000", "IPA 0xa000000" },
    { "u" },    -- nothing: vm2 is for the register that is undefined to it, below
    { "p", "core 3: access to the interrupt controller by an instruction without syndrome", "the emulated interrupt controller" },
    { "z", "core 4: access to the interrupt controller in a size or alignment that the register does not have" },
    { "c", "vm5: stopped: its only CPU was turned off (PSCI CPU_OFF)" },
    { "r", "vm6: stopped: it asked for a reset (PSCI SYSTEM_RESET)" },
    { "o", "vm7: stopped: it turned itself off (PSCI SYSTEM_OFF)" },
}

local b = board.start { system = "hypervisor/test/faults.xml" }
for i = 0, 7 do
    b:expect("vm" .. i, "check: ready", { within = "1s" })
end
for i, way in ipairs(ends) do
    local vm = "vm" .. i - 1
    b:send(vm, way[1])
    for k = 2, #way do
        b:expect("hypervisor", way[k], { within = "100ms" })
    end
    if i <= 5 and #way > 1 then
        b:expect("hypervisor", "ingot: vm " .. vm .. ": stopped: ", { within = "100ms" })
    end
    check(not b:console(vm):find("still runs"), vm .. " goes on")
end
b:send("vm2", "s")
b:expect("vm2", "check: UNEXPECTED: ESR 0x02000000", { within = "100ms" })
check(not b:console("hypervisor"):find("vm vm2: stopped", 1, true), "a register that a VM has not stops it")
check(not b:console("hypervisor"):find("HYPERVISOR FAULT"), "the hypervisor itself failed")
b:close()
