-- SPDX-License-Identifier: GPL-2.0-or-later
-- The neighbour of an attacker says and does the same as beside one that sleeps, at the same instants
--
-- Compared is all that the neighbour's core, its console and its device's interrupt line leave in the trace: accesses, bytes,
-- edges, probes in its vector and its handler, each with the instructions that the core has executed and with its time.
--
-- Cores share virtual time, one executes at a time (docs/time.md). Beside its heartbeat, an interrupt a ms and 97 instructions
-- for it, the neighbour is equal to the ns. When it is busy for longer than a quantum (its round of 1000 pulses ends with
-- sorting and printing), a busy attacker gets every other quantum: the platform's doing, not the hypervisor's. There its
-- instructions are compared and not its time. No timer of the attacker's may expire then: that, too, takes the turn.

local NEIGHBOUR, CORE <const> = "rt", 1     -- attack.xml
local attacks = { "s", "h", "m", "i", "o", "p", "t", "n", "v", "l", "c" }
local beside_pulses = { "t", "n", "v", "c" }
-- Each ends its VM with a report: VM, letter, words of the report
local outside, fetch, gic = "data access outside of the VM", "instruction fetch outside of the VM", "access to the interrupt controller "
local ends = {
    { "once1", "1", "core 2: " .. outside, "IPA 0x40200000: not a device or memory of this VM" },
    { "once2", "2", "core 3: " .. outside, "IPA 0x40c00000: not a device or memory of this VM" },
    { "once3", "3", "core 4: " .. outside, "IPA 0x80c0014: not a device or memory of this VM" },
    { "once4", "4", "core 5: " .. outside, "IPA 0xb020000: not a device or memory of this VM" },
    { "once5", "5", "core 6: " .. fetch, "IPA 0x40200000: not a device or memory of this VM" },
    { "once6", "6", "core 7: " .. fetch, "on the guest's own table walk" },
    { "attacker", "7", "core 0: " .. gic .. "in a size" },
}
local more_ends = {
    { "once1", "8", "core 2: " .. gic .. "in a size" },
    { "once2", "9", "core 3: " .. gic .. "by an instruction without syndrome" },
    { "once3", "A", "core 4: " .. outside, "IPA 0x40200000: not a device or memory of this VM" },
    { "once4", "B", "core 5: " .. outside, "IPA 0x40c00000: not a device or memory of this VM" },
    { "once5", "C", "core 6: " .. fetch },
    { "once6", "D", "core 7: " .. outside, "on the guest's own table walk" },
}

local function start(name)
    local b = board.start { system = "hypervisor/test/attack.xml", name = name }
    b:probe { name = "el2", vm = NEIGHBOUR, at = "hyp_vector_irq" }
    b:probe { name = "handler", vm = NEIGHBOUR, at = "pulse_handler", file = "rt/rt.elf" }
    b:expect("attacker", "attack: ready")
    b:expect(NEIGHBOUR, "rt: done")
    return b
end

local function attack(b, letter)
    b:send("attacker", letter)
    local said, which = b:expect("attacker", { "ok\n", "FAILED\n", "UNEXPECTED" }, { within = "20s" })
    log(said:match("attack .*[^\n]"))
    return which == 1
end

local function attack_at_last(b, list)
    for _, e in ipairs(list) do
        b:send(e[1], e[2])
        for k = 3, #e do
            b:expect("hypervisor", e[k], { within = "100ms" })
        end
        b:expect("hypervisor", "ingot: vm " .. e[1] .. ": stopped: ", { within = "100ms" })
        b:run_for("1ms")
        check(not b:console(e[1]):find("still runs"), e[1] .. " goes on")
    end
    check(not b:console("hypervisor"):find("HYPERVISOR FAULT"), "the hypervisor itself failed")
end

-- Heartbeats, a hundred each; all expects of them are here, so that they are at the same instants in both runs
local function beat(b, n) b:expect(NEIGHBOUR, "rt: alive " .. n .. "\n", { within = "100s" }) end
local function beats(b) return tonumber(b:console(NEIGHBOUR):match(".*rt: alive (%d+)\n") or 0) end

-- Of the neighbour's records: their fields but the time, and the time (traces/trace.h)
local NAME, IRQ, CONSOLE <const> = 1, 4, 7
local function neighbours(b)
    local file <close> = assert(io.open(b:trace(), "rb"))
    local text, words, times, own = file:read("a"), {}, {}, {}
    for at = 17, #text - 47, 48 do
        local time, _, kind, core, size, id = string.unpack("<I8I8I2BBI4", text, at)
        if kind == NAME then
            local name = string.unpack("z", text:sub(at + 24, at + 47) .. "\0")
            own[id] = size == 1 and (name == "pulse0" or name == "uart1") or own[id]
        elseif core == CORE or ((kind == IRQ or kind == CONSOLE) and own[id]) then
            words[#words + 1] = text:sub(at + 8, at + 47)
            times[#times + 1] = time
        end
    end
    return words, times
end

-- The first `count` records, those up to `exact_until` also in time
local function compare(b, quiet, exact_until)
    local words, times = neighbours(b)
    local quiet_words, quiet_times = neighbours(quiet)
    local exact, moved, most = 0, 0, 0
    check(#words > 1000 and #words <= #quiet_words, ("the neighbour left %d records, %d in the quiet run"):format(#words, #quiet_words))
    for i = 1, #words do
        local apart = math.abs(times[i] - quiet_times[i])
        if words[i] ~= quiet_words[i] or (apart > 0 and quiet_times[i] <= exact_until) then
            error(("the neighbour's record %d of %d differs: at %d ps, in the quiet run at %d ps"):format(i, #words, times[i], quiet_times[i]), 0)
        end
        exact = exact + (apart == 0 and 1 or 0)
        moved = moved + (apart > 0 and 1 or 0)
        most = math.max(most, apart)
    end
    log(("%s: the neighbour's %d records are equal, %d of them in time too, the rest within %d ns"):format(b:name(), #words, exact, most // 1000))
end

local b = start("attacked")
local failed = 0
for _, letter in ipairs(attacks) do
    failed = failed + (attack(b, letter) and 0 or 1)
end
check(not b:console("hypervisor"):find("stopped", 1, true), "the hypervisor stopped a VM")
log(("so far %.3f s of the board's time"):format(b:time() / 1e12))
local pulses_at = {}
local exact_until
for i, letter in ipairs(beside_pulses) do
    pulses_at[i] = beats(b) + 1
    beat(b, pulses_at[i])
    exact_until = exact_until or b:time()
    b:send(NEIGHBOUR, "p")
    failed = failed + (attack(b, letter) and 0 or 1)
end
attack_at_last(b, ends)
local last = beats(b) + 3
beat(b, last)
local said = b:console(NEIGHBOUR)
b:close()

local ended = start("ended")
attack_at_last(ended, more_ends)
beat(ended, beats(ended) + 1)
ended:close()

local quiet = start("quiet")
for _, at in ipairs(pulses_at) do
    beat(quiet, at)
    quiet:send(NEIGHBOUR, "p")
end
beat(quiet, last)
check(quiet:console(NEIGHBOUR) == said, "the neighbour says other things beside an attacker")
quiet:close()

compare(b, quiet, exact_until)
compare(ended, quiet, exact_until)
check(failed == 0, failed .. " attacks did not go as they must (above)")
