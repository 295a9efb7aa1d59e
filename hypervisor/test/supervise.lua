-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VM that fails is halted, and another one is told, sees why, repairs it, and lets it go on or begin anew

local b = board.start { system = "hypervisor/test/supervise.xml" }
local vms = { one = "0", two = "1", slot = "2" }

local function boss(letters, words) b:send("boss", letters) return b:expect("boss", words, { within = "20ms" }) end
local function fails(vm, letter, reason)
    b:send(vm, letter)
    b:expect("hypervisor", "ingot: vm " .. vm .. ": halted: " .. reason .. ": vm boss decides\n", { within = "10ms" })
    b:expect("boss", "supervise: told\n", { within = "10ms" })
end
local outside = "data access outside of the VM"

b:expect("boss", "supervise: ready")
local first = {}
for vm in pairs(vms) do
    first[vm] = b:expect(vm, "fresh: ready", { within = "100ms" }):match("fresh: memory [^\n]*")
end
boss("0n", "supervise: others\n")

-- The fault is told as it was, the instruction is skipped, and the VM goes on behind it
for _, vm in ipairs { "one", "slot" } do
    fails(vm, "d", outside)
    local said = boss(vms[vm] .. "f", " restarts 0x0\n")
    check(said:find("supervise: halted vcpu 0x0 esr 0x93800046 far 0x9000000 ipa 0x9000000", 1, true), "not what has failed: " .. said)
    said = boss("g", " sp 0x40")
    check(said:find("supervise: pc 0x40", 1, true) and said:find("ttbr0 0x40001000", 1, true), "not its registers: " .. said)
    boss("p", "supervise: probed\n")
    local silent = #b:console(vm)
    b:run_for("2ms")
    check(#b:console(vm) == silent, "a halted VM goes on")
    boss("k", "supervise: done\n")
    b:expect("hypervisor", "ingot: vm " .. vm .. ": resumes\n", { within = "10ms" })
    b:expect(vm, "fresh: WRONG: this VM still runs\n", { within = "10ms" })
end

-- It is not repaired, and fails again; it begins anew, as often as it may
b:send("boss", "0")
fails("one", "d", outside)
boss("c", "supervise: done\n")
b:expect("boss", "supervise: told\n", { within = "10ms" })
for n = 1, 2 do
    boss("s", "supervise: done\n")
    b:expect("hypervisor", "ingot: vm one: restarts (" .. n .. " of 2): its supervisor says so\n", { within = "10ms" })
    check(b:expect("one", "fresh: ready", { within = "100ms" }):find(first.one, 1, true), "it finds something else when it begins anew")
end
boss("s", "supervise: not now\n")

-- One that runs is halted, and goes on
boss("h", "supervise: told\n")
boss("f", "supervise: halted ")
boss("h", "supervise: not now\n")
boss("c", "supervise: done\n")
fails("one", "i", "instruction fetch outside of the VM")

-- Two vCPUs: the second fails, both are halted, both go on
b:send("two", "n")
b:expect("two", "fresh: second is ready", { within = "100ms" })
fails("two", "D", outside)
local silent = #b:console("two")
b:send("two", "d")
b:run_for("2ms")
check(#b:console("two") == silent, "the other vCPU goes on")
check(boss("1f", " restarts "):find("halted vcpu 0x1 esr 0x93800046", 1, true), "not the vCPU that has failed")
boss("s", "supervise: not now\n")           -- it has no <restart>
boss("k", "supervise: done\n")
b:expect("two", "fresh: WRONG: this VM still runs\n", { within = "10ms" })      -- the second
b:expect("boss", "supervise: told\n", { within = "10ms" })                       -- and the first, for its own letter
check(boss("f", " restarts "):find("halted vcpu 0x0 esr 0x93800046", 1, true), "not the vCPU that has failed")
boss("k", "supervise: done\n")
b:expect("two", "fresh: WRONG: this VM still runs\n", { within = "10ms" })

-- In a slot of the supervisor's own core; one that has turned itself off begins anew, too
b:send("slot", "o")
b:expect("hypervisor", "ingot: vm slot: stopped: it turned itself off", { within = "10ms" })
boss("2f", "supervise: stopped ")
boss("s", "supervise: done\n")
check(b:expect("slot", "fresh: ready", { within = "100ms" }):find(first.slot, 1, true), "it finds something else when it begins anew")

-- A monitor: it fails, it refuses an access, it does not answer; a halt waits for its answer, a restart does not
b:expect("ward", "hostage: ready")
b:send("boss", "3")
fails("ward", "L", "its monitor has failed")
check(boss("f", " restarts "):find("halted vcpu 0x100 esr 0x7e00000", 1, true), "not the monitor's failure")
boss("s", "supervise: done\n")
b:expect("ward", "hostage: ready\n", { within = "20ms" })
fails("ward", "F", outside)
check(boss("f", " restarts "):find("halted vcpu 0x0 esr 0x93800046 far 0x9000000 ipa 0x9000000", 1, true), "not the access that was refused")
boss("k", "supervise: done\n")
b:expect("ward", "hostage: ok\n", { within = "20ms" })
b:send("ward", "c")
b:run_for("1ms")
boss("h", "supervise: done\n")
check(boss("f", " restarts "):find("supervise: halting", 1, true), "the halt does not wait for the monitor's answer")
b:expect("boss", "supervise: told\n", { within = "100ms" })
check(not b:console("ward"):find("ok.*ok"), "a halted VM goes on")
boss("c", "supervise: done\n")
b:expect("ward", "hostage: ok\n", { within = "20ms" })
b:send("ward", "e")
b:run_for("1ms")
boss("h", "supervise: done\n")
b:run_for("10ms")
check(boss("f", " restarts "):find("supervise: halting", 1, true), "an endless loop has answered")
boss("s", "supervise: done\n")
b:expect("ward", "hostage: ready\n", { within = "20ms" })

check(not b:console("boss"):find("WRONG", 1, true), "the supervisor got another answer than it must")
check(not b:console("boss"):find("UNEXPECTED", 1, true), "the supervisor has an exception")
check(not b:console("hypervisor"):find("HYPERVISOR FAULT", 1, true), "the hypervisor itself failed")
b:close()
