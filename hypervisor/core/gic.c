/* SPDX-License-Identifier: GPL-2.0-or-later
 * The physical GICv3: distributor once, redistributor and CPU interface a core
 *
 * All interrupts are group 1 with one priority; the VMs' own priorities act in the list registers. A VM's enable bits are
 * kept in the physical distributor itself.
 */
#include "hyp.h"

/* GICv3 12.9, 12.11 */
enum {
    GICD_CTLR = 0x0, GICD_IGROUPR = 0x80, GICD_ICENABLER = 0x180, GICD_IPRIORITYR = 0x400, GICD_IROUTER = 0x6000,
    GICR_WAKER = 0x14, GICR_SGI = 0x10000, GICR_IGROUPR0 = GICR_SGI + 0x80, GICR_ISENABLER0 = GICR_SGI + 0x100,
    GICR_ICENABLER0 = GICR_SGI + 0x180, GICR_IPRIORITYR = GICR_SGI + 0x400,
};

#define PRIORITY_ALL 0xa0a0a0a0u
#define PPI_MAINTENANCE 25u

void gic_init_distributor(void)
{
    mmio_write32(GICD_BASE + GICD_CTLR, 1u << 4);                   /* ARE, before anything that depends on it */
    for (uint32_t intid = 32; intid < HYP_INTIDS; intid++) {
        uint8_t vm = hyp_irq_vm[intid];
        if (vm == HYP_NO_VM) {
            continue;
        }
        uint64_t group = GICD_BASE + GICD_IGROUPR + intid / 32 * 4;
        mmio_write32(group, mmio_read32(group) | 1u << intid % 32);
        mmio_write32(GICD_BASE + GICD_IPRIORITYR + (intid & ~3u), PRIORITY_ALL);
        mmio_write64(GICD_BASE + GICD_IROUTER + intid * 8ul, hyp_vms[vm].core);
    }
    mmio_write32(GICD_BASE + GICD_CTLR, 1u << 4 | 3u);              /* both groups' enables, whatever security state */
}

void gic_init_core(struct core *c)
{
    mmio_write32(c->gicr + GICR_WAKER, 0);
    while (mmio_read32(c->gicr + GICR_WAKER) & 4) {
    }
    mmio_write32(c->gicr + GICR_IGROUPR0, ~0u);
    mmio_write32(c->gicr + GICR_ICENABLER0, ~0u);
    for (unsigned i = 0; i < 32; i += 4) {
        mmio_write32(c->gicr + GICR_IPRIORITYR + i, PRIORITY_ALL);
    }
    mmio_write32(c->gicr + GICR_ISENABLER0, 1u << PPI_MAINTENANCE);

    WRITE_SYSREG(ICC_SRE_EL2, 0xf);         /* system registers, also for EL1 (GICv3 12.2.30) */
    ISB();
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_CTLR_EL1, 2);          /* EOImode: EOIR drops priority, the guest's EOI deactivates (4.8) */
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    c->list_registers = (READ_SYSREG(ICH_VTR_EL2) & 0x1f) + 1;
    WRITE_SYSREG(ICH_LR0_EL2, 0);
    WRITE_SYSREG(ICH_VMCR_EL2, 0);
    WRITE_SYSREG(ICH_HCR_EL2, 1);           /* En */
    for (unsigned i = 0; i < HYP_INTIDS; i++) {
        c->priority[i] = 0xa0;
    }
    c->gicr_waker = 6;
    ISB();
}

void gic_disable_vm(struct core *c)
{
    for (uint32_t word = 1; word < (HYP_INTIDS + 31) / 32; word++) {
        if (vgic_owned(c, word)) {
            mmio_write32(GICD_BASE + GICD_ICENABLER + word * 4, vgic_owned(c, word));
        }
    }
    mmio_write32(c->gicr + GICR_ICENABLER0, ~0u);
    WRITE_SYSREG(ICH_HCR_EL2, 0);
}
