-- SPDX-License-Identifier: GPL-2.0-or-later
-- Clones of a checkpoint: each is the board at that instant, and none sees another. Alone, this boots the board and makes the
-- checkpoint `booted`; `./ingot clone booted -n 8 -- scenarios/clones.lua` then runs it on eight clones.

local function copy(b, bytes)
    b:send("linux", ("dmaq-test --size %d --count 1\n"):format(bytes))
    b:expect("linux", "dmaq-test: PASS")
    b:expect("linux", "# ")
end

local b = board.from()
if b then
    copy(b, 4096 * clone)
    log(("clone %d: copied %d bytes, at %.6f s"):format(clone, 4096 * clone, b:time() / 1e12))
    return
end

b = board.start { system = "first-light", devices = { dmaq0 = "rtl" } }
b:expect("linux", "# ")
b:send("linux", "insmod /lib/modules/dmaq.ko\n")
b:expect("linux", "# ")
b:checkpoint("booted")

local function traced(make, name, bytes)
    local c <close> = make("booted", { name = name })
    copy(c, bytes)
    return c:trace()
end
local restored = traced(board.restore, "restored", 8192)
check(trace.compare(restored, traced(board.clone, "first", 8192)), "a clone's run differs from the restored one's")
check(trace.compare(restored, traced(board.clone, "second", 8192)), "a second clone has seen what the first wrote")
check(not trace.compare(restored, traced(board.clone, "other", 4096)), "another input has left the same trace")
