-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VM that is moved from core to core, a thousand times, loses no interrupt and gets none twice, and has all its registers; so does one that is moved into slots and out, one
-- that moves itself, one that is restored in the middle. What runs elsewhere does not notice.

local BAD <const>, TAKEN <const> = -1, -2

local function start(name)
    local b = board.start { system = "hypervisor/test/moves.xml", name = name }
    for _, vm in ipairs { "moved", "mover", "beside" } do
        b:expect(vm, "umbrella: ready", { within = "1s" })
    end
    b:expect("rt", "rt: done", { within = "1s" })       -- from here on what the neighbour does depends on no time
    b:send("moved", "b")
    b:expect("moved", "umbrella: begins", { within = "1ms" })
    return b
end

local function call(b, vm, letter, result)
    b:send(vm, letter)
    b:expect(vm, "umbrella: call: " .. (result or 0) .. "\n", { within = "1ms" })
end

local function moves(b, letter, count)
    b:send("mover", letter)
    b:expect("mover", "umbrella: moves: " .. count .. "\n", { within = "2s" })
    local said = b:expect("mover", "umbrella: moves that were refused: 0\n", { within = "1ms" })
    log(("%s: %d moves, of %s ns each until the mover's call was back"):format(b:name(), count, said:match("ns a move: (%d+)")))
end

-- What it has counted: nothing lost, nothing twice, and all its own
local function counts(b, least)
    b:send("moved", "e")
    local said = b:expect("moved", "umbrella: end", { within = "1ms" })
    local function of(what) return tonumber(said:match("umbrella: " .. what .. ": (%-?%d+)\n")) end
    check(of("pulses raised") >= least and of("ticks taken") >= least, "too few interrupts to be a test:\n" .. said)
    check(of("pulses taken") == of("pulses raised") and of("pulses missed") == 0, "pulses were lost, or came twice:\n" .. said)
    check(of("ticks lost") == 0 and of("other interrupts") == 0, "timer interrupts were lost, or came twice:\n" .. said)
    check(of("registers changed") == 0, "registers have changed:\n" .. said)
    log(("%s: %d pulses and %d ticks, no other; a tick's greatest delay is %d ns"):format(b:name(), of("pulses taken"), of("ticks taken"), of("ticks' greatest delay in ns")))
end

-- The cores on which the device's interrupts were acknowledged
local function cores(b)
    local seen = {}
    for r in trace.records(b:trace()) do
        if r.kind == "write" and r.name == "pulse0" and r.addr == 0x10 then
            seen[r.core] = (seen[r.core] or 0) + 1
        end
    end
    return seen
end

-- All that a neighbour's core leaves in the trace, with its instructions
local function neighbours(b)
    local words = {}
    for r in trace.records(b:trace()) do
        if r.core == 4 then
            words[#words + 1] = ("%s %d %d %x %x %d"):format(r.kind, r.insn, r.id, r.addr, r.value, r.result)
        end
    end
    return words
end

local b = start("moved")
call(b, "mover", "D", TAKEN)            -- the mover's own core
call(b, "mover", "G", BAD)
call(b, "mover", "0", BAD)              -- it has a capability there, for a placement
moves(b, "m", 1000)
call(b, "moved", "A")                   -- by itself
call(b, "moved", "B")
counts(b, 300)
call(b, "mover", "E", TAKEN)            -- a core is one VM's: that of the one who is there
call(b, "mover", "C")
call(b, "mover", "E")
call(b, "beside", "0", BAD)             -- it runs, where the other one began
call(b, "mover", "B", TAKEN)
call(b, "mover", "F")
call(b, "mover", "B")
call(b, "moved", "A")
b:close()
local seen = cores(b)
check(seen[0] > 100 and seen[1] > 100, "it has not been on both cores")

local slots = start("slots")
slots:probe { name = "interrupted", vm = "beside", at = "hyp_vector_irq" }
moves(slots, "M", 90)
call(slots, "mover", "B")               -- out of the slots, where it has no watchpoints
counts(slots, 20)
slots:close()
check(cores(slots)[2], "it has not been in its slots")
-- Who has the other slots of that core is not interrupted in them: from 5 us on, to their end at 40 of 80 us
local interrupted, own = 0, 0
for r in trace.records(slots:trace()) do
    local at = r.time // 1000 % 80000
    if r.kind == "probe" and r.name == "interrupted" then
        interrupted = interrupted + (at > 5100 and at < 40000 and 1 or 0)
        own = own + (at > 45100 and 1 or 0)
    end
end
check(interrupted == 0 and own > 5, ("the neighbour in the other slots was interrupted %d times, its slots' owner %d times"):format(interrupted, own))

-- The neighbour is there for the same time in both
local quiet = start("quiet")
quiet:run_for("40ms")
quiet:close()
local with, without = neighbours(b), neighbours(quiet)
check(math.min(#with, #without) > 1400, "the neighbour has done too little: " .. #with .. " and " .. #without .. " records")
for i = 1, math.min(#with, #without) do
    check(with[i] == without[i], ("the neighbour's record %d differs: %s, and in the quiet run: %s"):format(i, with[i], without[i]))
end
log(("the neighbour's first %d records are equal"):format(math.min(#with, #without)))

-- Saved while the mover is at it: the restored run is the uninterrupted one
local function half(board) board:send("mover", "m") board:run_for("3ms") end
local whole = start("whole")
half(whole)
whole:run_for("3ms")
whole:close()
local first = start("first")
half(first)
first:checkpoint("moves")
local second = board.restore("moves", { name = "second" })
second:run_for("3ms")
second:close()
local same, records = trace.compare(whole:trace(), { first:trace(), second:trace() })
check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
log(("restored in a new process: all %d records of the trace are identical"):format(records))
