-- SPDX-License-Identifier: GPL-2.0-or-later
-- first-light on cores whose interrupts are the VMs' own: no interrupt of theirs enters the hypervisor; Linux has two CPUs and performance monitors; a run restored in
-- the middle of a transfer goes on as if nothing had been; and what an interrupt's path costs now

local function boot(name)
    local b = board.start { system = "direct", name = name }
    for core = 0, 2 do
        b:probe { name = "el2-irq", core = core, at = "hyp_vector_irq" }
        b:probe { name = "el2-fiq", core = core, at = "direct_vector" }
    end
    b:probe { name = "rt.vector", vm = "rt", kind = "guest-vector" }
    b:probe { name = "rt.eoi", vm = "rt", kind = "guest-eoi" }
    b:probe { name = "pulse_handler", vm = "rt", at = "pulse_handler", file = "rt/rt.elf" }
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "nproc; dmesg | grep perfevents; insmod /lib/modules/dmaq.ko && taskset 2 dmaq-test\n")
    b:expect("linux", "dmaq-test: 65536 bytes: ok", { within = "60s" })
    b:run_until_trace("dma-write", "dmaq0", 1000)
    return b
end

-- The rest of the copies; the SMMU reports those that reach for nothing of the VM's, as FIQs of core 0; then the second CPU goes and comes back.
local function rest(b)
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:send("linux", "cd /sys/devices/system/cpu/cpu1; echo 0 > online; echo 1 > online; taskset 2 echo back on $(nproc)\n")
    b:expect("linux", "back on 2")
    b:run_for("2ms")
end

local whole = boot("whole")
rest(whole)
whole:close()
local linux, hypervisor = whole:console("linux"), whole:console("hypervisor")
check(linux:find("\n2\r\n", 1, true), "Linux has not two CPUs")
check(linux:find("armv8_cortex_a57 PMU driver, 7 counters available", 1, true), "Linux has not found the performance monitors")
check(hypervisor:find("ingot: smmu: dmaq0 of vm linux: DMA read of 0x8000000000 blocked", 1, true), "the SMMU's report is missing")
local fiqs = 0
for r in trace.records(whole:trace()) do
    check(r.kind ~= "probe" or r.name ~= "el2-irq", "an interrupt of a VM has entered the hypervisor")
    fiqs = fiqs + ((r.kind == "probe" and r.name == "el2-fiq") and 1 or 0)
end
check(fiqs > 0, "the hypervisor's own interrupts do not come")
local pulse = trace.latency {
    title = "pulse in rt", trace = whole:trace(), device = "pulse0", ack = 0x10, guest_vector = "rt.vector", handler = "pulse_handler", eoi = "rt.eoi" }
check(pulse.count >= 200, "rt measures 200 pulses, the trace has fewer")

local first = boot("first")
first:checkpoint("direct")
local second = board.restore("direct", { name = "second" })
rest(second)
second:close()
local same, records = trace.compare(whole:trace(), { first:trace(), second:trace() })
check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
log(("restored in a new process: all %d records of the trace are identical; the hypervisor took %d interrupts of its own"):format(records, fiqs))
