-- SPDX-License-Identifier: GPL-2.0-or-later
-- The neighbour of an attacker says and does the same as beside one that sleeps, at the same instants
--
-- Compared is all that the neighbour's core, its console and its device's interrupt line leave in the trace: accesses, bytes,
-- edges, probes in its vector and its handler, each with the instructions that the core has executed and with its time.
--
-- Cores share virtual time, one executes at a time (docs/time.md). So what must be equal, record for record, is the neighbour in
-- its own time, its core's instructions, and in ns the instants at which its device raises its interrupt. The other records'
-- ns may differ by a quantum: where the turn goes to a busy core that has waited for eight of them, or that an interrupt of its
-- own has come for, which is the platform's doing and not the hypervisor's. The log says how many do. For the same reason the
-- neighbour is not asked for its rounds of pulses: it prints latencies in ns, and sorts them.

local NEIGHBOUR, CORE <const> = "rt", 1     -- attack.xml
local attacks = { "s", "h", "m", "i", "o", "p", "t", "n", "v", "l", "c", "x", "u", "a", "y", "b", "d" }
local QUANTUM_PS <const> = 10000000
-- Each ends its VM with a report: VM, letter, words of the report
local outside, fetch, gic = "data access outside of the VM", "instruction fetch outside of the VM", "access to the interrupt controller "
local ends = {
    { "once1", "1", "core 2: " .. outside, "IPA 0x40200000: not a device or memory of this VM" },
    { "once2", "2", "core 3: " .. outside, "IPA 0x40c00000: not a device or memory of this VM" },
    { "once3", "3", "core 4: " .. outside, "IPA 0x80c0014: not a device or memory of this VM" },
    { "once4", "4", "core 5: " .. outside, "IPA 0xb020000: not a device or memory of this VM" },
    { "once5", "5", "core 6: " .. fetch, "IPA 0x40200000: not a device or memory of this VM" },
    { "once6", "6", "core 7: " .. fetch, "on the guest's own table walk" },
}
local more_ends = {
    { "once1", "8", "core 2: " .. gic .. "in a size" },
    { "once2", "9", "core 3: " .. gic .. "by an instruction without syndrome" },
    { "once3", "A", "core 4: " .. outside, "IPA 0x40200000: not a device or memory of this VM" },
    { "once4", "B", "core 5: " .. outside, "IPA 0x40c00000: not a device or memory of this VM" },
    { "once5", "C", "core 6: " .. fetch },
    { "once6", "D", "core 7: " .. outside, "on the guest's own table walk" },
}

-- Heartbeats: a hundred each
local function beat(b, n) b:expect(NEIGHBOUR, "rt: alive " .. n .. "\n", { within = "100s" }) end
local function beats(b) return tonumber(b:console(NEIGHBOUR):match(".*rt: alive (%d+)\n")) end

local function start(name, system)
    local b = board.start { system = "hypervisor/test/" .. (system or "attack") .. ".xml", name = name }
    b:probe { name = "el2", vm = NEIGHBOUR, at = "hyp_vector_irq" }
    b:probe { name = "handler", vm = NEIGHBOUR, at = "pulse_handler", file = "rt/rt.elf" }
    b:expect("attacker", "attack: ready")
    b:expect(NEIGHBOUR, "rt: done")
    beat(b, 1)                      -- its periodic pulse has begun
    return b
end

local function attack(b, letter, vm)
    vm = vm or "attacker"
    b:send(vm, letter)
    local said, which = b:expect(vm, { "ok\n", "FAILED\n", "UNEXPECTED" }, { within = "20s" })
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

-- The neighbour's records as words without their time, their times, and which are made by its device
local function neighbours(b)
    local words, times, raises = {}, {}, {}
    for r in trace.records(b:trace()) do
        local own = r.name == "pulse0" or r.name == "uart1"
        if r.core == CORE or ((r.kind == "irq" or r.kind == "console") and own) then
            words[#words + 1] = ("%s %d %d %d %x %x %d %d"):format(r.kind, r.insn, r.id, r.size, r.addr, r.value, r.aux, r.result)
            times[#times + 1] = r.time
            raises[#times] = r.kind == "irq" and not r.core
        end
    end
    return words, times, raises
end

local function compare(b, quiet)
    local words, times, raises = neighbours(b)
    local quiet_words, quiet_times = neighbours(quiet)
    local moved, most = 0, 0
    check(#words <= #quiet_words, ("the neighbour left %d records, %d in the quiet run"):format(#words, #quiet_words))
    check(#words > 1000, "the neighbour has had no interrupts")
    for i = 1, #words do
        local apart = math.abs(times[i] - quiet_times[i])
        if words[i] ~= quiet_words[i] or apart > (raises[i] and 0 or QUANTUM_PS) then
            error(("the neighbour's record %d of %d differs: at %d ps, in the quiet run at %d ps"):format(i, #words, times[i], quiet_times[i]), 0)
        end
        moved = moved + (apart > 0 and 1 or 0)
        most = math.max(most, apart)
    end
    log(("%s: the neighbour's %d records are equal, %d of them later or earlier, by up to %d ns"):format(b:name(), #words, moved, most // 1000))
end

local b = start("attacked")
local failed = attack(b, "L", "once1") and 0 or 1
for _, letter in ipairs(attacks) do
    failed = failed + (attack(b, letter) and 0 or 1)
end
failed = failed + (attack(b, "q", "once1") and 0 or 1)
check(not b:console("hypervisor"):find("stopped", 1, true), "the hypervisor stopped a VM")
log(("the attacks took until %.3f s of the board's time"):format(b:time() / 1e12))
attack_at_last(b, ends)
b:send("attacker", "6")            -- its own vectors lie behind tables that it may not read: each abort is the next one's reason, for ever
local last = beats(b) + 3
beat(b, last)
local said = b:console(NEIGHBOUR)
b:close()

local ended = start("ended")
attack_at_last(ended, more_ends)
beat(ended, beats(ended) + 1)
ended:close()

local quiet = start("quiet")
local said_system = quiet:console("hypervisor"):match("ingot: system (%S+),")
beat(quiet, last)
check(quiet:console(NEIGHBOUR) == said, "the neighbour says other things beside an attacker")
quiet:close()

compare(b, quiet)
compare(ended, quiet)
-- With another board (--system) that is all
if said_system == "attack" then
    -- The same DMA where an SMMU decides, and the hypervisor tells what it has blocked: 64 times; and accesses that a monitor decodes
    local smmu, smmu_quiet = start("smmu", "attack-smmu"), start("smmu-quiet", "attack-smmu")
    failed = failed + (attack(smmu, "d") and 0 or 1)
    failed = failed + (attack(smmu, "z") and 0 or 1)
    for _, blocked in ipairs { "read of 0x40200000", "write to 0x40200000", "write to 0x40c00000", "read of 0x8000000" } do
        check(smmu:console("hypervisor"):find("ingot: smmu: dmaq0 of vm attacker: DMA " .. blocked .. " blocked", 1, true), "the hypervisor has not told: " .. blocked)
    end
    last = beats(smmu) + 1
    beat(smmu, last)
    beat(smmu_quiet, last)
    smmu:close()
    smmu_quiet:close()
    compare(smmu, smmu_quiet)
end
check(failed == 0, failed .. " attacks did not go as they must (above)")
