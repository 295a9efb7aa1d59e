-- SPDX-License-Identifier: GPL-2.0-or-later
-- Waveforms: a window of a run, and the same window again, from a checkpoint. Look at them with gtkwave.

local b = board.start { system = "first-light", devices = { dmaq0 = "rtl" } }
b:expect("linux", "# ")
b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test\n")
b:run_until_trace("dma-read", "dmaq0", 3)
b:checkpoint("waves")

local function window(name)
   local r <close> = board.restore("waves", { name = name })
   local path = r:waves("dmaq0", { to = ("%dps"):format(r:time() + 100000000) })     -- 100 us
   r:run_for("150us")
   r:close()       -- the file is whole then
   local file = assert(io.open(path, "rb"))
   local bytes = file:read("a")
   file:close()
   check(#bytes > 1000, path .. " has hardly anything in it")
   log(("%s: %d bytes, 100 us of dmaq0 from %.6f s on"):format(path, #bytes, r:time() / 1e12))
end

window("first")
window("again")

local ok, why = pcall(function()
   local m <close> = board.start { system = "first-light", name = "model" }
   m:waves("dmaq0")
end)
check(not ok and why:find("no RTL", 1, true), "a C model was asked for a waveform, and did not say that it has none")
