/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtual GICv3 and virtual timer, from the guest's side
 */
#include "check.h"

#define TIMER 27
#define NONE 1023

uint32_t gic_spi;

static uint32_t taken[64];          /* INTIDs in the order of their acknowledge */
static unsigned count;
static bool nest;                   /* the handler lets others in before it ends */
static void (*inside)(uint32_t intid);

static uint64_t base_of(uint32_t intid) { return intid < 32 ? GICR_SGI : GICD; }
static void set(uint32_t group, uint32_t intid) { *reg(base_of(intid) + group + intid / 32 * 4) = 1u << intid % 32; }
static bool get(uint32_t group, uint32_t intid) { return *reg(base_of(intid) + group + intid / 32 * 4) >> intid % 32 & 1; }
static void priority(uint32_t intid, uint8_t p) { *reg8(base_of(intid) + IPRIORITYR + intid) = p; }
static void sgi(uint32_t intid) { WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)intid << 24 | 1); }

void check_irq(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid == NONE) {
        return;
    }
    if (count < sizeof taken / sizeof taken[0]) {
        taken[count++] = intid;
    }
    if (inside) {
        inside(intid);
    }
    if (nest) {
        IRQ_ON();
        IRQ_OFF();
    }
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
}

/* Lets come what is pending, and forgets what came before. */
static void take(void)
{
    count = 0;
    IRQ_ON();
    for (volatile int i = 0; i < 200; i++) {
    }
    IRQ_OFF();
}

void gic_init(void)
{
    *reg(GICD) = 0x12;                  /* ARE, group 1 */
    *reg(GICR + 0x14) = 0;
    while (*reg(GICR + 0x14) & 4) {
    }
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        priority(gic_spi + i, 0x80);
        set(ISENABLER, gic_spi + i);
    }
    for (uint32_t i = 0; i < 16; i++) {
        priority(i, 0x80);
        set(ISENABLER, i);
    }
}

/* Eight SPIs and four SGIs, the least urgent first: they come in the reverse order, each once. */
void check_list_order(void)
{
    uint32_t order[12];
    for (uint32_t i = 0; i < 12; i++) {
        order[i] = i < GIC_SPIS ? gic_spi + i : i - GIC_SPIS;
        priority(order[i], 0xf0 - 8 * i);
    }
    for (uint32_t i = 0; i < 12; i++) {
        if (i < GIC_SPIS) {
            set(ISPENDR, order[i]);
        } else {
            sgi(order[i]);
        }
    }
    take();
    expect("how many came", count, 12);
    for (uint32_t i = 0; i < 12; i++) {
        expect("which came", taken[i], order[11 - i]);
        priority(order[i], 0x80);
    }
    take();
    expect("how many came again", count, 0);
}

void check_sgis(void)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < 16; i++) {
        sgi(i);
        sgi(i);                             /* pending is pending */
    }
    take();
    for (unsigned i = 0; i < count; i++) {
        seen |= 1u << taken[i];
    }
    expect("how many came", count, 16);
    expect("which came", seen, 0xffff);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 40 | 3 << 24 | 1);       /* to all but this CPU */
    WRITE_SYSREG(ICC_SGI1R_EL1, 3 << 24 | 2);                   /* to CPU 1, which there is not */
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 16 | 3 << 24 | 1);       /* to CPUs 0 of other clusters */
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 32 | 3 << 24 | 1);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 48 | 3 << 24 | 1);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 44 | 3 << 24 | 1);       /* to CPU 16 */
    take();
    expect("how many came for others", count, 0);
}

static void pend_next(uint32_t intid)
{
    if (intid < gic_spi + 5) {
        set(ISPENDR, intid + 1);            /* each one more urgent than the one before */
    }
}

/* Six deep: the fifth and sixth wait for a list register, and none is lost. */
void check_nesting(void)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < 6; i++) {
        priority(gic_spi + i, 0xf0 - 16 * i);
    }
    nest = true;
    inside = pend_next;
    set(ISPENDR, gic_spi);
    take();
    nest = false;
    inside = 0;
    for (unsigned i = 0; i < count; i++) {
        seen |= 1u << (taken[i] - gic_spi);
    }
    expect("how many came", count, 6);
    expect("which came", seen, 0x3f);
    for (uint32_t i = 0; i < 6; i++) {
        expect("still active", get(ISACTIVER, gic_spi + i), 0);
        priority(gic_spi + i, 0x80);
    }
}

static void pend_three(uint32_t intid)
{
    if (intid == gic_spi) {
        set(ISPENDR, gic_spi + 1);
    } else if (intid == gic_spi + 1) {
        for (uint32_t i = 2; i < 5; i++) {
            set(ISPENDR, gic_spi + i);
        }
    } else if (intid == gic_spi + 4) {
        expect("the handler below still runs", get(ISACTIVER, gic_spi + 1), 1);
    }
}

/* Two nested handlers, and three more urgent ones in the inner: the third finds no list register at first, and comes
 * before the inner handler goes on. */
void check_waiting(void)
{
    static const uint8_t priorities[] = { 0xf0, 0xe0, 0xb0, 0xc0, 0xd0 };
    for (uint32_t i = 0; i < 5; i++) {
        priority(gic_spi + i, priorities[i]);
    }
    nest = true;
    inside = pend_three;
    set(ISPENDR, gic_spi);
    take();
    nest = false;
    inside = 0;
    expect("how many came", count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        expect("which came", taken[i], gic_spi + i);
        priority(gic_spi + i, 0x80);
    }
}

/* Four that the priority mask keeps out are in the list registers; the fifth, which it lets in, comes all the same. */
void check_preempting(void)
{
    WRITE_SYSREG(ICC_PMR_EL1, 0x40);
    for (uint32_t i = 0; i < 5; i++) {
        set(ISPENDR, gic_spi + i);
    }
    priority(gic_spi + 5, 0x20);
    set(ISPENDR, gic_spi + 5);
    take();
    expect("how many came", count, 1);
    expect("which came", taken[0], gic_spi + 5);
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    take();
    expect("how many came then", count, 5);
    priority(gic_spi + 5, 0x80);
}

/* In a list register, or waiting for one: disabled, it does not come; enabled again, it does. Levels that are no longer
 * there do not; edges do. */
void check_withdrawing(void)
{
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        uint32_t at = gic_spi + i, shift = at % 16 * 2;
        *reg(GICD + ICFGR + at / 16 * 4) = *reg(GICD + ICFGR + at / 16 * 4) | 2u << shift;      /* edge */
        set(ISPENDR, at);
    }
    sgi(5);
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        set(ICENABLER, gic_spi + i);
    }
    set(ICENABLER, 5);
    take();
    expect("how many came when disabled", count, 0);
    expect("SGI pending", get(ISPENDR, 5), 1);
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        expect("SPI pending", get(ISPENDR, gic_spi + i), 1);
        expect("SPI active", get(ISACTIVER, gic_spi + i), 0);
        expect("SPI enabled", get(ISENABLER, gic_spi + i), 0);
    }
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        set(ISENABLER, gic_spi + i);
    }
    set(ISENABLER, 5);
    take();
    expect("how many came when enabled again", count, GIC_SPIS + 1);
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        uint32_t at = gic_spi + i, shift = at % 16 * 2;
        *reg(GICD + ICFGR + at / 16 * 4) = *reg(GICD + ICFGR + at / 16 * 4) & ~(2u << shift);   /* level again */
    }
}

void check_clearing(void)
{
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        set(ISPENDR, gic_spi + i);
    }
    sgi(6);
    for (uint32_t i = 0; i < GIC_SPIS; i++) {
        set(ICPENDR, gic_spi + i);
        expect("pending", get(ISPENDR, gic_spi + i), 0);
    }
    set(ICPENDR, 6);
    take();
    expect("how many came", count, 0);
    set(ISPENDR, gic_spi + 3);                      /* it can come again; twice pending is pending */
    set(ISPENDR, gic_spi + 3);
    set(ISPENDR, 6);
    take();
    expect("how many came then", count, 2);
}

static void deactivate_inside(uint32_t intid)
{
    set(ICACTIVER, intid);
    expect("active after ICACTIVER", get(ISACTIVER, intid), 0);
}

static void look_inside(uint32_t intid)
{
    expect("active in its handler", get(ISACTIVER, intid), 1);
    expect("pending in its handler", get(ISPENDR, intid), 0);
    if (count == 1) {
        set(ISPENDR, intid);
        expect("pending again in its handler", get(ISPENDR, intid), 1);
    }
}

void check_states(void)
{
    static const uint32_t of[] = { 0, 7 };          /* an SPI, an SGI */
    for (unsigned i = 0; i < 2; i++) {
        uint32_t intid = i ? of[i] : gic_spi;
        set(ISPENDR, intid);
        expect("pending", get(ISPENDR, intid), 1);
        expect("active before it is taken", get(ISACTIVER, intid), 0);
        inside = look_inside;
        take();
        inside = 0;
        expect("how many came", count, 2);
        expect("active after its end", get(ISACTIVER, intid), 0);
        expect("pending after its end", get(ISPENDR, intid), 0);
    }
    set(ISACTIVER, gic_spi + 1);                    /* an active one does not come until it is made inactive */
    set(ISPENDR, gic_spi + 1);
    take();
    expect("how many came while active", count, 0);
    set(ICACTIVER, gic_spi + 1);
    take();
    expect("how many came when not", count, 1);
    inside = deactivate_inside;                     /* the same in its handler */
    set(ISPENDR, gic_spi + 1);
    take();
    inside = 0;
    set(ISPENDR, gic_spi + 1);
    take();
    expect("how many came after that", count, 1);
}

void check_foreign(void)
{
    uint32_t foreign = gic_spi - 1, before = *reg(GICD + ISENABLER + foreign / 32 * 4);
    set(ISENABLER, foreign);
    expect("another's enable bit", *reg(GICD + ISENABLER + foreign / 32 * 4), before);
    set(ISPENDR, foreign);
    expect("another's pending bit", get(ISPENDR, foreign), 0);
    priority(foreign, 0x50);
    expect("another's priority", *reg8(GICD + IPRIORITYR + foreign), 0);
    *reg(GICR_SGI + ISENABLER) = 1u << 25 | 1u << 26;
    expect("enabled PPIs", *reg(GICR_SGI + ISENABLER) >> 16, 0);
    expect("GICD_TYPER", *reg(GICD + 4) & 0x1f, 8);
    expect("GICD_PIDR2", *reg(GICD + 0xffe8) & 0xf0, 0x30);
    expect("GICR_TYPER", *(volatile uint64_t *)(GICR + 8), 1u << 4);
}

void check_group(void)
{
    *reg(GICD) = 0x10;
    set(ISPENDR, gic_spi + 2);
    take();
    expect("how many came while off", count, 0);
    expect("GICD_CTLR", *reg(GICD), 0x50);
    *reg(GICD) = 0x12;
    take();
    expect("how many came then", count, 1);
    expect("interrupt when none is pending", READ_SYSREG(ICC_IAR1_EL1), NONE);
}

static void stop_timer(uint32_t intid)
{
    if (intid == TIMER && count == 3) {
        WRITE_SYSREG(cntv_ctl_el0, 0);
    } else if (intid == TIMER) {
        WRITE_SYSREG(cntv_tval_el0, 1000);          /* 16 us at 62.5 MHz */
    }
}

void check_timer(void)
{
    uint64_t start = READ_SYSREG(cntvct_el0);
    set(ISENABLER, TIMER);
    priority(TIMER, 0x80);
    inside = stop_timer;
    count = 0;
    WRITE_SYSREG(cntv_tval_el0, 1000);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    IRQ_ON();
    while (count < 3) {
        WFI();
    }
    IRQ_OFF();
    inside = 0;
    expect("at least three times its delay", READ_SYSREG(cntvct_el0) - start >= 3000, 1);
    expect("no more than ten per cent late", READ_SYSREG(cntvct_el0) - start <= 3300, 1);
    take();
    expect("how many came when it was off", count, 0);
    set(ICENABLER, TIMER);
}
