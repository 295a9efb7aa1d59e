-- SPDX-License-Identifier: GPL-2.0-or-later
-- Protection domains: calls through portals, a domain that calls another, a thread that drives a UART, semaphores, a call over the ends of slots, and a crash

local b = board.start { system = "hypervisor/test/domains.xml" }
local clients = { "alone", "shared" }
for _, c in ipairs(clients) do
    b:expect(c, "client: ready", { within = "10ms" })
end
local function run(client, letter, words)
    b:send(client, letter)
    b:expect(client, words or "client: ok", { within = "50ms" })
end
for _, c in ipairs(clients) do
    run(c, "a")
end
run("alone", "c", "client: count 1 badge 1")    -- the server's count is one for all
run("shared", "c", "client: count 2 badge 2")
run("alone", "r", "client: count 1 badge 3")    -- the store's, by way of the server
run("shared", "r", "client: count 2 badge 3")
for _, c in ipairs(clients) do
    run(c, "x")
end

-- Both are in the server at once; one of them loses its core in the middle of it, again and again, to a thread that works meanwhile
b:send("shared", "s")
b:send("alone", "s")
b:send("echo", "HAL")
b:expect("echo", "IBM", { within = "2ms" })
b:expect("alone", "client: ok", { within = "5ms" })
b:expect("shared", "client: ok", { within = "10ms" })

-- An interrupt of its monitor's comes while the server runs on its time
b:send("alone", "m")
b:expect("alone", "client: spins", { within = "2ms" })
b:run_for("300us")
b:send("terminal", "m")
b:expect("alone", "client: ok", { within = "5ms" })

run("alone", "d")
-- Three bytes were echoed; the fourth is waited for, first by a byte, then by another VM
for _ = 1, 3 do
    run("alone", "w", "client: echoed")
end
b:send("alone", "w")
b:expect("alone", "client: waits", { within = "1ms" })
b:run_for("3ms")
check(b:console("alone"):find("client: waits\n$"), "it went on without a byte")
b:send("echo", "q")
b:expect("alone", "client: echoed", { within = "2ms" })
b:send("alone", "w")
b:expect("alone", "client: waits", { within = "1ms" })
run("shared", "u")
b:expect("alone", "client: echoed", { within = "2ms" })

-- A call that crashes the server: its callers live
run("alone", "k")
b:expect("hypervisor", "ingot: vm server: stopped: a domain has failed", { within = "2ms" })
run("shared", "g")
b:send("echo", "x")
b:expect("echo", "y", { within = "2ms" })
b:close()
