-- SPDX-License-Identifier: GPL-2.0-or-later
-- The hypervisor's paths, for ./ingot bench hypervisor: every instruction at EL2 between the guest's marked ones, in a trace.

-- Instructions of hypervisor/test/bench_paths.S: from path_NAME up to path_NAME_end
local PATHS = {
    "irq_spi", "irq_timer", "irq_overflow", "wfi", "hvc_null", "hvc_failing", "virq_masked", "virq_vector",
    "ctlr_read", "typer_read", "enabled_read", "pending_read", "spi_enable", "ppi_enable", "sgi", "raz", "portal",
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
b:expect("bench", "bench: done\n", { within = "10s" })
for row, why in b:console("bench"):gmatch("bench: missing: ([^:]+): ([^\n]+)") do
    log("missing " .. row .. " " .. why)
end
log("trace " .. b:trace())
