-- SPDX-License-Identifier: GPL-2.0-or-later
-- A live hypervisor is restored: at random instants of first-light, with both VMs busy and their interrupts in flight, each
-- core's list registers, active priorities, pending interrupts and timers are the same before and after, and each
-- restored board goes on as the uninterrupted one. INGOT_LONG=1: 200 instants, else 20

local instants = os.getenv("INGOT_LONG") and 200 or 20
local seed = 20261121
local CHECKPOINT = "live-hypervisor"

-- Lua's own generator, seeded: the same instants in each run.
math.randomseed(seed)

local function boot(name)
    local b = board.start { system = "first-light", name = name }
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && while dmaq-test >/dev/null; do :; done\n")
    b:run_for("5ms")
    return b
end

local function states(b)
    local all = {}
    for core = 1, #b:cores() do
        all[core] = b:state(core - 1)
    end
    return all
end

local traces, busy = {}, 0
local b = boot("0")
for i = 1, instants do
    b:run_for(10000000 + math.random(0, 5000000) .. "ns")      -- 10 ms at least after each restore
    if i % 2 == 0 then      -- and every other time an interrupt has just come
        b:run_until_trace("irq", "dmaq0", 1)
        b:run_for(math.random(1, 4000) .. "ns")
    end
    local before = states(b)
    for core, text in ipairs(before) do
        for lr in text:gmatch("ICH_LR%d+_EL2=0x(%x+)") do
            busy = busy + (lr:match("^[4-9a-f]%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x$") and 1 or 0)     -- pending or active
        end
    end
    traces[i] = b:trace()
    b:checkpoint(CHECKPOINT)
    b = board.restore(CHECKPOINT, { name = tostring(i) })
    local after = states(b)
    for core = 1, #before do
        check(before[core] == after[core], ("instant %d, core %d differs after the restore:\n%s\n%s"):format(i, core - 1, before[core], after[core] or "-"))
    end
end
b:run_for("10ms")
traces[instants + 1] = b:trace()

log("the same without a checkpoint")
local whole = boot("whole")
whole:run_for((b:time() - whole:time()) // 1000 .. "ns")
local whole_trace, whole_cores = whole:trace(), whole:cores()
check(whole:time() == b:time(), "the runs end at different times")
whole:close()
for core, n in ipairs(whole_cores) do
    check(b:cores()[core] == n, "core " .. core - 1 .. " has executed another number of instructions")
end
b:close()
local same, records = trace.compare(whole_trace, traces)
check(busy > 0, "no interrupt was in flight at any instant")
check(same, "a restored run differs from the uninterrupted one (above)")
log(("%d restores of the live hypervisor, %d list registers in use at them: states equal, and all %d records"):format(instants, busy, records))
