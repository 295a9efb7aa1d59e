-- SPDX-License-Identifier: GPL-2.0-or-later
-- The performance monitors of a VM that has them: cycles and instructions of loops whose length is known, and an overflow's interrupt

local b = board.start { system = "hypervisor/test/pmu.xml" }
b:expect("direct", "direct: ready", { within = "10ms" })
b:send("direct", "m")
local said, which = b:expect("direct", { "direct: ok", "direct: FAILED", "UNEXPECTED" }, { within = "50ms" })
check(which == 1 and not said:find("no performance monitors", 1, true), "the console above says what is wrong")
b:close()
