-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian's kernel straight on the board: the same driver on the same device as in first-light, without a hypervisor; dmaq as
-- model, then as RTL; a checkpoint in the middle of a transfer; and what its interrupts cost here

local function boot(name, impl, system)
    local b = board.start { system = system or "bare-linux", name = name, devices = { dmaq0 = impl } }
    b:probe { name = "vector", kind = "guest-vector" }
    b:probe { name = "eoi", kind = "guest-eoi" }
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && cat /sys/module/dmaq/sections/.text\n")
    b:expect("linux", "\n0x")
    b:expect("linux", "# ")
    local base
    for address in b:console("linux"):gmatch("\n(0x%x+)") do base = address end
    check(base, "the module's address is not on the console")
    b:probe { name = "dmaq_irq", at = "dmaq_irq", file = "linux/dmaq.ko", base = base }
    return b
end

local function copies(b)
    b:send("linux", "dmaq-test\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("linux", "# ")
end

local function half_a_copy(b)
    b:send("linux", "dmaq-test --size 1048576 --count 1\n")
    b:run_until_trace("dma-write", "dmaq0", 4000)
end

local function rest_of_the_copy(b)
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:run_for("2ms")
end

for _, impl in ipairs { "model", "rtl" } do
    log("dmaq0 as " .. impl)
    local whole = boot(impl, impl)
    copies(whole)
    half_a_copy(whole)
    rest_of_the_copy(whole)
    whole:close()

    local first = boot(impl .. "-first", impl)
    copies(first)
    half_a_copy(first)
    local said = first:console("linux")
    first:checkpoint("bare-linux-" .. impl)
    local second = board.restore("bare-linux-" .. impl, { name = impl .. "-second" })
    rest_of_the_copy(second)
    second:close()
    check(said .. second:console("linux") == whole:console("linux"), "the console differs from that of the uninterrupted run")
    local same, records = trace.compare(whole:trace(), { first:trace(), second:trace() })
    check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
    log(("restored in a new process: console and all %d records of the trace are identical"):format(records))

    local path = trace.latency { title = "dmaq as " .. impl .. " in Linux on the bare board", trace = whole:trace(), device = "dmaq0",
                                 ack = 0x24, guest_vector = "vector", handler = "dmaq_irq", eoi = "eoi" }
    check(path.count >= 10, "dmaq-test needs more interrupts than the trace has")
end

log("four cores, at EL2")
local smp <close> = boot("smp", "rtl", "bare-linux-smp")
smp:send("linux", "nproc\n")
smp:expect("linux", "\n4\r\n")
copies(smp)
