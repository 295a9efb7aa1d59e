/* SPDX-License-Identifier: GPL-2.0-or-later
 * bench: takes each path into the hypervisor ROUNDS times; ./ingot bench hypervisor counts from outside
 *
 * Every fiftieth round is the worst case, where a path has one.
 */
#include "bench.h"
#include "check.h"
#include "pulse_regs.h"

#define ROUNDS 200u
#define UART 0x0b001000ul
#define PULSE 0x0b020000ul
#define PULSE_INTID (184u + 32)
#define SPI_FIRST (177u + 32)       /* seven UARTs' and the pulse's: INTIDs 209 to 216, all in one word of 32 */
#define SPIS 8u
#define SPI_WORD (SPI_FIRST / 32 * 4)
#define SPI_BITS (0xffu << SPI_FIRST % 32)
#define PULSE_BIT (1u << PULSE_INTID % 32)
#define TIMER 27u
#define SGIS 16u
#define INTIDS 288u

#define DELAY_NS 200u
#define TICKS 20u                   /* of 16 ns */
#define SPINS 1000u

/* HVC #1: operation in bits 7:0 of x0, capability selector in bits 63:8; all ones: refused. Selector 0 stands for a
 * virtual interrupt of the caller's own. */
#define CALL_NULL 0ul
#define CALL_RAISE 1ul
#define CALL_SERVER (7ul | 1 << 8)      /* the capabilities of bench.xml behind the signal */
#define CALL_UP_PAD (5ul | 2 << 8)
#define CALL_DOWN_PAD (6ul | 2 << 8)
#define CALL_NONE ~0ul
#define REFUSED ~0ul

static volatile unsigned taken;

static void text(const char *s)
{
    while (*s) {
        *reg8(UART) = *s++;
    }
}

void check_unexpected(void)
{
    text("bench: UNEXPECTED exception\n");
    for (;;) {
        WFI();
    }
}

void check_irq(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid >= 1020) {
        return;
    }
    if (intid == PULSE_INTID) {
        *reg(PULSE + PULSE_STATUS) = PULSE_STATUS_PENDING;
    } else if (intid == TIMER) {
        WRITE_SYSREG(cntv_ctl_el0, 0);
    }
    taken++;
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
}

/* All that is pending comes, and its lists are empty again. */
static void drain(void)
{
    IRQ_ON();
    for (volatile unsigned i = 0; i < 300; i++) {
    }
    IRQ_OFF();
}

/* Four a word: `first` and `count` are rounded to whole words. Each is by `step` more urgent than the one before. */
static void priorities(uint32_t first, uint32_t count, uint8_t p, uint8_t step)
{
    for (uint32_t i = first & ~3u; i < first + count; i += 4) {
        uint32_t word = 0;
        for (unsigned k = 0; k < 4; k++, p -= step) {
            word |= (uint32_t)p << 8 * k;
        }
        *reg((i < 32 ? GICR_SGI : GICD) + IPRIORITYR + i) = word;
    }
}

static void sgis(uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 1);
    }
}

static void init(void)
{
    *reg(GICD) = 0x12;              /* ARE, group 1 */
    *reg(GICR + 0x14) = 0;
    while (*reg(GICR + 0x14) & 4) {
    }
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    priorities(0, INTIDS, 0x80, 0);
    *reg(GICR_SGI + ISENABLER) = ~0u;
    for (uint32_t word = 1; word < INTIDS / 32; word++) {
        *reg(GICD + ISENABLER + word * 4) = ~0u;
    }
    *reg(PULSE + PULSE_DELAY) = DELAY_NS;
    drain();
}

static bool is_worst(unsigned round) { return round % 50 == 49; }
static unsigned one_to_three(unsigned round) { return round / 50 % 3 + 1; }

/* The list registers hold interrupts of little urgency, all others (SGIs and some SPIs of the VM) wait, and those that wait
 * have become more urgent since: the next look at the lists finds the most to do. */
static void fill(uint32_t spis)
{
    priorities(SPI_FIRST, SPIS, 0xf0, 0);
    priorities(0, SGIS, 0xf8, 0);
    *reg(GICD + ISPENDR + SPI_WORD) = spis;
    sgis(0, SGIS);
    priorities(0, SGIS, 0x80, 8);
    priorities(SPI_FIRST, SPIS, 0x80, 0);
}

static void empty(void)
{
    priorities(0, SGIS, 0x80, 0);
    priorities(SPI_FIRST, SPIS, 0x80, 0);
    drain();
}

/* In the worst case only the last list register is free. */
static void irq_spi(unsigned round)
{
    if (is_worst(round)) {
        sgis(0, one_to_three(round));
    } else {
        IRQ_ON();
    }
    path_irq_spi(PULSE + PULSE_CTRL, PULSE_CTRL_START, SPINS);
    drain();
}

static void irq_overflow(unsigned round)
{
    if (is_worst(round)) {
        fill(SPI_BITS & ~PULSE_BIT);
    } else {
        sgis(0, 4);
    }
    path_irq_overflow(PULSE + PULSE_CTRL, PULSE_CTRL_START, SPINS);
    empty();
}

static void irq_timer(unsigned round)
{
    if (is_worst(round)) {
        sgis(0, one_to_three(round));
    } else {
        IRQ_ON();
    }
    WRITE_SYSREG(cntv_tval_el0, 1u << 30);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    path_irq_timer(TICKS, SPINS);
    drain();
}

static void wfi(unsigned round)
{
    (void)round;
    WRITE_SYSREG(cntv_tval_el0, 100 * TICKS);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    path_wfi();
    drain();
}

static void enable(void (*path)(uint64_t, uint32_t), uint64_t at, uint32_t bits, unsigned round)
{
    if (is_worst(round)) {
        fill(SPI_BITS);
        path(at, bits);
        empty();
    } else {
        path(at, bits);
    }
}

static void spi_enable(unsigned round) { enable(path_spi_enable, GICD + ISENABLER + SPI_WORD, SPI_BITS, round); }
static void ppi_enable(unsigned round) { enable(path_ppi_enable, GICR_SGI + ISENABLER, ~0u, round); }

static void sgi(unsigned round)
{
    if (is_worst(round)) {
        fill(SPI_BITS);
        path_sgi(1);
        empty();
    } else {
        path_sgi(1);
        drain();
    }
}

static void look(uint64_t (*path)(uint64_t), uint64_t at, unsigned round)
{
    if (is_worst(round)) {
        fill(SPI_BITS);
        path(at);
        empty();
    } else {
        path(at);
    }
}

static void ctlr_read(unsigned round) { look(path_ctlr_read, GICD, round); }
static void portal(unsigned round) { look(path_portal, 0x09010000, round); }     /* PL031: DR, of the monitor's */
static void typer_read(unsigned round) { look(path_typer_read, GICR + 8, round); }
static void enabled_read(unsigned round) { look(path_enabled_read, GICD + ISENABLER + SPI_WORD, round); }
static void pending_read(unsigned round) { look(path_pending_read, GICD + ISPENDR + SPI_WORD, round); }
static void raz(unsigned round) { (void)round, path_raz(); }
static void id(unsigned round) { (void)round, path_id(); }
static void hvc_null(unsigned round) { (void)round, path_hvc_null(CALL_NULL); }
static void hvc_failing(unsigned round) { (void)round, path_hvc_failing(CALL_NONE); }

static void ipc(unsigned round) { path_ipc(CALL_SERVER, round); }

static void semaphore(unsigned round)
{
    (void)round;
    path_up(CALL_UP_PAD);
    path_down(CALL_DOWN_PAD, 0);
}

static void virq_masked(unsigned round)
{
    if (is_worst(round)) {
        sgis(1, 3);
    }
    path_virq_masked(CALL_RAISE);
    drain();
}

static void virq_vector(unsigned round)
{
    (void)round;
    IRQ_ON();
    path_virq_vector(CALL_RAISE);
    drain();
}

static bool has_null(void) { return path_hvc_null(CALL_NULL) == 0; }

static bool has_raise(void)
{
    unsigned before = taken;
    bool done = path_virq_masked(CALL_RAISE) != REFUSED;
    drain();
    return done && taken == before + 1;
}

/* What `has` finds missing is not measured. Its rows' names are those of platform/bench/budget.c. */
static const struct {
    const char *row;
    void (*run)(unsigned round);
    bool (*has)(void);
    const char *missing;
} paths[] = {
    { "irq.spi", irq_spi, 0, 0 },
    { "irq.timer", irq_timer, 0, 0 },
    { "irq.overflow", irq_overflow, 0, 0 },
    { "wfi", wfi, 0, 0 },
    { "hvc.null", hvc_null, has_null, "HVC #1 with operation 0 does not answer 0" },
    { "hvc.failing", hvc_failing, 0, 0 },
    { "virq.masked", virq_masked, has_raise, "HVC #1 with operation 1 and selector 0 raises no interrupt" },
    { "virq.vector", virq_vector, has_raise, "HVC #1 with operation 1 and selector 0 raises no interrupt" },
    { "vgic.ctlr-read", ctlr_read, 0, 0 },
    { "vgic.typer-read", typer_read, 0, 0 },
    { "portal.call", portal, 0, 0 },
    { "ipc.call", ipc, 0, 0 },
    { "semaphore.up", semaphore, 0, 0 },
    { "vgic.enabled-read", enabled_read, 0, 0 },
    { "vgic.pending-read", pending_read, 0, 0 },
    { "vgic.spi-enable", spi_enable, 0, 0 },
    { "vgic.ppi-enable", ppi_enable, 0, 0 },
    { "sysreg.sgi", sgi, 0, 0 },
    { "sysreg.raz", raz, 0, 0 },
    { "sysreg.id", id, 0, 0 },
};

void check_main(void)
{
    init();
    text("bench: ready\n");
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (paths[i].has && !paths[i].has()) {
            text("bench: missing: ");
            text(paths[i].row);
            text(": ");
            text(paths[i].missing);
            text("\n");
            continue;
        }
        for (unsigned round = 0; round < ROUNDS; round++) {
            paths[i].run(round);
        }
    }
    text("bench: done\n");
    for (;;) {
        WFI();
    }
}
