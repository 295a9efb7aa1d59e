-- SPDX-License-Identifier: GPL-2.0-or-later
-- A monitor that attacks ends its own VM, each time anew, and its neighbour does the same as beside one that does nothing
--
-- What must be equal is as in attack.lua: the neighbour's records with its own core's instructions, and the instants of its device's interrupts.

local NEIGHBOUR, CORE <const> = "rt", 1     -- hostile.xml
local comes_back = { "c", "i", "a" }
local fails = "0123456789gGhHIJkKlLnopqrstuvwxyzABCDE"     -- hostile.c
local refused = "F"

local function start(name)
    local b = board.start { system = "hypervisor/test/hostile.xml", name = name }
    b:probe { name = "el2", vm = NEIGHBOUR, at = "hyp_vector_irq" }
    b:probe { name = "handler", vm = NEIGHBOUR, at = "pulse_handler", file = "rt/rt.elf" }
    b:expect("victim", "hostage: ready")
    b:expect(NEIGHBOUR, "rt: done")
    b:expect(NEIGHBOUR, "rt: alive 1\n")
    return b
end

local function neighbours(b)
    local words, raises = {}, {}
    for r in trace.records(b:trace()) do
        local own = r.name == "pulse0" or r.name == "uart1"
        if r.core == CORE or ((r.kind == "irq" or r.kind == "console") and own) then
            words[#words + 1] = ("%s %d %d %d %x %x %d %d"):format(r.kind, r.insn, r.id, r.size, r.addr, r.value, r.aux, r.result)
            raises[#words] = r.kind == "irq" and not r.core and r.time or 0
        end
    end
    return words, raises
end

local b = start("hostile")
for _, letter in ipairs(comes_back) do
    b:send("victim", letter)
    b:expect("victim", "hostage: ok\n", { within = "1s" })
end
local restarts = 0
for letter in (fails .. refused):gmatch(".") do
    restarts = restarts + 1
    b:send("victim", letter)
    local reason = letter == refused and "data access outside of the VM" or "its monitor has failed"
    b:expect("hypervisor", ("ingot: vm victim: restarts (%d of 100): %s\n"):format(restarts, reason), { within = "20ms" })
    b:expect("victim", "hostage: ready\n", { within = "20ms" })
    if restarts % 10 == 0 then
        b:send("victim", "c")           -- it is as good as new
        b:expect("victim", "hostage: ok\n", { within = "1s" })
    end
end
b:send("victim", "a0")                  -- its alarm comes after it has failed
b:expect("victim", "hostage: ready\n", { within = "20ms" })
b:send("victim", "e")                   -- an endless loop: its VM's progress ends, and nobody else's
local beats = tonumber(b:console(NEIGHBOUR):match(".*rt: alive (%d+)\n")) + 2
b:expect(NEIGHBOUR, "rt: alive " .. beats .. "\n", { within = "10s" })
check(not b:console("victim"):find("WRONG", 1, true), "an attack has got through; the console above says which")
check(not b:console("victim"):find("UNEXPECTED", 1, true), "the victim has an exception")
check(not b:console("hypervisor"):find("HYPERVISOR FAULT", 1, true), "the hypervisor itself failed")
b:close()

local quiet = start("quiet")
quiet:expect(NEIGHBOUR, "rt: alive " .. beats .. "\n", { within = "10s" })
quiet:close()

local words, raises = neighbours(b)
local quiet_words, quiet_raises = neighbours(quiet)
check(#words > 1000 and #words <= #quiet_words, ("the neighbour left %d records, %d in the quiet run"):format(#words, #quiet_words))
for i = 1, #words do
    if words[i] ~= quiet_words[i] or raises[i] ~= quiet_raises[i] then
        error(("the neighbour's record %d differs: '%s', in the quiet run '%s'"):format(i, words[i], quiet_words[i]), 0)
    end
end
log(("all %d records of the neighbour are equal beside %d failures of a hostile monitor"):format(#words, restarts))
