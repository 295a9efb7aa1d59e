-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two VMs share a core by slots: beside one that attacks with all it has, the other does the same at the same nanosecond as beside one that sleeps

local attacks = { "h", "i", "o", "x", "y", "u", "p", "t", "n", "v", "l", "c", "s" }
local BEATS <const> = 12            -- of a hundred pulses each

local function run(name, attack)
    local b = board.start { system = "hypervisor/test/slots.xml", name = name }
    b:expect("attacker", "attack: ready")
    if attack then
        b:send("attacker", table.concat(attacks))
    end
    b:expect("rt", "rt: alive " .. BEATS, { within = "100s" })
    b:close()
    return b
end

-- All that the neighbour and its devices leave in the trace, with its time. The core's instructions are not the neighbour's alone.
local function records(b)
    local lines = {}
    for r in trace.records(b:trace()) do
        if r.name == "uart1" or r.name == "pulse0" then
            lines[#lines + 1] = ("%d ps: %s %s %x %x %d"):format(r.time, r.kind, r.name, r.addr, r.value, r.result)
        end
    end
    return lines
end

local quiet, attacked = run("slots-quiet"), run("slots-attacked", true)
check(attacked:console("attacker"):find("attack own hypercalls: 1000000 tried", 1, true), "the attacker has not come far enough to be a test")
check(not attacked:console("attacker"):find("FAILED", 1, true), "an attack did not go as it must; the console above says which")
local a, b = records(quiet), records(attacked)
check(#a > 5000, "the neighbour has done too little to be compared: " .. #a .. " records")
for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then
        error(("the neighbour's record %d differs: quiet: %s, attacked: %s"):format(i, a[i] or "none", b[i] or "none"), 0)
    end
end
log(("all %d records of the neighbour are at the same instants, beside %s"):format(#a, attacked:console("attacker"):match(".*(attack [^\n]*)\n")))
