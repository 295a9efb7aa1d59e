-- SPDX-License-Identifier: GPL-2.0-or-later
-- Accesses that leave no syndrome: a VM with a monitor does not notice; one without takes an external abort, or is stopped (faults.lua)

local b = board.start { system = "hypervisor/test/syndrome.xml" }
b:expect("decoded", "check: ready", { within = "1s" })
b:expect("alone", "check: ready", { within = "1s" })
b:send("decoded", "w")
local said, which = b:expect("decoded", { "check: without syndrome: ok", "check: FAILED", "UNEXPECTED" }, { within = "1s" })
check(which == 1, "an access without syndrome went wrong; the console above says which")
b:send("alone", "p")                -- LDP of the GIC
b:expect("alone", "check: UNEXPECTED: ESR 0x96000010", { within = "100ms" })
b:send("decoded", "v")              -- a SIMD load of the PL031: nobody decodes it
b:expect("hypervisor", "ingot: vm decoded: core 0: data access outside of the VM", { within = "100ms" })
b:expect("hypervisor", "data abort, read: translation", { within = "100ms" })
b:expect("hypervisor", "IPA 0x9010fe0: not a device or memory of this VM", { within = "100ms" })
b:expect("hypervisor", "ingot: vm decoded: stopped", { within = "100ms" })
check(not b:console("hypervisor"):find("HYPERVISOR FAULT"), "the hypervisor itself failed")
b:close()
