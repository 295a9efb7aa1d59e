-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VM interrupts another by a capability: one on another core, one in another slot of its core, one that does not listen yet; and nobody without one

local b = board.start { system = "hypervisor/test/signals.xml" }
for vm = 0, 3 do
    b:expect("vm" .. vm, "check: ready", { within = "1s" })
end
local function signal(from, to)
    b:send("vm" .. from, "g")
    b:expect("vm" .. from, "check: raised", { within = "2ms" })
    b:expect("vm" .. to, "check: signal", { within = "2ms" })
end
for vm = 1, 3 do
    b:send("vm" .. vm, "l")
    b:expect("vm" .. vm, "check: listens", { within = "2ms" })
end
for _ = 1, 5 do
    signal(0, 1)        -- from core to core
    signal(1, 2)        -- to a core that is cut into slots
    signal(2, 3)        -- from slot to slot
end
b:send("vm3", "g")      -- vm0 does not listen
b:expect("vm3", "check: raised", { within = "2ms" })
b:run_for("1ms")
check(not b:console("vm0"):find("check: signal", 1, true), "an interrupt came that is not enabled")
b:send("vm0", "l")      -- now it does, and it was pending
b:expect("vm0", "check: signal", { within = "2ms" })
b:send("vm0", "G")
b:expect("vm0", "check: no capability", { within = "2ms" })
b:close()
