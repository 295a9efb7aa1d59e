-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two runs are equal to the byte: both VMs boot, the driver copies with the engine, twice from power-on

local function run(name)
    local b = board.start { system = "first-light", name = name }
    b:probe { name = "el2-vector", at = "hyp_vector_irq" }
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test --size 65536 --count 4\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:send("rt", "p")
    b:expect("rt", "rt: pulse: 1000 pulses", { within = "60s" })
    local consoles = b:console("linux") .. b:console("rt") .. b:console("hypervisor")
    local cores = table.concat(b:cores(), " ")
    b:close()
    return { trace = b:trace(), consoles = consoles, time = b:time(), cores = cores }
end

local one, two = run("one"), run("two")
check(one.consoles == two.consoles, "the consoles differ")
check(one.time == two.time and one.cores == two.cores, "time or instruction counts differ")
local same, records = trace.compare(one.trace, two.trace)
check(same, "the traces differ (above)")
log(("two runs: %d records, %s instructions, equal to the byte"):format(records, one.cores))
