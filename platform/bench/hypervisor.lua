-- SPDX-License-Identifier: GPL-2.0-or-later
-- The hypervisor's paths, for ./ingot bench hypervisor: every instruction at EL2 between the guest's marked ones, in a trace.

-- Instructions of hypervisor/test/bench_paths.S: from path_NAME up to path_NAME_end
local PATHS = {
    "irq_spi", "irq_timer", "irq_overflow", "wfi", "hvc_null", "hvc_failing", "virq_masked", "virq_vector",
    "ctlr_read", "typer_read", "enabled_read", "pending_read", "spi_enable", "ppi_enable", "sgi", "raz", "id", "portal", "ipc", "up", "down",
}

local b <close> = board.start { system = "hypervisor/test/bench.xml" }
b:expect("bench", "bench: ready\n")
b:probe { name = "el2", vm = "bench", kind = "every", el = 2 }
b:probe { name = "hyp_vector_irq", vm = "bench", at = "hyp_vector_irq" }
b:probe { name = "guest-vector", vm = "bench", kind = "guest-vector" }
for _, name in ipairs(PATHS) do
    b:probe { name = name, vm = "bench", file = "bench/bench.elf", at = "path_" .. name }
    b:probe { name = name .. ".end", vm = "bench", file = "bench/bench.elf", at = "path_" .. name .. "_end" }
end
for _, name in ipairs { "vmm_portal_entry", "vmm_portal_reply" } do
    b:probe { name = name, vm = "bench", file = "monitor/monitor.elf", at = name, el = 0 }
end
for _, name in ipairs { "domain_entry", "domain_reply" } do
    b:probe { name = name, vm = "bench", file = "domain/domain.elf", at = name, el = 0 }
end
b:expect("bench", "bench: done\n", { within = "10s" })
for row, why in b:console("bench"):gmatch("bench: missing: ([^:]+): ([^\n]+)") do
    log("missing " .. row .. " " .. why)
end
log("trace " .. b:trace())

-- The same guest on a core whose interrupts are its own: its first rounds are of a device's interrupt
local d <close> = board.start { system = "hypervisor/test/bench-direct.xml" }
d:expect("bench", "bench: ready\n")
d:probe { name = "el2", vm = "bench", kind = "every", el = 2 }
d:probe { name = "hyp_vector_sync", vm = "bench", at = "hyp_vector_sync" }
d:probe { name = "direct-vector", vm = "bench", kind = "guest-vector" }
d:probe { name = "direct_spi", vm = "bench", file = "bench/bench.elf", at = "path_irq_spi" }
d:probe { name = "direct_spi.end", vm = "bench", file = "bench/bench.elf", at = "path_irq_spi_end" }
d:probe { name = "next", vm = "bench", file = "bench/bench.elf", at = "path_irq_timer" }
d:run_until_probe("next", 1, { within = "10s" })
log("trace " .. d:trace())
-- A world switch takes two VMs.
local s <close> = board.start { system = "hypervisor/test/switch.xml" }
for _, vm in ipairs { "a", "b" } do
    s:expect(vm, "switch: ready\n")
    s:expect(vm, "rounds: ok\n", { within = "1s" })
end
s:probe { name = "el2", vm = "a", kind = "every", el = 2 }
s:probe { name = "hyp_vector_irq", vm = "a", at = "hyp_vector_irq" }
for _, name in ipairs { "switch", "switch_end" } do
    s:probe { name = (name:gsub("_", ".")), vm = "a", file = "switch/switch.elf", at = "path_" .. name }
end
s:expect("a", "switch: done\n", { within = "1s" })
log("trace " .. s:trace())
