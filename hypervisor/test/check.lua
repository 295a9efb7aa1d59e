-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the guest check asks of the runtime, and the IRQ path's budget (arch/aarch64/vectors.S)

local BUDGET = 20   -- instructions from hyp_vector_irq to and with its ERET

local b = board.start { system = "hypervisor/test/check.xml" }
b:probe { name = "vector", core = 0, at = "hyp_vector_irq" }
b:probe { name = "eret", core = 0, at = "hyp_irq_eret" }

-- The first interrupts come while all list registers are free.
b:run_until_probe("vector", 1)
local from = b:cores()[1]
b:run_until_probe("eret", 1)
local length = b:cores()[1] - from + 1
log(("IRQ path: %d instructions, budget %d"):format(length, BUDGET))
check(length <= BUDGET, ("the IRQ path has %d instructions, its budget is %d"):format(length, BUDGET))

local said = b:expect("check", { "check: all ok", "check: FAILED", "UNEXPECTED", "WRONG" }, { within = "100ms" })
check(b:console("check"):find("check: all ok", 1, true), "a check failed; the console above says which")
check(b:console("hypervisor"):find("ingot: system check, 1 cores, 1 VMs", 1, true), "the hypervisor did not say what it runs")
b:close()
