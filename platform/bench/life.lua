-- SPDX-License-Identifier: GPL-2.0-or-later
-- A board's life, for ./ingot bench: it boots, is saved, restored, cloned. `ingot bench` times the marks.

local function mark(name) log("mark " .. name) end

local function boot(name)
    local b = board.start { system = "first-light", name = name, devices = { dmaq0 = "rtl" } }
    b:expect("rt", "rt: done")
    b:expect("linux", "# ")
    return b
end

mark("boot")
boot("first"):close()
mark("booted")
local b = boot("second")
b:run_for("1ms")
mark("save")
b:checkpoint("bench")
mark("saved")
for i = 1, 3 do
    mark("restore")
    local r = board.restore("bench", { name = "restored" .. i })
    mark("restored")
    r:close()
end
board.clone("bench", { name = "template" }):close()
local clones = {}
for i = 1, 5 do
    mark("clone")
    clones[i] = board.clone("bench", { name = "clone" .. i })
    mark("cloned")
end

-- Private memory of a clone, in KiB.
local function private(c)
    local sum = 0
    for line in io.lines("/proc/" .. c:pid() .. "/smaps_rollup") do
        sum = sum + tonumber(line:match("^Private_Dirty:%s+(%d+)") or 0)
    end
    return sum
end
log("value private " .. private(clones[1]))
clones[1]:run_for("1s")
log("value later " .. private(clones[1]))
