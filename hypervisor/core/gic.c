/* SPDX-License-Identifier: GPL-2.0-or-later
 * The physical GICv3: distributor once, redistributor and CPU interface a core
 *
 * All interrupts are group 1 with one priority; the VMs' own priorities act in the list registers. A VM's enable bits are
 * kept in the physical distributor itself.
 */
#include "hyp.h"

/* GICv3 12.9, 12.11 */
enum {
    GICD_CTLR = 0x0, GICD_IGROUPR = 0x80, GICD_IROUTER = 0x6000,
    GICR_CTLR = 0x0, GICR_WAKER = 0x14, GICR_IGROUPR0 = 0x80,
};
#define CTLR_ARE (1u << 4)
#define CTLR_GROUPS 3u              /* with one security state; with two, bit 1 is group 1's and bit 0 its alias */
#define CTLR_RWP_D (1u << 31)
#define CTLR_RWP_R (1u << 3)
#define WAKER_CHILDREN_ASLEEP (1u << 2)
#define PRIORITY_ALL 0xa0a0a0a0u

void gic_wait(uint64_t ctlr)
{
    uint32_t rwp = ctlr == GICD_BASE ? CTLR_RWP_D : CTLR_RWP_R;
    while (mmio_read32(ctlr) & rwp) {
    }
}

static void route(uint32_t intid, uint32_t core)
{
    uint64_t group = GICD_BASE + GICD_IGROUPR + intid / 32 * 4;
    mmio_write32(group, mmio_read32(group) | 1u << intid % 32);
    mmio_write32(GICD_BASE + GIC_IPRIORITYR + (intid & ~3u), PRIORITY_ALL);
    mmio_write64(GICD_BASE + GICD_IROUTER + intid * 8ul, core);
}

/* Before any VM runs: ICFGR is shared. */
void gic_claim(uint32_t intid, uint32_t core, bool edge)
{
    uint64_t config = GICD_BASE + GIC_ICFGR + intid / 16 * 4;
    uint32_t bit = 2u << intid % 16 * 2;
    route(intid, core);
    mmio_write32(config, (mmio_read32(config) & ~bit) | (edge ? bit : 0));
    mmio_write32(GICD_BASE + GIC_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

void gic_init_distributor(void)
{
    mmio_write32(GICD_BASE + GICD_CTLR, CTLR_ARE);                  /* before anything that depends on it */
    gic_wait(GICD_BASE + GICD_CTLR);
    for (uint32_t intid = 32; intid < HYP_INTIDS; intid++) {
        uint8_t vm = hyp_irq_vm[intid];
        if (vm != HYP_NO_VM) {
            route(intid, hyp_vcpus[hyp_vms[vm].first_vcpu].core);
        }
    }
    mmio_write32(GICD_BASE + GICD_CTLR, CTLR_ARE | CTLR_GROUPS);
    gic_wait(GICD_BASE + GICD_CTLR);
}

void gic_init_core(struct core *c)
{
    uint64_t sgi = c->gicr + GICR_SGI;

    mmio_write32(c->gicr + GICR_WAKER, 0);
    while (mmio_read32(c->gicr + GICR_WAKER) & WAKER_CHILDREN_ASLEEP) {
    }
    mmio_write32(sgi + GIC_ICENABLER, ~0u);
    gic_wait(c->gicr + GICR_CTLR);
    mmio_write32(sgi + GICR_IGROUPR0, ~0u);
    for (unsigned i = 0; i < 32; i += 4) {
        mmio_write32(sgi + GIC_IPRIORITYR + i, PRIORITY_ALL);
    }
    mmio_write32(sgi + GIC_ISENABLER, 1u << PPI_MAINTENANCE | 1u << PPI_ALARM | 1u << SGI_KICK);

    WRITE_SYSREG(ICC_SRE_EL2, 0xf);         /* system registers, also for EL1 (GICv3 12.2.30) */
    ISB();
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_CTLR_EL1, 2);          /* EOImode: EOIR drops priority, the guest's EOI deactivates (4.8) */
    WRITE_SYSREG(ICH_VMCR_EL2, 0);
    WRITE_SYSREG(ICH_AP0R0_EL2, 0);
    WRITE_SYSREG(ICH_AP1R0_EL2, 0);
    WRITE_SYSREG(ICH_LR0_EL2, 0);
    WRITE_SYSREG(ICH_LR1_EL2, 0);
    WRITE_SYSREG(ICH_LR2_EL2, 0);
    WRITE_SYSREG(ICH_LR3_EL2, 0);
    WRITE_SYSREG(ICH_HCR_EL2, 0);           /* until the guest enables its distributor (lists.c) */
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    ISB();
}

void gic_disable_vm(const struct hyp_vm *vm)
{
    for (uint32_t words = vm->irq_words & ~1u; words; words &= words - 1) {
        uint32_t word = __builtin_ctz(words);
        mmio_write32(GICD_BASE + GIC_ICENABLER + word * 4, vm->irq_mask[word]);
    }
    gic_wait(GICD_BASE + GICD_CTLR);
}

/* GICv3 12.2.20 ICC_SGI1R_EL1: INTID 27:24, one target of affinity 0.0.0.n */
void gic_kick(const struct core *c)
{
    DSB();                                      /* what it is to see is there */
    WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)SGI_KICK << 24 | 1ul << c->id);
    ISB();
}
