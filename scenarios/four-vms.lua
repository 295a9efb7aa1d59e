-- SPDX-License-Identifier: GPL-2.0-or-later
-- Four VMs of one vCPU each: each measures its own device, and one that crashes takes nobody with it

local b = board.start { system = "four-vms" }
for vm = 0, 3 do
    b:expect("rt-" .. vm, "rt: done", { within = "10s" })
    check(b:console("rt-" .. vm):find("rt: pulse: 200 pulses", 1, true), "rt-" .. vm .. " has not measured its device")
end
b:send("rt-2", "c")
b:expect("hypervisor", "ingot: vm rt-2: stopped: ")
for _, vm in ipairs { 0, 1, 3 } do
    b:send("rt-" .. vm, "p")
    b:expect("rt-" .. vm, "rt: pulse: 1000 pulses", { within = "60s" })
end
b:close()
log("four VMs, and three when one has crashed")
