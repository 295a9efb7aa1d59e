#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What looks like a checkout of kvm-unit-tests to ci/kvm-unit-tests.sh: kvm_unit_tests_stub.sh FOLDER
#
# Each of its "tests" says a text and an end of its own; "timer" then asks for a reset instead of its end, which stops its VM.
set -euo pipefail
mkdir -p "$1/arm"
touch "$1/arm/selftest.c"

cat >"$1/configure" <<'END'
#!/bin/sh
here=$(dirname "$0")
case $* in
*--help*) echo "--earlycon=EARLYCON"; exit 1 ;;
"--arch=arm64 --cross-prefix=aarch64-linux-gnu- --earlycon=uart,mmio,0x0b001000") ;;
*) echo "unknown options: $*"; exit 1 ;;
esac
echo "SRC = $here" >config.mak
ln -sf "$here/Makefile" .
END
chmod +x "$1/configure"

cat >"$1/Makefile" <<'END'
include config.mak
CROSS = aarch64-linux-gnu-
says_selftest = PASS: first\nPASS: second\nSUMMARY: 2 tests\n\nEXIT: STATUS=1\n
says_gic = ABORT: it gave up\n\nEXIT: STATUS=255\n
says_psci = PASS: first\nFAIL: second\n\nEXIT: STATUS=3\n
says_timer = PASS: first\n
says_micro-bench = SKIP: not here\n\nEXIT: STATUS=77\n
.PHONY: directories
directories: ; mkdir -p arm
arm/%.flat: $(SRC)/arm/cstart64.S
	$(CROSS)gcc -c -DTEXT='"$(says_$*)"' -DRESET=$(if $(filter timer,$*),1,0) -o arm/$*.o $<
	$(CROSS)objcopy -O binary -j .text arm/$*.o $@
END

cat >"$1/arm/cstart64.S" <<'END'
reloc_start:
    ldr x1, =0x0b001000
    adr x2, text
1:  ldrb w3, [x2], #1
    cbz w3, 2f
    strb w3, [x1]
    b 1b
2:  mov x4, #RESET
    cbz x4, 3f
    ldr w0, =0x84000009     /* PSCI SYSTEM_RESET */
    hvc #0
3:  ldr w0, =0x84000008     /* PSCI SYSTEM_OFF */
    hvc #0
    .ltorg
text: .asciz TEXT
END
