-- SPDX-License-Identifier: GPL-2.0-or-later
-- Boards without our hypervisor: another image has the machine to itself, at EL1 or EL2

local function run(system, line)
    local b <close> = board.start { system = system }
    b:expect("hello", line)
    b:expect("hello", "(end)")
end

run("bare-el1", "hello: EL1, device tree yes, module: ")
run("bare-el2", "hello: EL2, device tree yes, module: a module of one line")
