/* SPDX-License-Identifier: GPL-2.0-or-later
 * Loops that only wait: decided from a few A64 instructions (Arm ARM C4.1); what is not in the table is no wait
 */
#include "spin_loop.h"

#include <stddef.h>

enum {
    RD = 1,         /* writes Rd or Rt, bits 4:0 */
    RN = 2,         /* reads Rn, bits 9:5 */
    RM = 4,         /* reads Rm, bits 20:16 */
    RT = 8,         /* reads Rt, bits 4:0 */
    SETS = 16,      /* writes the flags */
    FLAGS = 32,     /* reads them */
    LOAD = 64,
};

static const struct {
    uint32_t mask, bits;
    unsigned what;
} table[] = {
    { 0xfffff01f, 0xd503201f, 0 },                  /* NOP and other hints; WFE, WFI and YIELD pass the turn by themselves */
    { 0xfffff01f, 0xd503301f, 0 },                  /* DSB, DMB, ISB, CLREX */
    { 0x3fc00000, 0x39400000, RD | RN | LOAD },     /* LDR, LDRB, LDRH (unsigned offset) */
    { 0x3fe00c00, 0x38400000, RD | RN | LOAD },     /* LDUR, LDURB, LDURH */
    { 0x3fe00c00, 0x38600800, RD | RN | RM | LOAD },    /* LDR (register) */
    { 0x3ffffc00, 0x08dffc00, RD | RN | LOAD },     /* LDAR */
    { 0x3fff7c00, 0x085f7c00, RD | RN | LOAD },     /* LDXR, LDAXR */
    { 0x3ffffc00, 0x38bfc000, RD | RN | LOAD },     /* LDAPR */
    { 0x7f800000, 0x12000000, RD | RN },            /* AND (immediate) */
    { 0x7f800000, 0x72000000, RD | RN | SETS },     /* ANDS (immediate), TST */
    { 0x7f800000, 0x52000000, RD | RN },            /* EOR (immediate) */
    { 0x7f200000, 0x0a000000, RD | RN | RM },       /* AND */
    { 0x7f200000, 0x6a000000, RD | RN | RM | SETS },    /* ANDS, TST */
    { 0x7f200000, 0x2a000000, RD | RN | RM },       /* ORR, MOV */
    { 0x7f200000, 0x4a000000, RD | RN | RM },       /* EOR */
    { 0x7f800000, 0x11000000, RD | RN },            /* ADD (immediate) */
    { 0x7f800000, 0x71000000, RD | RN | SETS },     /* SUBS, CMP (immediate) */
    { 0x7f800000, 0x31000000, RD | RN | SETS },     /* ADDS, CMN (immediate) */
    { 0x7f200000, 0x6b000000, RD | RN | RM | SETS },    /* SUBS, CMP (shifted register) */
    { 0x7f800000, 0x53000000, RD | RN },            /* UBFM: LSR, LSL, UXTB, UBFX */
    { 0x1f800000, 0x12800000, RD },                 /* MOVN, MOVZ; MOVK reads Rd: below */
    { 0xff000010, 0x54000000, FLAGS },              /* B.cond */
    { 0x7e000000, 0x34000000, RT },                 /* CBZ, CBNZ */
    { 0x7e000000, 0x36000000, RT },                 /* TBZ, TBNZ */
    { 0xfc000000, 0x14000000, 0 },                  /* B */
};
#define MOVK_MASK 0x7f800000u
#define MOVK_BITS 0x72800000u

static int64_t sign_extend(uint32_t value, unsigned bits) { return (int64_t)((uint64_t)value << (64 - bits)) >> (64 - bits); }

/* Offset in instructions; 0: no branch, or one to itself. */
static int64_t branch_offset(uint32_t insn)
{
    if ((insn & 0xff000010) == 0x54000000 || (insn & 0x7e000000) == 0x34000000) {
        return sign_extend(insn >> 5 & 0x7ffff, 19);
    }
    if ((insn & 0x7e000000) == 0x36000000) {
        return sign_extend(insn >> 5 & 0x3fff, 14);
    }
    if ((insn & 0xfc000000) == 0x14000000) {
        return sign_extend(insn & 0x3ffffff, 26);
    }
    return 0;
}

unsigned spin_loop_length(uint32_t branch)
{
    int64_t offset = branch_offset(branch);
    return offset < 0 && offset > -SPIN_LOOP_MAX ? 1 - offset : 0;
}

static int find(uint32_t insn)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if ((insn & table[i].mask) == table[i].bits && (insn & MOVK_MASK) != MOVK_BITS) {
            return table[i].what;
        }
    }
    return -1;
}

static uint64_t reg(uint32_t insn, unsigned shift) { return UINT64_C(1) << (insn >> shift & 31); }

#define NZCV (UINT64_C(1) << 32)
#define R31 (UINT64_C(1) << 31)     /* zero or the stack pointer: writing it is writing nothing, or is never read here */

static uint64_t reads(uint32_t insn, unsigned what)
{
    return (what & RN ? reg(insn, 5) : 0) | (what & RM ? reg(insn, 16) : 0) | (what & RT ? reg(insn, 0) : 0) |
           (what & FLAGS ? NZCV : 0);
}

static uint64_t writes(uint32_t insn, unsigned what) { return (what & RD ? reg(insn, 0) & ~R31 : 0) | (what & SETS ? NZCV : 0); }

bool spin_loop_waits(const uint32_t *code, unsigned length)
{
    uint64_t written = 0, carried = 0;      /* carried: read before this pass has written it */
    bool loads = false;
    for (unsigned i = 0; i < length; i++) {
        int what = find(code[i]);
        int64_t offset = branch_offset(code[i]);
        if (what < 0 || (i + 1 < length && offset && offset + i < (int64_t)length)) {
            return false;       /* unknown, or a branch inside the loop */
        }
        carried |= reads(code[i], what) & ~written;
        written |= writes(code[i], what);
        loads |= what & LOAD;
    }
    return loads && !(carried & written);
}
