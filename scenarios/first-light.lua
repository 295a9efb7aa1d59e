-- SPDX-License-Identifier: GPL-2.0-or-later
-- First light: hypervisor, Linux VM with the dmaq driver, rt VM with the latency probe; dmaq as model, then as RTL; a
-- checkpoint in the middle of a transfer; and what each interrupt's path costs

-- Boots both VMs, loads the driver, and puts a probe on each stage of both interrupts' paths.
local function boot(name, impl)
    local b = board.start { system = "first-light", name = name, devices = { dmaq0 = impl } }
    for _, vm in ipairs { "linux", "rt" } do
        b:probe { name = vm .. ".el2-vector", vm = vm, at = "hyp_vector_irq" }
        b:probe { name = vm .. ".lr", vm = vm, kind = "lr" }
        b:probe { name = vm .. ".vector", vm = vm, kind = "guest-vector" }
        b:probe { name = vm .. ".eoi", vm = vm, kind = "guest-eoi" }
    end
    b:probe { name = "pulse_handler", vm = "rt", at = "pulse_handler", file = "rt/rt.elf" }
    b:expect("hypervisor", "ingot: vm linux: starts on core 0")
    b:expect("rt", "rt: done")
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && cat /sys/module/dmaq/sections/.text\n")
    b:expect("linux", "\n0x")
    b:expect("linux", "# ")
    local base
    for address in b:console("linux"):gmatch("\n(0x%x+)") do base = address end
    check(base, "the module's address is not on the console")
    b:probe { name = "dmaq_irq", vm = "linux", at = "dmaq_irq", file = "linux/dmaq.ko", base = base }
    return b
end

local function copies(b)
    b:send("linux", "dmaq-test\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("linux", "# ")
end

-- One copy of 1 MiB, held in its middle: 8192 bursts of 128 bytes are written.
local function half_a_copy(b)
    b:send("linux", "dmaq-test --size 1048576 --count 1\n")
    b:run_until_trace("dma-write", "dmaq0", 4000)
end

local function rest_of_the_copy(b)
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:run_for("2ms")
end

local whole = {}
for _, impl in ipairs { "model", "rtl" } do
    log("dmaq0 as " .. impl)
    local b = boot(impl, impl)
    copies(b)
    half_a_copy(b)
    rest_of_the_copy(b)
    whole[impl] = { trace = b:trace(), linux = b:console("linux"), rt = b:console("rt"), hypervisor = b:console("hypervisor") }
    b:close()

    log("dmaq0 as " .. impl .. ": the same again, with a checkpoint in the middle of a transfer")
    local first = boot(impl .. "-first", impl)
    copies(first)
    half_a_copy(first)
    local said = { linux = first:console("linux"), rt = first:console("rt"), hypervisor = first:console("hypervisor") }
    first:checkpoint("first-light-" .. impl)
    local second = board.restore("first-light-" .. impl, { name = impl .. "-second" })
    rest_of_the_copy(second)
    for _, vm in ipairs { "linux", "rt", "hypervisor" } do
        check(said[vm] .. second:console(vm) == whole[impl][vm], vm .. "'s console differs from that of the uninterrupted run")
    end
    local trace_first, trace_second = first:trace(), second:trace()
    second:close()
    local same, records = trace.compare(whole[impl].trace, { trace_first, trace_second })
    check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
    log(("restored in a new process: consoles and all %d records of the trace are identical"):format(records))
end

local pulse = trace.latency {
    title = "pulse in rt", trace = whole.model.trace, device = "pulse0", ack = 0x10, el2_vector = "rt.el2-vector",
    lr = "rt.lr", guest_vector = "rt.vector", handler = "pulse_handler", eoi = "rt.eoi" }
check(pulse.count >= 200, "rt measures 200 pulses, the trace has fewer")
for _, impl in ipairs { "model", "rtl" } do
    local dmaq = trace.latency {
        title = "dmaq as " .. impl .. " in linux", trace = whole[impl].trace, device = "dmaq0", ack = 0x24,
        el2_vector = "linux.el2-vector", lr = "linux.lr", guest_vector = "linux.vector", handler = "dmaq_irq", eoi = "linux.eoi" }
    check(dmaq.count >= 10, "dmaq-test needs more interrupts than the trace has")
end
