/* SPDX-License-Identifier: GPL-2.0-or-later
 * SMMUv3: forge's stream table is put in force, and what it blocks is told (Arm IHI 0070)
 *
 * The tables never change, so nothing is ever invalidated but what was cached before. All DMA is blocked until smmu_init ends.
 */
#include "hyp.h"
#include "smmuv3_regs.h"

enum { COMMAND_LOG2 = 4, EVENT_LOG2 = 7 };
enum { CFGI_ALL = 0x04, TLBI_NSNH_ALL = 0x30, SYNC = 0x46 };
#define EVENT_MASK ((2u << EVENT_LOG2) - 1)         /* index, and the bit that turns over each time round (3.5) */
#define PATIENCE 100000u
#define REPORTS 64u                                 /* then it is silent: a device must not keep a core busy */

static uint64_t commands[1 << COMMAND_LOG2][2] __attribute__((aligned(4096)));
static uint64_t events[1 << EVENT_LOG2][4] __attribute__((aligned(4096)));
static uint32_t reported;

static uint32_t get(uint64_t reg) { return mmio_read32(hyp_smmu.base + reg); }
static void set(uint64_t reg, uint32_t value) { mmio_write32(hyp_smmu.base + reg, value); }

static bool becomes(uint64_t reg, uint32_t value)
{
    for (uint32_t i = 0; i < PATIENCE; i++) {
        if (get(reg) == value) {
            return true;
        }
    }
    console_print("ingot: smmu: register 0x%lx is 0x%x and does not become 0x%x: DMA stays blocked\n", reg, get(reg), value);
    return false;
}

static bool enable(uint32_t bits)
{
    set(SMMUV3_CR0, bits);
    return becomes(SMMUV3_CR0ACK, bits);
}

/* Nothing of an earlier use may be left in its caches (4.3, 4.4). */
static bool forget_all(void)
{
    commands[0][0] = CFGI_ALL;
    commands[0][1] = 31;
    commands[1][0] = TLBI_NSNH_ALL;
    commands[2][0] = SYNC;
    DSB();
    set(SMMUV3_CMDQ_PROD, 3);
    return becomes(SMMUV3_CMDQ_CONS, 3);
}

void smmu_init(void)
{
    if (!hyp_smmu.base) {
        return;
    }
    set(SMMUV3_GBPA, SMMUV3_GBPA_UPDATE | SMMUV3_GBPA_ABORT);
    if (!enable(0)) {
        return;
    }
    mmio_write64(hyp_smmu.base + SMMUV3_STRTAB_BASE, hyp_smmu.stream_table);
    set(SMMUV3_STRTAB_BASE_CFG, hyp_smmu.stream_table_cfg);
    mmio_write64(hyp_smmu.base + SMMUV3_CMDQ_BASE, (uint64_t)commands | COMMAND_LOG2);
    set(SMMUV3_CMDQ_PROD, 0);
    set(SMMUV3_CMDQ_CONS, 0);
    mmio_write64(hyp_smmu.base + SMMUV3_EVENTQ_BASE, (uint64_t)events | EVENT_LOG2);
    set(SMMUV3_EVENTQ_PROD, 0);
    set(SMMUV3_EVENTQ_CONS, 0);
    set(SMMUV3_CR2, SMMUV3_CR2_RECINVSID);
    if (enable(SMMUV3_CR0_CMDQEN) && forget_all() && enable(SMMUV3_CR0_CMDQEN | SMMUV3_CR0_EVENTQEN)) {
        gic_claim(hyp_smmu.intid, hyp_smmu.core, true);
        gic_claim(hyp_smmu.intid + 1, hyp_smmu.core, true);
        set(SMMUV3_IRQ_CTRL, SMMUV3_IRQ_CTRL_EVENTQ_IRQEN | SMMUV3_IRQ_CTRL_GERROR_IRQEN);
        enable(SMMUV3_CR0_CMDQEN | SMMUV3_CR0_EVENTQEN | SMMUV3_CR0_SMMUEN);
    }
}

/* 7.3 */
static const char *words(uint32_t event)
{
    switch (event) {
    case 0x02: return "the stream has no owner";
    case 0x04: return "the stream's table entry is not valid";
    case 0x10: return "not memory of the owner";
    case 0x11: return "beyond the address size";
    case 0x13: return "permission";
    default: return "the tables cannot be read";
    }
}

static void report(const uint64_t e[4])
{
    uint32_t event = e[0] & 0xff, stream = e[0] >> 32;
    const struct hyp_stream *s = 0;

    for (uint32_t i = 0; i < hyp_smmu.stream_count; i++) {
        s = hyp_streams[i].stream == stream ? &hyp_streams[i] : s;
    }
    console_take();
    if (s) {
        console_print("ingot: smmu: %s of vm %s: ", s->device, hyp_vms[s->vm].name);
    } else {
        console_print("ingot: smmu: stream %u: ", stream);
    }
    if (event >= 0x10) {
        console_print("DMA %s 0x%lx blocked: %s\n", e[1] >> 35 & 1 ? "read of" : "write to", e[2], words(event));
    } else {
        console_print("DMA blocked: %s\n", words(event));
    }
    if (++reported == REPORTS) {
        set(SMMUV3_IRQ_CTRL, SMMUV3_IRQ_CTRL_GERROR_IRQEN);
        console_print("ingot: smmu: that was report %u, and the last: more is blocked in silence\n", REPORTS);
    }
    console_give();
}

/* The interrupt comes when the queue is not empty any more: so it is left when it is. */
static void take_events(void)
{
    uint32_t prod, cons = get(SMMUV3_EVENTQ_CONS);
    while ((((prod = get(SMMUV3_EVENTQ_PROD)) ^ cons) & EVENT_MASK) && reported < REPORTS) {
        report(events[cons & EVENT_MASK >> 1]);
        cons = ((cons + 1) & EVENT_MASK) | (prod & SMMUV3_EVENTQ_PROD_OVFLG);       /* what was lost is acknowledged too */
        set(SMMUV3_EVENTQ_CONS, cons);
    }
}

void smmu_interrupt(uint32_t intid)
{
    if (intid == hyp_smmu.intid) {
        take_events();
    } else {
        uint32_t error = get(SMMUV3_GERROR);
        console_print("ingot: smmu: global error 0x%x\n", error);
        set(SMMUV3_GERRORN, error);
    }
}
