/* SPDX-License-Identifier: GPL-2.0-or-later
 * The probes there are, and what each records; probe.c instruments the code
 */
#ifndef INGOT_PROBE_TABLE_H
#define INGOT_PROBE_TABLE_H

#include "module.h"

/* Why an instruction is instrumented. */
enum {
    SITE_PC = 1,            /* a pc probe has its address */
    SITE_VECTOR = 2,        /* at EL1, at an IRQ entry of a vector table, if one is there */
    SITE_EOI = 4,           /* msr ICC_EOIR1_EL1 at EL1 */
    SITE_LR_WRITE = 8,      /* msr ICH_LR<n>_EL2 */
    SITE_LR_AFTER = 16,     /* first of a block at EL2: the msr before it, which ended its block, has been executed */
    SITE_EVERY = 32,        /* at an exception level all of whose instructions are wanted */
};

struct probe_site {
    uint32_t why, list_register;
};

/* An instrumented instruction that a core is about to execute. */
struct probe_hit {
    int core, el;
    uint64_t pc, vbar_el1;
    uint16_t vmid;              /* VTTBR_EL2.VMID: whose stage 2 is in place; 0: nobody's */
    const struct probe_site *site;
    const void *gic;            /* GICv3CPUState of the core */
    uint64_t insn;
    seam_ps time_ps;
};

bool probe_table_empty(void);
bool probe_table_wants(int el, uint64_t pc, uint32_t opcode, bool first, struct probe_site *site);
bool probe_table_concerns(const struct probe_hit *h);
bool probe_table_hold(const struct probe_hit *h);   /* a watch wants the board held before it */
void probe_table_record(const struct probe_hit *h);
const char *probe_table_add(const struct words *w);
const char *probe_table_remove(const struct words *w);

#endif
