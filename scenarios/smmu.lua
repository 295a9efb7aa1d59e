-- SPDX-License-Identifier: GPL-2.0-or-later
-- Linux's own SMMUv3 driver on our SMMU: the same dmaq driver, its DMA through addresses that the kernel has mapped

for _, impl in ipairs { "model", "rtl" } do
    local b = board.start { system = "bare-linux-smmu", name = "smmu-" .. impl, devices = { dmaq0 = impl } }
    b:expect("linux", "ingot-linux: ready")
    b:expect("linux", "# ")
    b:send("linux", "insmod /lib/modules/dmaq.ko && dmaq-test\n")
    b:expect("linux", "dmaq-test: PASS", { within = "60s" })
    b:expect("linux", "# ")
    b:send("linux", "dmesg | busybox grep -c 'arm-smmu-v3.*event 0x10'\n")
    b:expect("linux", "\n3\r\n")         -- dmaq-test leaves its memory three times, on purpose
    b:close()
end
log("dmaq as model and as RTL, behind the SMMU")
