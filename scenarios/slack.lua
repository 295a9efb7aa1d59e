-- SPDX-License-Identifier: GPL-2.0-or-later
-- Linux in a real-time guest's slack, on one core: it boots and drives its device as if it were alone, and rt is there whenever its interrupt comes;
-- a run restored in the middle of it goes on as if nothing had been

local LATE <const> = 7000       -- ns: the switch at a slot's end and its 5 us; else some 0.7 us

local function boot(name)
    local b = board.start { system = "slack", name = name }
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test\n")
    b:send("rt", "p")           -- a thousand pulses, each while Linux runs
    b:expect("linux", "dmaq-test: 4096 bytes: ok", { within = "60s" })
    return b
end

local function rest(b)
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("rt", "pulse: 1000 pulses", { within = "60s" })
    b:expect("rt", "rt: alive", { within = "60s" })
end

local whole = boot("whole")
rest(whole)
whole:close()
local min, median, max = whole:console("rt"):match("1000 pulses, latency min (%d+) ns, median (%d+) ns, max (%d+) ns")
log(("rt, woken by its device in the middle of Linux: min %s ns, median %s ns, max %s ns"):format(min, median, max))
check(tonumber(median) < 1000, "rt waits for Linux")
check(tonumber(max) < LATE, "a pulse waited longer than for a slot's end")

local first = boot("first")
first:checkpoint("slack")
local second = board.restore("slack", { name = "second" })
rest(second)
second:close()
local same, records = trace.compare(whole:trace(), { first:trace(), second:trace() })
check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
log(("restored in a new process: all %d records of the trace are identical"):format(records))
