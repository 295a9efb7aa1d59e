-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian's kernel on four cores: restored in new processes while it boots, it goes on as the uninterrupted run, to the byte
-- of the trace and to the instruction of each core

local function boot(name)
    local b = board.start { system = "bare-linux-smp", name = name }
    b:run_for("20ms")
    return b
end

local b, traces = boot("0"), {}
for i, pause in ipairs { "31007us", "57013us", "90001us" } do
    b:run_for(pause)
    traces[i] = b:trace()
    b:checkpoint("smp")
    b = board.restore("smp", { name = tostring(i) })
end
b:run_for("100ms")
traces[#traces + 1] = b:trace()

local whole = boot("whole")
whole:run_for((b:time() - whole:time()) // 1000 .. "ns")
check(whole:time() == b:time(), "the runs end at different times")
local same, records = trace.compare(whole:trace(), traces)
check(same, "the restored run's trace differs from that of the uninterrupted run (above)")
local restored = b:cores()
for core, n in ipairs(whole:cores()) do
    check(n > 0 and n == restored[core], ("core %d: %d instructions, restored %d"):format(core - 1, n, restored[core]))
end
log(("four cores: %d records and each core's instructions are equal"):format(records))
