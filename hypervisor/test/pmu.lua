-- SPDX-License-Identifier: GPL-2.0-or-later
-- The performance monitors of a VM that has them: cycles and instructions of loops whose length is known, an overflow's interrupt; the same in a run that is saved in
-- the middle of a loop and restored; and a vCPU that comes back finds them off and at 0

local function obeyed(b)
    local said, which = b:expect("direct", { "direct: ok", "direct: FAILED", "UNEXPECTED" }, { within = "50ms" })
    check(which == 1 and not said:find("no performance monitors", 1, true), "the console above says what is wrong")
end

local b = board.start { system = "hypervisor/test/pmu.xml" }
b:expect("direct", "direct: ready", { within = "10ms" })
b:send("direct", "m")
b:run_for("100us")                  -- in the loop of 200002 instructions
b:checkpoint("pmu")
b = board.restore("pmu", { name = "restored" })
obeyed(b)
b:send("direct", "x")
obeyed(b)
b:close()
