-- SPDX-License-Identifier: GPL-2.0-or-later
-- A person at Linux' console, until Ctrl-]. ./ingot record scenarios/console.lua keeps the keys, each with its instant.

local b = board.start { system = "first-light" }
b:expect("linux", "# ")
local why = b:interact("linux")
log(("the console was left at %.6f s: %s"):format(b:time() / 1e12, why))
