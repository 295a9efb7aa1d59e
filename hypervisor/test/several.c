/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual GIC of a VM with two vCPUs: what one of them disables or clears is in the list registers of the other one's core
 *
 * CPU 1 does what it is told: it opens its interrupts for a while, holds one that it has acknowledged, or turns itself off. CPU 0 counts what came.
 */
#include "check.h"

#define VIRTUAL 40
#define NONE 1023
#define IROUTER 0x6000
#define RWP (1u << 31)
#define CPU_ON 0xc4000003
#define CPU_OFF 0x84000002
#define AFFINITY_INFO 0xc4000004
#define OFF 1
#define SPINS 100000u
#define ROUND 2000

enum order { WAIT, OPEN, HOLD, END };
extern char several_entry[];
static volatile enum order order;       /* CPU 0 writes it, CPU 1 makes it WAIT again */
static volatile uint32_t taken, last, active;   /* by CPU 1: how many interrupts, which, GICD_ISACTIVER of it before its end */
static volatile bool held, release;

static void set(uint32_t group, uint32_t intid) { *reg(GICD + group + intid / 32 * 4) = 1u << intid % 32; }
static void spin(unsigned n)
{
    for (volatile unsigned i = 0; i < n; i++) {
    }
}

static void take(bool hold)
{
    for (unsigned quiet = 0; quiet < ROUND; quiet++) {
        uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
        if (intid == NONE) {
            continue;
        }
        quiet = 0;
        taken++;
        last = intid;
        held = hold;
        for (unsigned i = 0; hold && !release && i < SPINS; i++) {
        }
        active = *reg(GICD + ISACTIVER + intid / 32 * 4) >> intid % 32 & 1;
        hold = held = false;
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    }
}

void several_main(void);
void several_main(void)
{
    *reg(GICR + 0x20000 + 0x14) = 0;    /* GICR_WAKER of its own */
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    for (;;) {
        enum order now = order;
        if (now == END) {
            call_hvc(CPU_OFF, 0, 0, 0);
        } else if (now != WAIT) {
            take(now == HOLD);
            order = WAIT;
        }
    }
}

/* CPU 1 has done it. */
static void tell(enum order what)
{
    taken = 0;
    order = what;
    for (unsigned i = 0; order != WAIT && what != HOLD && i < SPINS; i++) {
    }
    for (unsigned i = 0; what == HOLD && !held && i < SPINS; i++) {
    }
}

static void finish(void)
{
    release = true;
    for (unsigned i = 0; order != WAIT && i < SPINS; i++) {
    }
    release = false;
}

static void disable(uint32_t intid)
{
    set(ICENABLER, intid);
    unsigned i = 0;
    for (; *reg(GICD) & RWP && i < SPINS; i++) {
    }
    expect("GICD_CTLR.RWP", i < SPINS, 1);
}

/* It is on its way to CPU 1, which does not look. */
static void pend(uint32_t intid)
{
    set(ISENABLER, intid);
    set(ISPENDR, intid);
    spin(ROUND);
}

static void one(uint32_t intid)
{
    *(volatile uint64_t *)(GICD + IROUTER + intid * 8) = 1;
    *reg8(GICD + IPRIORITYR + intid) = 0x80;
    pend(intid);
    disable(intid);
    tell(OPEN);
    expect("how many came when disabled", taken, 0);
    set(ISENABLER, intid);
    tell(OPEN);
    expect("how many came when enabled again", taken, 1);
    expect("which came", last, intid);

    pend(intid);
    set(ICPENDR, intid);
    spin(ROUND);
    tell(OPEN);
    expect("how many came when cleared", taken, 0);
    pend(intid);
    tell(OPEN);
    expect("how many came after that", taken, 1);
    expect("active in its handler", active, 1);

    pend(intid);
    tell(HOLD);
    set(ICACTIVER, intid);
    spin(ROUND);
    finish();
    expect("how many came before ICACTIVER", taken, 1);
    expect("active after ICACTIVER", active, 0);
    pend(intid);
    tell(OPEN);
    expect("how many came after ICACTIVER", taken, 1);
}

/* Two are on their way, one is disabled: the other one comes. */
static void two(uint32_t a, uint32_t b)
{
    pend(a);
    pend(b);
    disable(a);
    tell(OPEN);
    expect("how many of two came", taken, 1);
    expect("which of two came", last, b);
    set(ISENABLER, a);
    tell(OPEN);
    expect("how many came at last", taken, 1);
}

void check_several(void)
{
    uint32_t config = gic_spi / 16 * 4, edge = 2u << gic_spi % 16 * 2;
    expect("CPU_ON", call_hvc(CPU_ON, 1, (uint64_t)several_entry, 0), 0);
    *reg(GICD + ICFGR + config) |= edge | edge << 2;        /* a level that nobody holds would be gone when it is withdrawn */
    *(volatile uint64_t *)(GICD + IROUTER + (gic_spi + 1) * 8) = 1;
    one(gic_spi);
    one(VIRTUAL);
    two(gic_spi, gic_spi + 1);
    two(VIRTUAL, gic_spi);

    pend(gic_spi);                      /* CPU 1 goes, and with it what it was asked */
    set(ICENABLER, gic_spi);
    order = END;
    for (unsigned i = 0; call_hvc(AFFINITY_INFO, 1, 0, 0) != OFF && i < SPINS; i++) {
    }
    expect("CPU 1", call_hvc(AFFINITY_INFO, 1, 0, 0), OFF);
    disable(gic_spi + 1);
    set(ISENABLER, gic_spi + 1);
    pend(gic_spi + 1);                  /* one that comes for it while it is off, and is disabled then */
    disable(gic_spi + 1);
    order = WAIT;
    expect("CPU_ON once more", call_hvc(CPU_ON, 1, (uint64_t)several_entry, 0), 0);
    tell(OPEN);
    expect("how many came to it, turned on again", taken, 0);
    set(ISENABLER, gic_spi);
    tell(OPEN);
    expect("how many came then", taken, 1);
    set(ISENABLER, gic_spi + 1);
    tell(OPEN);
    expect("the other one", taken, 1);
    expect("which it is", last, gic_spi + 1);
}
