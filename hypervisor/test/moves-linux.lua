-- SPDX-License-Identifier: GPL-2.0-or-later
-- Linux with two vCPUs, that exchange their cores a thousand times, drives its device meanwhile; Linux with a monitor keeps its console

local b = board.start { system = "hypervisor/test/moves-linux.xml" }
b:expect("mover", "umbrella: ready", { within = "1s" })
b:send("mover", "E")
b:expect("mover", "umbrella: call: 0", { within = "1ms" })
b:expect("hypervisor", "ingot: vm linux: vCPU 1 starts on core 0", { within = "10s" })      -- it was off when it was moved
for _, vm in ipairs { "linux", "emulated" } do
    b:expect(vm, "ingot-linux: ready", { within = "20s" })
    b:expect(vm, "# ", { within = "1s" })
end

-- Both vCPUs have something to do, the device's interrupts are vCPU 0's, which leaves first
b:send("linux", "insmod /lib/modules/dmaq.ko; I=$(grep dmaq /proc/interrupts | cut -d: -f1); echo 1 >/proc/irq/$((I))/smp_affinity\n")
b:expect("linux", "# ", { within = "1s" })
b:send("linux", "while :; do :; done & while dmaq-test >/tmp/log 2>&1; do echo round; done &\n")
b:expect("linux", "round", { within = "60s" })
b:send("mover", "m")
b:expect("mover", "umbrella: moves: 1000\n", { within = "10s" })
b:expect("mover", "umbrella: moves that were refused: 0\n", { within = "10ms" })

local function interrupts()
    b:send("linux", "grep dmaq /proc/interrupts\n")
    local first, second = b:expect("linux", "dmaq\r\n", { within = "5s" }):match("(%d+) +(%d+) +GIC")
    return tonumber(first), tonumber(second)
end
for move = 1, 4 do
    b:send("mover", move % 2 == 1 and "A" or "B")
    b:expect("mover", "umbrella: call: 0\n", { within = "10ms" })
    local first, second = interrupts()
    b:expect("linux", "round", { within = "60s" })
    b:expect("linux", "round", { within = "60s" })
    local first_after, second_after = interrupts()
    check(first_after > first and second_after == second, ("the device's interrupts are not vCPU 0's any more: %d and %d, then %d and %d"):format(first, second, first_after, second_after))
end

-- What is typed comes to the core where its monitor is then; so does the alarm, without which the last characters wait for ever in the UART's FIFO
b:send("mover", "q")
for key = 1, 8 do
    b:send("emulated", "echo $((" .. key .. " * 1001))\n")
    b:expect("emulated", "\n" .. key * 1001, { within = "100ms" })
    b:expect("emulated", "# ", { within = "100ms" })
    b:send("emulated", "\n")
    b:expect("emulated", "# ", { within = "100ms" })
end
b:expect("mover", "umbrella: moves: 1000\n", { within = "10s" })
b:expect("mover", "umbrella: moves that were refused: 0\n", { within = "10ms" })
b:send("mover", "C")                                -- not where it began
b:expect("mover", "umbrella: call: 0\n", { within = "10ms" })
b:send("emulated", "echo $((9 * 1001))\n")
b:expect("emulated", "\n9009", { within = "100ms" })
b:close()
check(not b:console("hypervisor"):find("stopped", 1, true), "a VM was stopped")
local said = b:console("linux") .. b:console("emulated")
check(not said:find("rcu:", 1, true) and not said:find("BUG", 1, true) and not said:find("lockup", 1, true), "Linux complains:\n" .. said)
