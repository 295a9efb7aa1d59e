-- SPDX-License-Identifier: GPL-2.0-or-later
-- One arm64 test of kvm-unit-tests in a VM, to its end; ci/kvm-unit-tests.sh makes its system, and reads the consoles

local b = board.start { system = "first-light", name = "kut" }  -- run with --system
b:expect("hypervisor", "ingot: vm kut: stopped: ", { within = "30s" })
b:expect("hypervisor", "\n", { within = "10ms" })
b:close()
