/* SPDX-License-Identifier: GPL-2.0-or-later
 * GICv3 from the guest's side: system registers, its redistributor, its SPIs
 */
#include "rt.h"

enum { GICD_CTLR = 0, GICD_ISENABLER = 0x100, GICD_IPRIORITYR = 0x400, GICR_WAKER = 0x14 };

static volatile uint32_t *reg(uint64_t at) { return (volatile uint32_t *)at; }

void gic_init(void)
{
    *reg(GICD_BASE + GICD_CTLR) = 0x12;             /* ARE, group 1 */
    *reg(GICR_BASE + GICR_WAKER) = 0;
    while (*reg(GICR_BASE + GICR_WAKER) & 4) {
    }
    __asm__ volatile("msr ICC_SRE_EL1, %0\n isb" :: "r"(7ul));
    __asm__ volatile("msr ICC_PMR_EL1, %0" :: "r"(0xfful));
    __asm__ volatile("msr ICC_IGRPEN1_EL1, %0\n isb" :: "r"(1ul));
}

void gic_enable(unsigned intid)
{
    *(volatile uint8_t *)(GICD_BASE + GICD_IPRIORITYR + intid) = 0x80;
    *reg(GICD_BASE + GICD_ISENABLER + intid / 32 * 4) = 1u << intid % 32;
}

uint32_t gic_acknowledge(void)
{
    uint64_t v;
    __asm__ volatile("mrs %0, ICC_IAR1_EL1" : "=r"(v) :: "memory");
    return v & 0xffffff;
}

void gic_end(uint32_t intid) { __asm__ volatile("msr ICC_EOIR1_EL1, %0" :: "r"((uint64_t)intid) : "memory"); }
