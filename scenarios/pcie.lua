-- SPDX-License-Identifier: GPL-2.0-or-later
-- One device type on two busses: dmaq0 is a platform device, dmaq1 sits behind the PCIe host bridge and sends MSI-X through the
-- ITS. The same driver binds both, the same test passes on both, as model and as RTL; a checkpoint in the middle of a transfer.

local function said(b, command, ...)
    b:send("linux", command .. "\n")
    return b:expect("linux", "# ", { within = "60s" })
end

local function boot(name, impl)
    local b = board.start { system = "pcie", name = name, devices = { dmaq0 = impl, dmaq1 = impl } }
    b:probe { name = "vector", kind = "guest-vector" }
    b:probe { name = "eoi", kind = "guest-eoi" }
    b:expect("linux", "# ")
    said(b, "insmod /lib/modules/dmaq.ko; cat /sys/module/dmaq/sections/.text")
    local base = b:console("linux"):match("\n(0x%x+)")
    check(base, "the module's address is not on the console")
    b:probe { name = "dmaq_irq", at = "dmaq_irq", file = "linux/dmaq.ko", base = base }
    return b
end

local function test(b, device)
    b:send("linux", "dmaq-test --device " .. device .. "\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("linux", "# ")
end

local function half_a_copy(b)
    b:send("linux", "dmaq-test --device /dev/dmaq1 --size 1048576 --count 1\n")
    b:run_until_trace("dma-write", "dmaq1", 4000)
end

local function rest(b)
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:run_for("2ms")
end

for _, impl in ipairs { "model", "rtl" } do
    local b = boot(impl, impl)
    check(said(b, "cat /sys/bus/pci/devices/*/vendor /sys/bus/pci/devices/*/device"):find("0x1234.*0x4951"), "the device is not on the PCIe bus")
    test(b, "/dev/dmaq0")
    test(b, "/dev/dmaq1")
    local interrupts = said(b, "grep -E 'dmaq|ITS' /proc/interrupts")
    check(interrupts:find("GICv3 211 Level%s+b010000.dmaq"), "dmaq0's interrupt is not its SPI")
    check(tonumber(interrupts:match(":%s+(%d+)%s+ITS%-MSI")) > 10, "dmaq1 sent no messages through the ITS")
    half_a_copy(b)
    rest(b)
    b:close()

    local first = boot(impl .. "-first", impl)
    said(first, "cat /sys/bus/pci/devices/*/vendor /sys/bus/pci/devices/*/device")
    test(first, "/dev/dmaq0")
    test(first, "/dev/dmaq1")
    said(first, "grep -E 'dmaq|ITS' /proc/interrupts")
    half_a_copy(first)
    local before = first:console("linux")
    first:checkpoint("pcie-" .. impl)
    local second = board.restore("pcie-" .. impl, { name = impl .. "-second" })
    rest(second)
    second:close()
    check(before .. second:console("linux") == b:console("linux"), "the restored board's console differs")
    local same, records = trace.compare(b:trace(), { first:trace(), second:trace() })
    check(same, "the restored board's trace differs (above)")
    log(("%s: restored in the middle of a transfer behind PCIe: console and all %d records of the trace are identical"):format(impl, records))
    for _, device in ipairs { "dmaq0", "dmaq1" } do
        local path = trace.latency { title = device .. " as " .. impl .. (device == "dmaq0" and ", SPI" or ", MSI-X through the ITS"), trace = b:trace(),
                                     device = device, ack = 0x24, guest_vector = "vector", handler = "dmaq_irq", eoi = "eoi" }
        check(path.count >= 10, "dmaq-test needs more interrupts than the trace has")
    end
end
