-- SPDX-License-Identifier: GPL-2.0-or-later
-- The neighbour of an attacker says and does the same as beside one that sleeps
--
-- Cores share virtual time: one executes at a time (docs/time.md), and an interrupt of the attacker's own takes the turn from the
-- neighbour for up to a quantum. That is the platform's, not the hypervisor's. So what must be equal, record for record, is the
-- neighbour in its own time: each access, console byte and probe with the number of instructions that its core has executed. The
-- instants in ns are compared too: an interrupt's raise always, the rest as far as no interrupt of the attacker's falls into it.

local NEIGHBOUR, CORE = "rt", 1     -- attack.xml
local attacks = { "s", "h", "m", "i", "o", "p", "t", "n", "v", "l", "c" }
-- Each ends its VM, with a report: a letter a VM, then words of the report
local last = {
    { "1", "core 2: data access outside of the VM", "IPA 0x40200000: not a device or memory of this VM" },
    { "2", "core 3: data access outside of the VM", "IPA 0x40c00000: not a device or memory of this VM" },
    { "3", "core 4: data access outside of the VM", "IPA 0x80c0014: not a device or memory of this VM" },
    { "4", "core 5: data access outside of the VM", "IPA 0xb020000: not a device or memory of this VM" },
    { "5", "core 6: instruction fetch outside of the VM", "IPA 0x40200000: not a device or memory of this VM" },
    { "6", "core 7: instruction fetch outside of the VM", "on the guest's own table walk" },
}
local ONCE_FROM = "once1"

local function start(name)
    local b = board.start { system = "hypervisor/test/attack.xml", name = name }
    b:probe { name = "el2", vm = NEIGHBOUR, at = "hyp_vector_irq" }
    b:probe { name = "handler", vm = NEIGHBOUR, at = "pulse_handler", file = "rt/rt.elf" }
    b:expect("attacker", "attack: ready")
    b:expect(NEIGHBOUR, "rt: done")
    b:expect(NEIGHBOUR, "rt: alive 1\n")
    return b
end

local function attack(b, letter)
    b:send("attacker", letter)
    local said, how = b:expect("attacker", { "ok\n", "FAILED\n", "UNEXPECTED" }, { within = "20s" })
    log(os.time() .. " " .. said:match("attack .*[^\n]"))
    return how == 1
end

local function attack_once(b, i)
    local vm = ONCE_FROM:gsub("1", tostring(i))
    b:send(vm, last[i][1])
    for k = 2, #last[i] do
        b:expect("hypervisor", last[i][k], { within = "100ms" })
    end
    b:expect("hypervisor", "ingot: vm " .. vm .. ": stopped: ", { within = "100ms" })
    check(not b:console(vm):find("still runs"), vm .. " goes on")
end

local function alive(b) return b:console(NEIGHBOUR):match(".*rt: alive (%d+)\n") end

-- What the neighbour's core did, and its device's interrupts: each record's fields but its time, and its time (traces/trace.h)
local NAME, IRQ, CONSOLE <const> = 1, 4, 7
local function neighbours(path)
    local file <close> = assert(io.open(path, "rb"))
    local text, words, times, own = file:read("a"), {}, {}, {}
    for at = 17, #text - 47, 48 do
        local time, insn, kind, core, size, id = string.unpack("<I8I8I2BBI4", text, at)
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

local b = start("attacked")
local before = b:time()
local failed = 0
for _, letter in ipairs(attacks) do
    failed = failed + (attack(b, letter) and 0 or 1)
end
check(not b:console("hypervisor"):find("stopped", 1, true), "the hypervisor stopped a VM")
for i = 1, #last do
    attack_once(b, i)
end
log(("attacks took %.3f s of the board's time"):format((b:time() - before) / 1e12))
b:send("attacker", "8")         -- what it does last
b:expect("hypervisor", "ingot: vm attacker: stopped: ", { within = "100ms" })
local beats = tostring(alive(b) + 3)
b:expect(NEIGHBOUR, "rt: alive " .. beats .. "\n", { within = "1s" })
check(not b:console("hypervisor"):find("HYPERVISOR FAULT"), "the hypervisor itself failed")
local attacked = { console = b:console(NEIGHBOUR), trace = b:trace() }
b:close()

local quiet = start("quiet")
quiet:expect(NEIGHBOUR, "rt: alive " .. beats .. "\n", { within = "100s" })
check(quiet:console(NEIGHBOUR) == attacked.console, "the neighbour says other things beside an attacker")
quiet:close()

local words, times = neighbours(attacked.trace)
local quiet_words, quiet_times = neighbours(quiet:trace())
local moved, most = 0, 0
for i = 1, math.min(#words, #quiet_words) do
    check(words[i] == quiet_words[i], ("the neighbour's record %d of %d differs, at %d ps; in the quiet run at %d ps"):format(i, #words, times[i], quiet_times[i]))
    moved = moved + (times[i] == quiet_times[i] and 0 or 1)
    most = math.max(most, math.abs(times[i] - quiet_times[i]))
end
check(#words == #quiet_words, ("the neighbour left %d records, %d in the quiet run"):format(#words, #quiet_words))
log(("the neighbour: %d records equal; %d at another instant, by up to %d ns"):format(#words, moved, most // 1000))
check(failed == 0, failed .. " attacks did not go as they must (above)")
