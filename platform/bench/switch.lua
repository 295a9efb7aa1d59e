-- SPDX-License-Identifier: GPL-2.0-or-later
-- The world switch, for ./ingot bench hypervisor: every instruction at EL2 between the marked ones of two VMs that take turns, in a trace.

local b <close> = board.start { system = "hypervisor/test/switch.xml" }
for _, vm in ipairs { "a", "b" } do
    b:expect(vm, "switch: ready\n")
    b:expect(vm, "rounds: ok\n", { within = "1s" })
end
b:probe { name = "el2", vm = "a", kind = "every", el = 2 }
b:probe { name = "hyp_vector_irq", vm = "a", at = "hyp_vector_irq" }
for _, name in ipairs { "switch", "switch_end" } do
    b:probe { name = (name:gsub("_", ".")), vm = "a", file = "switch/switch.elf", at = "path_" .. name }
end
b:expect("a", "switch: done\n", { within = "1s" })
log("trace " .. b:trace())
