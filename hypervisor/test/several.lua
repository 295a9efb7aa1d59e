-- SPDX-License-Identifier: GPL-2.0-or-later
-- Interrupts of a VM with two vCPUs: what one disables or clears is with the other one

local b = board.start { system = "hypervisor/test/several.xml" }
b:expect("check", { "check: all ok", "check: FAILED", "UNEXPECTED" }, { within = "1s" })
check(b:console("check"):find("check: two vCPUs and an SPI: ok", 1, true), "a check of two vCPUs failed; the console above says which")
check(not b:console("hypervisor"):find("HYPERVISOR FAULT"), "the hypervisor itself failed")
b:close()
