-- SPDX-License-Identifier: GPL-2.0-or-later
-- World switch: two VMs that hold all registers full find each of them as it was, whoever has had the core in between; and no switch is longer than its budget,
-- from the alarm's vector at EL2 to the ERET into the other VM, the sleep between them aside. (`./ingot bench hypervisor switch` counts it without SIMD and in its worst case.)

local GOAL <const> = 260

local b = board.start { system = "hypervisor/test/switch.xml" }
b:expect("a", "switch: ready\n")
b:run_for("5ms")
b:probe { name = "el2", kind = "every", el = 2 }
b:probe { name = "irq", at = "hyp_vector_irq" }
b:probe { name = "sync", at = "hyp_vector_sync" }
b:probe { name = "alarm", at = "slots_alarm" }
b:run_for("5ms")
for _, vm in ipairs { "a", "b" } do
    b:expect(vm, "switch: 300 rounds: ", { within = "1s" })
    b:expect(vm, "\n")
    check(b:console(vm):find("300 rounds: ok", 1, true), vm .. ": a register was not as before:\n" .. b:console(vm))
end
b:close()

local vectors, lengths, length, alarm, last = {}, {}, 0, false, nil
for r in trace.records(b:trace()) do
    if r.name == "irq" or r.name == "sync" then vectors[r.addr] = true end
end
for r in trace.records(b:trace()) do
    if r.kind == "probe" and r.name == "el2" and r.insn ~= last then
        if vectors[r.addr] then
            if alarm then lengths[#lengths + 1] = length end
            length, alarm = 0, false
        end
        length, last = length + 1, r.insn
    elseif r.kind == "probe" and r.name == "alarm" then
        alarm = true
    end
end
table.sort(lengths)
check(#lengths > 50, "only " .. #lengths .. " switches")
local typical, most = lengths[#lengths // 2], lengths[#lengths]
log(("world switch: typical %d, maximum %d instructions in %d switches"):format(typical, most, #lengths))
check(most <= GOAL, "a switch is longer than its budget, " .. GOAL)
