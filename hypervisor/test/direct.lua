-- SPDX-License-Identifier: GPL-2.0-or-later
-- VMs that take their interrupts themselves: no interrupt enters EL2; what one tries with the CPU interface, its neighbour does not notice; another core stops it

local END_PS <const> = 7000000000      -- of all runs: the neighbour sleeps between two pulses then

local function start(name)
    local b = board.start { system = "hypervisor/test/direct.xml", name = name }
    for _, vm in ipairs { "rt", "check" } do
        b:probe { name = vm .. ".el2", vm = vm, at = "hyp_vector_irq" }
        b:probe { name = vm .. ".guest", vm = vm, kind = "guest-vector" }
    end
    for core = 1, 2 do
        b:probe { name = "direct.el2", core = core, at = "hyp_vector_irq" }
    end
    b:expect("direct", "direct: ready", { within = "100ms" })
    local _, which = b:expect("check", { "check: all ok", "check: FAILED", "UNEXPECTED" }, { within = "100ms" })
    check(which == 1, "a check failed; the console above says which")
    b:expect("rt", "rt: done", { within = "100ms" })
    return b
end

local function obey(b, letters)
    for letter in letters:gmatch(".") do
        b:send("direct", letter)
        local _, which = b:expect("direct", { "direct: ok", "direct: FAILED", "UNEXPECTED" }, { within = "200ms" })
        check(which == 1, "direct, letter " .. letter .. ": the console above says what is wrong")
    end
end

-- What rt says and how many instructions its core has executed, when all runs end
local function neighbour(b)
    check(b:time() < END_PS, "the attacks took too long")
    b:run_for((END_PS - b:time()) // 1000 .. "ns")
    return b:console("rt") .. b:cores()[1]
end

local function hits(b)
    local count = {}
    for r in trace.records(b:trace()) do
        if r.kind == "probe" then
            count[r.name] = (count[r.name] or 0) + 1
        end
    end
    return count
end

local quiet = start("quiet")
local wanted = neighbour(quiet)
quiet:close()
local count = hits(quiet)
log(("check took %d interrupts, %d of them by way of EL2; rt %d, %d"):format(count["check.guest"], count["check.el2"] or 0, count["rt.guest"], count["rt.el2"]))
check(count["check.guest"] > 50 and not count["check.el2"] and not count["direct.el2"], "an interrupt entered EL2")
check(count["rt.el2"] >= 200, "rt's do, and were not seen")

local b = start("attacked")
obey(b, "sgxme")
check(b:console("direct"):find("direct: no performance monitors", 1, true), "a VM has performance monitors that are not given to it")
check(neighbour(b) == wanted, "rt did something else beside an attacker")
b:close()

-- Signals of capabilities: to a direct VM, from one, and one that does not listen yet
b = start("signals")
b:send("check", "g")
b:expect("check", "check: raised", { within = "2ms" })
b:run_for("100us")
b:send("direct", "l")
b:expect("direct", "direct: signal", { within = "2ms" })
obey(b, "r")
b:send("check", "l")
b:expect("check", "check: signal", { within = "2ms" })
b:close()

-- vCPU 1 masks all that it can and spins, then vCPU 0 turns the VM off: both cores stop. One that claims active interrupts of all priorities (a, d: ICC_AP1R0_EL1 is not
-- trapped) hears it at its next exit: it keeps its core, alone, if it has none.
local function stop(letter)
    local b = start("stopped-" .. letter)
    obey(b, letter)
    b:send("direct", "o")
    b:expect("hypervisor", "ingot: vm direct: stopped: it turned itself off", { within = "1ms" })
    b:run_for("100us")
    local before = b:cores()
    b:run_for("1ms")
    local after = b:cores()
    check(before[2] == after[2], "vCPU 0 of a stopped VM goes on")
    check(neighbour(b) == wanted, "rt did something else beside a VM that was stopped")
    check(not b:console("hypervisor"):find("FAULT", 1, true), "the hypervisor itself failed")
    b:close()
    return before[3] == after[3]
end
check(stop("q"), "vCPU 1 of a stopped VM goes on")
check(stop("d"), "vCPU 1 of a stopped VM goes on, which has exits")
log("a vCPU that claims active interrupts and has no exit " .. (stop("a") and "is stopped" or "goes on when its VM is stopped"))
