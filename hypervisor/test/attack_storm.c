/* SPDX-License-Identifier: GPL-2.0-or-later
 * Interrupt storms, and every register of the virtual GIC
 */
#include "attack.h"

#define TIMER_STORM 100000
#define SGI_STORM 20000
#define WORDS 32                        /* of 32 interrupts: all that an architecture of 1020 could have */
#define GICD_SIZE 0x10000u
#define GICR_SIZE 0x20000u

static volatile uint64_t timers, sgis, spis, foreign;
static volatile bool storm;             /* the handler makes the timer's interrupt, or the SGI, pending once more */

void gic_irq(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid >= 1020) {
        return;
    }
    if (intid == TIMER) {
        if (++timers < TIMER_STORM && storm) {
            WRITE_SYSREG(cntv_cval_el0, READ_SYSREG(cntvct_el0) - timers % 3);      /* past already */
        } else {
            WRITE_SYSREG(cntv_ctl_el0, 0);
        }
    } else if (intid < 16) {
        if (++sgis < SGI_STORM && storm) {
            WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)intid << 24 | 1);
        }
    } else if (intid == attack_uart_intid || intid == DMAQ_INTID) {
        spis++;
    } else if (intid == PHYSICAL_TIMER) {
        WRITE_SYSREG(cntp_ctl_el0, 0);
    } else if (intid / 32 != VIRTUAL_WORD) {
        foreign++;
    }
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
}

void attack_timer(void)
{
    timers = 0;
    storm = true;
    WRITE_SYSREG(cntv_cval_el0, 0);
    IRQ_ON();
    WRITE_SYSREG(cntv_ctl_el0, 1);
    for (uint64_t start = READ_SYSREG(cntvct_el0); timers < TIMER_STORM && READ_SYSREG(cntvct_el0) - start < 62500000;) {
    }
    IRQ_OFF();
    storm = false;
    uint64_t switched = 0;              /* on and off, masked: pending comes and goes in the list registers */
    for (; switched < 5000; switched++) {
        WRITE_SYSREG(cntv_tval_el0, switched % 2 ? 0 : 0xffffffff);
        WRITE_SYSREG(cntv_ctl_el0, 1);
        put32(GICR_SGI + (switched & 4 ? ISENABLER : ICENABLER), 1u << TIMER);
        WRITE_SYSREG(cntv_ctl_el0, 0);
    }
    count_of(TIMER_STORM, "tried");
    count_of(timers, "taken");
    count_of(switched, "times switched on and off");
    require(timers == TIMER_STORM, "timer interrupts are missing");
}

static void pend_all(void)
{
    for (unsigned word = 0; word < WORDS; word++) {
        uint64_t base = word ? GICD : GICR_SGI;
        put32(base + ISENABLER + word * 4, ~0u);
        put32(base + ISPENDR + word * 4, ~0u);
    }
}

static unsigned bits_of_others(unsigned group)
{
    unsigned bits = 0;
    for (unsigned word = 1; word < WORDS; word++) {
        uint32_t mine = word == VIRTUAL_WORD ? ~0u : word == attack_uart_intid / 32 ? 1u << attack_uart_intid % 32 | 1u << DMAQ_INTID % 32 : 0;
        bits += !!(get32(GICD + group + word * 4) & ~mine);
    }
    return bits;
}

void attack_interrupts(void)
{
    uint64_t rounds = 0, seen = 0;
    sgis = spis = foreign = 0;
    storm = true;
    for (unsigned i = 0; i < 16; i++) {
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 1);
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 1ul << 40);         /* to all but this CPU */
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 0xffff);            /* to the neighbours of its cluster */
        WRITE_SYSREG(ICC_SGI0R_EL1, (uint64_t)i << 24 | 0xffff);
        WRITE_SYSREG(ICC_ASGI1R_EL1, (uint64_t)i << 24 | 0xffff);
    }
    IRQ_ON();
    while (sgis < SGI_STORM && rounds++ < 1000000) {
    }
    storm = false;
    IRQ_OFF();
    rounds = 0;
    for (; rounds < 300; rounds++) {
        for (unsigned i = 0; i < 1020; i += 4) {
            put32((i < 32 ? GICR_SGI : GICD) + IPRIORITYR + i, random64());
        }
        for (unsigned word = 1; word < WORDS; word++) {
            put32(GICD + ICFGR + word * 8, random64());
            put32(GICD + ICFGR + word * 8 + 4, random64());
            put32(GICD + 0x6000 + 256 * word, random64());                  /* GICD_IROUTER */
        }
        for (unsigned word = 0; word < WORDS; word++) {
            put32((word ? GICD : GICR_SGI) + ICACTIVER + word * 4, ~0u);
        }
        pend_all();
        seen += bits_of_others(ISENABLER) + bits_of_others(ISPENDR) + bits_of_others(ISACTIVER);
        IRQ_ON();
        pend_all();
        IRQ_OFF();
        for (unsigned word = 0; word < WORDS; word++) {
            uint64_t base = word ? GICD : GICR_SGI;
            put32(base + (random64() & 0x180) + 0x200 + word * 4, random64());     /* pending, active: set or cleared */
            put32(base + (random64() & 0x80) + 0x100 + word * 4, random64());
        }
    }
    count_of(rounds, "rounds tried");
    count_of(sgis, "SGIs");
    count_of(spis, "own SPIs");
    count_of(foreign, "interrupts of others taken");
    count_of(seen, "words of others seen");
    require(sgis >= SGI_STORM, "SGIs are missing");
    require(spis >= rounds, "own SPIs are missing");
    require(!foreign, "another's interrupt came");
    require(!seen, "another's interrupt is seen");
}

/* Which sizes a register has (GICv3 12.1.3): 4 everywhere, also 1 for priorities, also 8 for GICD_IROUTER and GICR_TYPER. Other
 * sizes are an attack that may end the VM: attack_memory.c. */
static bool has_size(uint64_t at, unsigned size)
{
    bool priorities = at - (GICD + IPRIORITYR) < 1020 || at - (GICR_SGI + IPRIORITYR) < 32;
    bool wide = at - (GICD + 0x6100) < 0x1ee0 || at == GICR + 8;
    return size == 4 || (size == 1 && priorities) || (size == 8 && wide);
}

static uint64_t tried;

static void scan(uint64_t from, uint32_t length, unsigned size)
{
    for (uint64_t at = from; at < from + length; at += size) {
        if (!has_size(at, size)) {
            continue;
        }
        uint64_t r = random64();
        if (size == 1) {
            (void)get8(at);
            put8(at, r);
        } else if (size == 4) {
            (void)get32(at);
            put32(at, r);
        } else {
            (void)get64(at);
            put64(at, r);
        }
        tried += 2;
    }
}

void attack_vgic(void)
{
    tried = foreign = 0;
    for (unsigned pass = 0; pass < 4; pass++) {
        if (pass & 1) {
            IRQ_ON();                   /* with all that comes of it */
        }
        for (unsigned size = 1; size <= 8; size *= 2) {
            scan(GICD, GICD_SIZE, size);
            scan(GICR, GICR_SIZE, size);
        }
        IRQ_OFF();
        gic_calm();
    }
    count_of(tried, "tried");
    count_of(foreign, "interrupts of others taken");
    require(!foreign, "another's interrupt came");
}
