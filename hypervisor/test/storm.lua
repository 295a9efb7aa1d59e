-- SPDX-License-Identifier: GPL-2.0-or-later
-- A storm of signals from another core: they come at any instant, also in the 5 us between two slots, for a VM that runs, sleeps, or has no slot just now; none stops a
-- core, or keeps a VM's timer from it for longer than other VMs' slots and the storm itself take

local LATE <const> = 60000         -- ns: rt's slot of 30 us, and the storm's interrupts of as much

local b = board.start { system = "hypervisor/test/storm.xml" }
b:expect("prio", "priority: ready\n", { within = "1s" })
b:expect("attacker", "attack: ready", { within = "1s" })
b:probe { name = "again", at = "slots_again" }
b:send("attacker", "oooo")
for _ = 1, 4 do
    b:send("prio", "t")
    b:expect("prio", "at most\n", { within = "200ms" })
end
b:expect("rt", "rt: alive 3", { within = "10s" })
b:close()
local again = 0
for r in trace.records(b:trace()) do
    again = again + (r.kind == "probe" and r.name == "again" and 1 or 0)
end
local _, signals = b:console("prio"):gsub("signalled", "")
check(again > 1000, "only " .. again .. " slots were begun the long way: no storm")
for most in b:console("prio"):gmatch("(%d+) ns at most") do
    check(tonumber(most) < LATE, "a timer's interrupt was " .. most .. " ns late")
end
log(("%d slots began the long way, %d signals were told; latest timers: %s ns"):format(again, signals, table.concat((function()
    local all = {}
    for most in b:console("prio"):gmatch("(%d+) ns at most") do all[#all + 1] = most end
    return all
end)(), ", ")))
