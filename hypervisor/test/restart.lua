-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VM that begins anew finds what it found at its first boot: memory, registers, interrupts; as often as its <restart> says

-- In a slot that ends meanwhile equal interrupts may come in another order
local function boot(b, vm)
    local said = b:expect(vm, "fresh: ready", { within = "100ms" })
    return said:match("fresh: memory [^\n]*") .. (vm == "slot" and "" or said:match("\nfresh: order [^\n]*"))
end

local b = board.start { system = "hypervisor/test/restart.xml" }
local first = {}
for _, vm in ipairs { "one", "two", "slot" } do
    first[vm] = boot(b, vm)
    check(first[vm], vm .. " does not say what it finds")
end
log(first.one)

local function again(vm, letter, words)
    b:send(vm, letter)
    b:expect("hypervisor", words, { within = "10ms" })
    b:expect("hypervisor", "ingot: vm " .. vm .. ": starts on core ", { within = "100ms" })
    local found = boot(b, vm)
    check(found == first[vm], ("vm %s finds '%s' when it begins anew, and found '%s' at first"):format(vm, found, first[vm]))
end

again("one", "r", "ingot: vm one: restarts (1 of 3): it asked for a reset (PSCI SYSTEM_RESET)\n")
again("one", "d", "ingot: vm one: restarts (2 of 3): data access outside of the VM\n")
again("one", "i", "ingot: vm one: restarts (3 of 3): instruction fetch outside of the VM\n")
b:send("one", "r")
b:expect("hypervisor", "ingot: vm one: it has restarted 3 times, which is its limit\n", { within = "10ms" })
b:expect("hypervisor", "ingot: vm one: stopped: it asked for a reset (PSCI SYSTEM_RESET)\n", { within = "10ms" })

local function second()
    b:send("two", "n")
    return b:expect("two", "fresh: second is ready", { within = "100ms" }):match("fresh: second: [^\n]*")
end
local second_first = second()
for i, letter in ipairs { "r", "R", "r" } do        -- by the first vCPU, by the second one
    again("two", letter, "ingot: vm two: restarts (" .. i .. " of 5): ")
    local found = second()
    check(found == second_first, ("the second vCPU finds '%s', and found '%s' at first"):format(found, second_first))
end

-- The DMA that is under way ends before memory is put back
b:send("two", "t")
b:expect("two", "fresh: a transfer is under way\n", { within = "1ms" })
again("two", "r", "ingot: vm two: restarts (4 of 5): ")
second()

-- What it had pending is gone; what comes while it is put back is not
b:send("slot", "r")
b:expect("hypervisor", "ingot: vm slot: restarts (1 of 1000)", { within = "10ms" })
b:send("two", "g")
b:expect("slot", "fresh: a signal waits\n", { within = "100ms" })
b:expect("slot", "fresh: ready", { within = "100ms" })
again("slot", "d", "ingot: vm slot: restarts (2 of 1000)")

b:send("two", "D")
b:expect("hypervisor", "ingot: vm two: stopped: data access outside of the VM", { within = "10ms" })
for _, vm in ipairs { "one", "two", "slot" } do
    check(not b:console(vm):find("WRONG"), vm .. " goes on where it must not")
    check(not b:console(vm):find("UNEXPECTED"), vm .. " has an exception")
end
check(not b:console("hypervisor"):find("HYPERVISOR FAULT"), "the hypervisor itself failed")
b:close()

-- Who has the rest of the core's time notices nothing of it, to the nanosecond
local BEATS <const> = 4           -- of rt: a hundred pulses each
local function beside(name, letters)
    local c = board.start { system = "hypervisor/test/restart.xml", name = name }
    local restarts = 0
    c:expect("slot", "fresh: ready", { within = "100ms" })
    c:expect("rt", "rt: done", { within = "1s" })
    while letters and not c:console("rt"):find("rt: alive " .. BEATS, 1, true) do
        c:send("slot", letters:sub(restarts % #letters + 1, restarts % #letters + 1))
        c:expect("slot", "fresh: ready", { within = "100ms" })
        restarts = restarts + 1
        c:run_for(restarts * 37 % 500 .. "us")      -- at another place of the frame each time
    end
    if letters then                     -- a fault at the very end of a slot is reported at the beginning of the next one, before it has cost the neighbour time
        c:expect("hypervisor", "ingot: vm slot: restarts (" .. restarts .. " of 1000)")
        c:send("slot", "l")
        c:expect("hypervisor", "ingot: vm slot: core 3: data access outside of the VM", { within = "100ms" })
        local at = c:time() % 500000000
        check(at > 5000000 and at < 7000000, ("the report of a fault at 298 us of the frame ends its first line at %d ns"):format(at // 1000))
    else
        c:expect("rt", "rt: alive " .. BEATS, { within = "10s" })
    end
    c:close()
    local lines = {}
    for r in trace.records(c:trace()) do
        if r.name == "uart1" or r.name == "pulse0" then
            lines[#lines + 1] = ("%d ps: %s %s %x %x %d"):format(r.time, r.kind, r.name, r.addr, r.value, r.result)
        end
    end
    return lines, restarts
end
local quiet = beside("quiet")
local busy, restarts = beside("busy", "rdil")
check(restarts >= 10 and #quiet > 2000, ("%d restarts and %d records are too few to be a test"):format(restarts, #quiet))
for i = 1, #quiet do
    if quiet[i] ~= busy[i] then
        error(("the neighbour's record %d differs: quiet: %s, beside restarts: %s"):format(i, quiet[i], busy[i] or "none"), 0)
    end
end
log(("all %d records of the neighbour are at the same instants beside %d restarts"):format(#quiet, restarts))
