/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest's own programs: the same scans from EL0, in AArch64 and in AArch32, whom the guest's kernel lets do all that it can
 *
 * Each exception of theirs is their kernel's (EL1): Undefined, a trap that the kernel's own registers ask for, an abort. None ends the VM.
 */
#include "attack.h"

#define SPSR_A64 0x3c0ul                /* EL0t, DAIF */
#define SPSR_A32 0x1d0ul                /* User, AIF */
#define SPSR_T32 0x1f0ul
#define SVC_A64 0xd4000001u
#define SVC_A32 0xef000000u
#define SVC_T32 0xdf00u
#define ESR_SVC_A64 0x56000000ul
#define ESR_SVC_A32 0x46000000ul        /* also of the 16-bit one, but for IL */
#define IL 0x02000000ul
#define EC(esr) ((uint32_t)((esr) >> 26))

/* SCTLR_EL1 (D13.2.118): nothing of EL0's traps to EL1: UCI, UCT, DZE, UMA, nTWE, nTWI, CP15BEN; not ITD, SED */
#define SCTLR_OPEN (1ul << 26 | 1ul << 15 | 1ul << 14 | 1ul << 9 | 1ul << 18 | 1ul << 16 | 1ul << 5)
#define CNTKCTL_OPEN 0x303ul            /* EL0's counters and timers */

uint64_t el0_run(uint64_t pc, uint64_t x0, uint64_t spsr);

static uint64_t tried, executed, undefined, trapped, others, leaks;

static void open_el0(bool on)
{
    uint64_t sctlr = READ_SYSREG(sctlr_el1);
    WRITE_SYSREG(sctlr_el1, on ? sctlr | SCTLR_OPEN : sctlr & ~SCTLR_OPEN);
    WRITE_SYSREG(cntkctl_el1, on ? CNTKCTL_OPEN : 0);
    if (on) {
        tried = executed = undefined = trapped = others = leaks = 0;
    }
}

/* One instruction and an SVC. Returns ESR_EL1 of what ended it. */
static uint64_t el0(uint64_t spsr, uint32_t instruction, uint64_t *x0)
{
    uint32_t *p = program(2);
    p[0] = instruction;
    p[1] = spsr == SPSR_A64 ? SVC_A64 : spsr == SPSR_A32 ? SVC_A32 : SVC_T32;
    program_written(2);
    *x0 = el0_run((uint64_t)p, *x0, spsr);
    tried++;
    return READ_SYSREG(esr_el1);
}

static bool is_svc(uint64_t esr) { return (esr | IL) == ESR_SVC_A64 || (esr | IL) == ESR_SVC_A32; }

/* What a scan may meet: executed, Undefined, or a trap of the kernel's own: EC 0x18 of AArch64, 3 to 8 and 0xc of AArch32. */
static bool counted(uint64_t esr, uint32_t instruction)
{
    uint32_t ec = EC(esr);
    if (is_svc(esr)) {
        executed++;
        return true;
    }
    if ((esr | IL) == ESR_UNDEFINED) {
        undefined++;
    } else if (ec == 0x18 || (ec >= 3 && ec <= 8) || ec == 0xc) {
        trapped++;
    } else if (!others++) {
        say("first other exception: ");
        say_hex(esr);
        say(" of ");
        say_hex(instruction);
        say(", ");
    }
    return false;
}

static void leak(uint32_t instruction)
{
    if (!leaks++) {
        say("first that should not be: ");
        say_hex(instruction);
        say(", ");
    }
}

static void told(void)
{
    count_of(tried, "tried");
    count_of(executed, "executed");
    count_of(undefined, "undefined");
    count_of(trapped, "trapped to EL1");
    count_of(others, "other exceptions");
    require(!others, "an exception that is not its kernel's");
    require(!leaks, "a register that is not EL0's");
}

static void wanted(const char *what, uint64_t spsr, uint32_t instruction, uint64_t x0, uint64_t esr)
{
    uint64_t got = el0(spsr, instruction, &x0);
    if ((got | IL) != (esr | IL)) {
        say(what);
        say(": ESR ");
        say_hex(got);
        say(", ");
    }
    require((got | IL) == (esr | IL), what);
}

/* C4.1.66 */
#define ENCODING(op0, op1, crn, crm, op2) ((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define OP1(e) ((e) >> 16 & 7)
#define CRN(e) ((e) >> 12 & 15)
#define CRM(e) ((e) >> 8 & 15)
#define MSR_X0 0xd5000000u
#define MRS_X0 0xd5200000u
#define DAIF ENCODING(3, 3, 4, 2, 1)

/* Registers of EL1 and above, and performance monitors (D13.4), which a VM has not */
static bool forbidden(uint32_t e)
{
    return OP1(e) != 3 || (e >= ENCODING(3, 0, 0, 0, 0) && ((CRN(e) == 9 && CRM(e) >= 12) || (CRN(e) == 14 && CRM(e) >= 8)));
}

void attack_el0(void)
{
    static uint8_t line[256] __attribute__((aligned(256)));
    open_el0(true);
    for (uint32_t e = ENCODING(1, 0, 0, 0, 0); e < ENCODING(4, 0, 0, 0, 0); e += ENCODING(0, 0, 0, 0, 1)) {
        bool system = e < ENCODING(2, 0, 0, 0, 0);
        uint64_t old = (uint64_t)line, x0 = system ? (uint64_t)line : random64();
        bool reads = counted(el0(SPSR_A64, MRS_X0 | e, &old), MRS_X0 | e);
        if (reads && forbidden(e)) {
            leak(MRS_X0 | e);
        }
        if (e == DAIF) {
            continue;                       /* the scan's own interrupts would come */
        }
        bool writes = counted(el0(SPSR_A64, MSR_X0 | e, &x0), MSR_X0 | e);
        if (writes && forbidden(e)) {
            leak(MSR_X0 | e);
        }
        if (reads && writes && !system) {
            el0(SPSR_A64, MSR_X0 | e, &old);
        }
    }
    gic_calm();
    gic_hold_sgi();                         /* no wait lasts */
    wanted("SVC", SPSR_A64, SVC_A64 | 7 << 5, 0, ESR_SVC_A64 | 7);
    wanted("HVC #0", SPSR_A64, 0xd4000002, 0x84000008, ESR_UNDEFINED);
    wanted("HVC #1", SPSR_A64, 0xd4000022, 1, ESR_UNDEFINED);
    wanted("SMC", SPSR_A64, 0xd4000003, 0x84000008, ESR_UNDEFINED);
    wanted("ERET", SPSR_A64, 0xd69f03e0, 0, ESR_UNDEFINED);
    wanted("HLT", SPSR_A64, 0xd4400000, 0, ESR_UNDEFINED);
    wanted("BRK", SPSR_A64, 0xd4200000, 0, 0xf2000000);
    wanted("WFI", SPSR_A64, 0xd503207f, 0, ESR_SVC_A64);
    wanted("WFE", SPSR_A64, 0xd503205f, 0, ESR_SVC_A64);
    wanted("load of the hypervisor's memory", SPSR_A64, 0xf9400000, HYPERVISOR, 0x92000010);
    wanted("store to a GIC's register in a size that it has not", SPSR_A64, 0x39000000, GICD + ISENABLER, 0x92000050);
    wanted("branch into the hypervisor's memory", SPSR_A64, 0xd61f0000, HYPERVISOR, 0x82000010);
    open_el0(false);
    told();
}

/* F5.1: MCR, MRC with r0; MCRR, MRRC with r0 and r1 */
#define MCR(cp, opc1, crn, crm, opc2) (0xee000010u | (opc1) << 21 | (crn) << 16 | (cp) << 8 | (opc2) << 5 | (crm))
#define MRC 0x00100000u
#define MCRR(cp, opc1, crm) (0xec410000u | (cp) << 8 | (opc1) << 4 | (crm))

static uint32_t halves(uint32_t w) { return w >> 16 | w << 16; }

/* D13.3, G8.4: performance monitors (CP15 c9 c12 to c14, c14 c8 and up) */
static bool forbidden_a32(uint32_t i)
{
    uint32_t crn = i >> 16 & 15, crm = i & 15;
    return (i >> 8 & 15) == 15 && (i >> 24) == 0xee && ((crn == 9 && crm >= 12) || (crn == 14 && crm >= 8));
}

static void both_states(uint32_t i, bool thumb)
{
    uint64_t x0 = random64();
    if (counted(el0(SPSR_A32, i, &x0), i) && forbidden_a32(i)) {
        leak(i);
    }
    if (thumb) {
        x0 = random64();
        counted(el0(SPSR_T32, halves(i), &x0), i);
    }
}

void attack_aarch32(void)
{
    static uint32_t word;
    open_el0(true);
    for (uint32_t n = 0; n < 2 * 8 * 16 * 16 * 8; n++) {        /* cp, opc1, CRn, CRm, opc2 */
        uint32_t i = MCR(14 + (n >> 14), n >> 11 & 7, n >> 7 & 15, n >> 3 & 15, n & 7);
        both_states(i | MRC, n % 8 == 0);
        both_states(i, n % 8 == 1);
    }
    for (uint32_t n = 0; n < 2 * 16 * 16; n++) {                /* cp, opc1, CRm */
        both_states(MCRR(14 + (n >> 8), n >> 4 & 15, n & 15) | MRC, true);
        both_states(MCRR(14 + (n >> 8), n >> 4 & 15, n & 15), true);
    }
    for (uint32_t n = 0; n < 4096; n++) {                       /* coprocessors that there are not, or are SIMD */
        uint64_t r = random64();
        both_states(MCR(r % 14, r >> 8 & 7, r >> 16 & 15, r >> 24 & 15, r >> 32 & 7) | (r >> 40 & 1 ? MRC : 0), true);
    }
    gic_calm();
    gic_hold_sgi();
    wanted("SVC", SPSR_A32, SVC_A32 | 7, 0, ESR_SVC_A32 | 7);
    wanted("HVC", SPSR_A32, 0xe1400070, 0x84000008, ESR_UNDEFINED);
    wanted("HVC in T32", SPSR_T32, halves(0xf7e08000), 0x84000008, ESR_UNDEFINED);
    wanted("SMC", SPSR_A32, 0xe1600070, 0x84000008, ESR_UNDEFINED);
    wanted("ERET", SPSR_A32, 0xe160006e, 0, ESR_UNDEFINED);
    wanted("BKPT", SPSR_A32, 0xe1200070, 0, 0xe2000000);
    wanted("CPSID, which User mode ignores", SPSR_A32, 0xf10c01c0, 0, ESR_SVC_A32);
    wanted("MSR CPSR_c, the same", SPSR_A32, 0xe321f0d3, 0, ESR_SVC_A32);
    wanted("WFI", SPSR_A32, 0xe320f003, 0, ESR_SVC_A32);
    wanted("WFE", SPSR_A32, 0xe320f002, 0, ESR_SVC_A32);
    counted(el0(SPSR_A32, 0xed905e00, &(uint64_t){ (uint64_t)&word }), 0xed905e00);       /* LDC p14, c5: DBGDTRTXint; STC: DBGDTRRXint */
    counted(el0(SPSR_A32, 0xed805e00, &(uint64_t){ (uint64_t)&word }), 0xed805e00);
    wanted("load of the hypervisor's memory", SPSR_A32, 0xe5900000, HYPERVISOR, 0x92000010);
    wanted("store to the neighbour's device in T32", SPSR_T32, 0x6000, PULSE, 0x92000050);
    wanted("load of two registers from the GIC", SPSR_A32, 0xe8900003, GICD, 0x92000010);
    wanted("branch into the hypervisor's memory", SPSR_A32, 0xe12fff10, HYPERVISOR, 0x82000010);
    uint64_t x0 = GICD + 4, esr = el0(SPSR_T32, 0x6800, &x0);   /* LDR r0, [r0] of 16 bits: emulated, and on behind it */
    require(is_svc(esr) && (uint32_t)x0 == get32(GICD + 4), "a 16-bit load of GICD_TYPER");
    open_el0(false);
    told();
}
