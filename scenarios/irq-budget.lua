-- SPDX-License-Identifier: GPL-2.0-or-later
-- The hypervisor's interrupt path keeps its budget (hypervisor/arch/aarch64/vectors.S): instructions from the vector's first
-- to its ERET, with one pending interrupt and a free list register. One core: 1 ns is 1 instruction of it.

local BUDGET = 20

local b <close> = board.start { system = "one-core" }
b:probe { name = "el2-vector", vm = "rt", at = "hyp_vector_irq" }
b:probe { name = "lr", vm = "rt", kind = "lr" }
b:probe { name = "eret", vm = "rt", at = "hyp_irq_eret" }
b:expect("rt", "rt: done")
local path = trace.latency { trace = b:trace(), device = "pulse0", el2_vector = "el2-vector", lr = "lr", handler = "eret" }
check(path.count >= 200, "fewer than 200 interrupts were seen")
check(path.max_ns + 1 <= BUDGET, ("the path takes %d instructions, its budget is %d"):format(path.max_ns + 1, BUDGET))
