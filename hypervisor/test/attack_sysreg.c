/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every system register: MRS and MSR of all encodings, and all system instructions
 *
 * What a VM has not must be undefined to it, as on a CPU without it (Arm ARM D1.10.2, EC 0), and the VM goes on.
 */
#include "attack.h"

/* C4.1.66: op0 20:19, op1 18:16, CRn 15:12, CRm 11:8, op2 7:5 */
#define ENCODING(op0, op1, crn, crm, op2) ((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define ENCODINGS ENCODING(4, 0, 0, 0, 0)
#define OP0(e) ((e) >> 19)
#define OP1(e) ((e) >> 16 & 7)
#define MSR_X0 0xd5000000u
#define MRS_X0 0xd5200000u

/* Not written: the program itself would not go on */
static const struct {
    uint32_t encoding;
    const char *reason;
} kept[] = {
    { ENCODING(3, 0, 1, 0, 0), "SCTLR_EL1: the MMU would be on, without tables; endianness" },
    { ENCODING(3, 0, 12, 0, 0), "VBAR_EL1: where the program counts its exceptions" },
    { ENCODING(3, 0, 4, 2, 0), "SPSel: another stack pointer" },
    { ENCODING(3, 3, 4, 2, 1), "DAIF: breakpoints that the scan itself sets would act" },
};

/* Undefined to a VM by this hypervisor's decision: performance monitors. The ranges of others: registers of EL2, EL3, secure EL1
 * and the EL12 and EL02 names are those with op1 4 to 7, for op0 2 those with op1 4 and more. */
static bool forbidden(uint32_t e)
{
    return OP1(e) >= 4 || (e & ~ENCODING(0, 0, 0, 0, 7)) == ENCODING(3, 3, 9, 12, 0);
}

static bool is_kept(uint32_t e)
{
    for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (kept[i].encoding == e) {
            return true;
        }
    }
    return false;
}

/* D12.3.2. HCR_EL2.TIDCP makes those of EL1 trap, but QEMU 7.2 has no TIDCP and some of Cortex-A57's registers: counted only. */
static bool implementation_defined(uint32_t e) { return OP0(e) == 3 && (e >> 12 & 11) == 11; }

static uint64_t implementation, tried, readable, writable, undefined, others, leaks;
static uint8_t scratch[256] __attribute__((aligned(256)));     /* what system instructions by address act on */

/* True: it was executed. */
static bool counted(uint32_t e, uint32_t instruction, uint64_t *x0)
{
    *x0 = execute(instruction, *x0);
    tried++;
    if (fault_esr == ESR_NONE) {
        if (forbidden(e)) {
            if (!leaks++) {
                say("first that should not be: ");
                say_hex(instruction);
                say(", ");
            }
        }
        return true;
    }
    undefined += fault_esr == ESR_UNDEFINED;
    if (fault_esr != ESR_UNDEFINED && !others++) {
        say("first other exception: ");
        say_hex(fault_esr);
        say(" of ");
        say_hex(instruction);
        say(", ");
    }
    return false;
}

static void registers(uint32_t e)
{
    uint64_t old = 0, x0 = random64();
    bool reads = counted(e, MRS_X0 | e, &old);
    readable += reads;
    implementation += reads && implementation_defined(e);
    if (is_kept(e)) {
        return;
    }
    if (counted(e, MSR_X0 | e, &x0)) {
        writable++;
        if (reads) {
            execute(MSR_X0 | e, old);
        }
    }
}

void attack_sysregs(void)
{
    implementation = tried = readable = writable = undefined = others = leaks = 0;
    for (uint32_t e = ENCODING(2, 0, 0, 0, 0); e < ENCODINGS; e += ENCODING(0, 0, 0, 0, 1)) {
        registers(e);
    }
    count_of(tried, "tried");
    count_of(readable, "readable");
    count_of(implementation, "of them implementation-defined");
    count_of(writable, "writable");
    count_of(undefined, "undefined");
    tried = undefined = 0;
    uint64_t executed = 0;
    for (uint32_t e = ENCODING(1, 0, 0, 0, 0); e < ENCODING(2, 0, 0, 0, 0); e += ENCODING(0, 0, 0, 0, 1)) {
        uint64_t at = (uint64_t)scratch, x0 = at;
        executed += counted(e, MSR_X0 | e, &x0);
        executed += counted(e, MRS_X0 | e, &at);
    }
    count_of(tried, "system instructions tried");
    count_of(executed, "executed");
    count_of(undefined, "undefined");
    count_of(others, "other exceptions");
    count_of(leaks, "of another exception level");
    require(!others, "an exception that is not Undefined");
    require(!leaks, "a register that is not the VM's");
}
