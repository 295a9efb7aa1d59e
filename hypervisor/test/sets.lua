-- SPDX-License-Identifier: GPL-2.0-or-later
-- Memory that VMs have in turn: taken, refused while another has it, cleared or handed on, taken back by a third; no core goes on with the tables before

local WORDS <const> = 2 * 1024 * 1024 // 8
local TAKEN <const>, BAD <const> = -2, -1

local b = board.start { system = "hypervisor/test/sets.xml" }
for _, vm in ipairs { "a", "b", "c", "d" } do
    b:expect(vm, "umbrella: ready", { within = "1s" })
end
local function ask(vm, letter, answer)
    b:send(vm, letter)
    b:expect(vm, "umbrella: " .. answer .. "\n", { within = "1s" })
end
local function set(vm, selector, result) ask(vm, tostring(selector), "call: " .. (result or 0)) end
local function holds(vm, words) ask(vm, "r", "words that are not 0: " .. words) end

-- In turn: one that has it keeps it, the next one finds nothing of it
set("a", 1)
holds("a", 0)
ask("a", "w", "filled")
set("b", 1, TAKEN)
set("a", 0)
set("b", 1)
holds("b", 0)
ask("b", "w", "filled")
set("a", 1, TAKEN)

-- Nobody but b has had it: it is as b left it
set("b", 0)
set("b", 1)
holds("b", WORDS)

-- While a clears what b has left there, its interrupts come: a step of it is shorter than 20 us, all of it longer than 200
set("b", 0)
b:send("a", "b")
b:expect("a", "umbrella: begins", { within = "1ms" })
local before = b:time()
set("a", 1)
check(b:time() - before > 200e6, "2 MiB are cleared too fast to be true")
b:send("a", "e")
local said = b:expect("a", "umbrella: end", { within = "1ms" })
local function of(what) return tonumber(said:match("umbrella: " .. what .. ": (%-?%d+)\n")) end
check(of("ticks lost") == 0 and of("pulses taken") == of("pulses raised") and of("pulses missed") == 0 and of("other interrupts") == 0, "interrupts were lost:\n" .. said)
check(of("ticks' greatest delay in ns") < 20000, "an interrupt waited too long:\n" .. said)
holds("a", 0)
set("a", 0)
set("b", 1)
ask("b", "w", "filled")

-- By a third's decision, in a slot beside b; then a has it, cleared, and a restored run goes on in the middle
set("c", 1)
set("c", 1)
set("a", 1)
holds("a", 0)
set("c", 2, TAKEN)
set("c", 5, BAD)
ask("a", "w", "filled")
set("c", 0)
b:send("b", "1")
b:run_for("20us")                       -- b clears 2 MiB: that takes longer
b:checkpoint("sets")
b = board.restore("sets", { name = "sets-restored" })
b:expect("b", "umbrella: call: 0\n", { within = "1s" })
holds("b", 0)
set("b", 0)

-- A VM that is in its monitor most of the time follows, too; and what it reaches no more is its monitor's business
b:send("d", "x")
for _ = 1, 20 do
    set("c", 4)
    set("c", 3)
end
b:expect("d", "umbrella: seconds read: 20000\n", { within = "1s" })
set("c", 4)
holds("d", 0)
ask("d", "w", "filled")
set("c", 3)
b:send("d", "r")
b:expect("hypervisor", "ingot: vm d: core 3: data access outside of the VM", { within = "10ms" })
b:expect("hypervisor", "ingot: vm d: stopped", { within = "10ms" })

-- What is shared goes on with what is in it
set("a", 2)
ask("a", "w", "filled")
set("a", 0)
set("b", 2)
holds("b", WORDS)
set("b", 0)

-- Both vCPUs see the tables in force, whoever asked
ask("a", "p", "CPU_ON: 0")
ask("a", "s", "200 sets in turn, wrong: 0")
set("a", 1)
b:send("a", "f")
b:run_for("100us")
b:send("a", "n")
b:expect("a", "umbrella: reads: ", { within = "1ms" })
check(not b:console("hypervisor"):find("vm a: stopped", 1, true), "it was stopped too early")
b:send("a", "0")
b:expect("hypervisor", "ingot: vm a: core 1: data access outside of the VM", { within = "10ms" })
b:expect("hypervisor", "IPA 0x50000000: not a device or memory of this VM", { within = "10ms" })

-- A stopped VM's pools can be taken by way of another one's capability, if it had not given them back before
set("c", 0)
set("b", 1)
holds("b", 0)
b:close()

-- One that is stopped while it has a pool keeps it
b = board.restore("sets", { name = "sets-again" })
b:expect("b", "umbrella: call: 0\n", { within = "1s" })
b:send("b", "o")
b:expect("hypervisor", "ingot: vm b: stopped: data access outside of the VM", { within = "10ms" })
set("a", 1, TAKEN)
b:close()
