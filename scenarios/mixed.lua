-- SPDX-License-Identifier: GPL-2.0-or-later
-- Linux with two vCPUs beside two real-time guests that share the third core: Linux's CPUs interrupt each other, its driver works, the guests have their slots;
-- and a run restored in the middle of it goes on as if nothing had been

local function boot(name)
    local b = board.start { system = "mixed", name = name, devices = { dmaq0 = "rtl" } }
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "nproc; insmod /lib/modules/dmaq.ko && taskset 2 dmaq-test\n")
    b:expect("linux", "dmaq-test: 65536 bytes: ok", { within = "60s" })
    return b
end

local function rest(b)
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:run_for("20ms")
end

local whole = boot("whole")
rest(whole)
whole:close()
check(whole:console("linux"):find("\n2\r\n", 1, true), "Linux has not two CPUs")
check(whole:console("hypervisor"):find("ingot: vm linux: vCPU 1 starts on core 1", 1, true), "the second vCPU was not started")
for _, vm in ipairs { "rt-a", "rt-b" } do
    local most = tonumber(whole:console(vm):match("max (%d+) ns"))
    check(most > 500000 and most < 620000, vm .. ": a pulse in the others' slots waits until its own, 600 us at most; the longest took " .. most .. " ns")
end

local first = boot("first")
first:checkpoint("mixed")
local second = board.restore("mixed", { name = "second" })
rest(second)
second:close()
local same, records = trace.compare(whole:trace(), { first:trace(), second:trace() })
check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
log(("restored in a new process: all %d records of the trace are identical"):format(records))
