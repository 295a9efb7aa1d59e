/* SPDX-License-Identifier: GPL-2.0-or-later
 * direct: two vCPUs that have their cores' CPU interfaces and performance monitors themselves, and what they could do with them; a letter each
 */
#include "guest.h"

#define UART 0x0b002000ul
#define NONE 1023u
#define SIGNAL 41u
#define TIMER 27u
#define EOIMODE 2u
#define ROUNDS 100u
#define PMUVER(dfr0) ((dfr0) >> 8 & 15)

int64_t call_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t call_own(uint64_t call);
uint64_t direct_rounds(uint64_t rounds);        /* cycles of 2 instructions a round, and 2 */
uint64_t direct_instructions(uint64_t rounds);  /* the same of event counter 0 */
extern char _start[];

static volatile uint32_t last[2], taken[2];     /* a vCPU's last INTID, and how many */
static volatile int order;                      /* for vCPU 1 */
static volatile bool up, fault_expected, pmu_left;
static volatile uint64_t faults;
static bool failed;

static void text(const char *s)
{
    while (*s) {
        *reg8(UART) = *s++;
    }
}

static void number(uint64_t v)
{
    char digits[21], *p = digits + 20;
    *p = 0;
    do {
        *--p = '0' + v % 10;
    } while (v /= 10);
    text(p);
}

static void expect(const char *what, uint64_t got, uint64_t wanted)
{
    if (got != wanted) {
        text("direct: WRONG: ");
        text(what);
        text(" is ");
        number(got);
        text(", not ");
        number(wanted);
        text("\n");
        failed = true;
    }
}

void direct_unexpected(void)
{
    text("direct: UNEXPECTED exception\n");
    for (;;) {
        WFI();
    }
}

void direct_sync(void)
{
    if (!fault_expected) {
        direct_unexpected();
    }
    faults++;
    WRITE_SYSREG(elr_el1, READ_SYSREG(elr_el1) + 4);
}

/* A store of the form that has a syndrome: the compiler's may step its address. */
static void put8(uint64_t at, uint32_t v) { __asm__ volatile("strb %w0, [%1]" :: "r"(v), "r"(at) : "memory"); }

static unsigned self(void) { return READ_SYSREG(mpidr_el1) & 1; }
static void sgi(uint64_t intid, uint64_t targets) { WRITE_SYSREG(ICC_SGI1R_EL1, intid << 24 | targets); }

static uint32_t take(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid != NONE) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
        if (READ_SYSREG(ICC_CTLR_EL1) & EOIMODE) {
            WRITE_SYSREG(ICC_DIR_EL1, intid);
        }
    }
    return intid;
}

void direct_irq(void)
{
    uint32_t intid = take();
    last[self()] = intid;
    taken[self()]++;
    if (intid == 1) {
        sgi(2, 1);                              /* there and back */
    }
}

/* Waits for an interrupt with IRQs masked: nothing else may come. */
static uint32_t wait_for_one(void)
{
    uint32_t intid = NONE;
    for (unsigned i = 0; i < 10000 && intid == NONE; i++) {
        intid = take();
    }
    return intid;
}

static void gic_init(void)
{
    uint64_t redistributor = GICR + self() * 0x20000;
    *reg(GICD) = 0x12;                          /* ARE, group 1 */
    *reg(redistributor + 0x14) = 0;
    while (*reg(redistributor + 0x14) & 4) {
    }
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    for (unsigned i = 0; i < 32; i++) {
        put8(redistributor + 0x10000 + IPRIORITYR + i, 0x80);
    }
    *reg(redistributor + 0x10000 + ISENABLER) = 0xffff | 1u << TIMER;
}

/* A vCPU that begins finds its performance monitors off and at 0, whatever it has left there. */
static void find_monitors(void)
{
    if (PMUVER(READ_SYSREG(id_aa64dfr0_el1))) {
        pmu_left = (READ_SYSREG(pmcr_el0) & 1) | READ_SYSREG(pmccntr_el0) | READ_SYSREG(pmevcntr0_el0) | READ_SYSREG(pmevtyper0_el0) | READ_SYSREG(pmcntenset_el0) |
                   READ_SYSREG(pmintenset_el1) | READ_SYSREG(pmovsset_el0) | READ_SYSREG(pmuserenr_el0) | READ_SYSREG(pmccfiltr_el0) | READ_SYSREG(pmselr_el0);
    }
}

static void leave_monitors(void)
{
    if (PMUVER(READ_SYSREG(id_aa64dfr0_el1))) {
        WRITE_SYSREG(pmccfiltr_el0, 1ul << 27);
        WRITE_SYSREG(pmevtyper0_el0, 8 | 1ul << 27);
        WRITE_SYSREG(pmcntenset_el0, 1ul << 31 | 1);
        WRITE_SYSREG(pmintenset_el1, 1ul << 31 | 1);
        WRITE_SYSREG(pmuserenr_el0, 15);
        WRITE_SYSREG(pmcr_el0, 1);
        WRITE_SYSREG(pmevcntr0_el0, 0xfffffffb);
        WRITE_SYSREG(pmselr_el0, 3);
    }
}

/* vCPU 1: what it is told. It masks all that it can, and listens to nobody any more. */
static void second(void)
{
    find_monitors();
    gic_init();
    IRQ_ON();
    up = true;
    while (!order) {
        WFI();
    }
    int what = order;
    IRQ_OFF();
    if (what == 'x') {
        leave_monitors();
        up = false;
        sgi(3, 2);
        (void)READ_SYSREG(ICC_IAR1_EL1);        /* it is off with one active and another pending */
        sgi(4, 2);
        call_hvc(0x84000002, 0, 0, 0);
        direct_unexpected();
    }
    __asm__ volatile("msr daifset, #0xf" ::: "memory");
    WRITE_SYSREG(ICC_CTLR_EL1, EOIMODE);
    WRITE_SYSREG(ICC_BPR1_EL1, 7);
    if (what == 'a' || what == 'd') {
        WRITE_SYSREG(ICC_AP1R0_EL1, ~0u);       /* active at every priority, also the hypervisor's */
    } else {
        sgi(3, 2);
        (void)READ_SYSREG(ICC_IAR1_EL1);        /* one is active for ever */
    }
    WRITE_SYSREG(ICC_PMR_EL1, 0);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 0);
    up = false;
    for (;;) {
        if (what == 'd') {
            sgi(7, 1);                          /* an exit */
        }
    }
}

static bool turn_on(void)
{
    order = 0;
    if (call_hvc(0xc4000004, 1, 0, 0) < 0) {
        return true;                            /* AFFINITY_INFO: it has one vCPU only */
    }
    expect("CPU_ON", call_hvc(0xc4000003, 1, (uint64_t)_start, 1), 0);
    for (unsigned i = 0; i < 100000 && !up; i++) {
        __asm__ volatile("yield");
    }
    expect("vCPU 1 is up", up, true);
    return up;
}

static void tell(int what)
{
    order = what;
    sgi(5, 2);
    while (up) {
        __asm__ volatile("yield");
    }
}

/* SGIs of all numbers to itself, there and back to the other vCPU, and to CPUs that there are not. */
static void sgis(void)
{
    IRQ_OFF();
    for (uint32_t i = 0; i < 16; i++) {
        sgi(i, 1);
        expect("its SGI", wait_for_one(), i);
    }
    sgi(7, 0xfffc);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 16 | 7ul << 24 | 0xffff);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 32 | 7ul << 24 | 0xffff);
    expect("SGI to others", READ_SYSREG(ICC_IAR1_EL1), NONE);
    unsigned before = taken[1];
    for (unsigned n = 0; n < ROUNDS; n++) {
        sgi(1, 2);
        expect("the answer", wait_for_one(), 2);
    }
    expect("what vCPU 1 has taken", taken[1] - before, ROUNDS);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 40 | 1 << 24);
    expect("the answer to all but itself", wait_for_one(), 2);
    IRQ_ON();
}

/* Group 0 is there and has nothing behind it; the hypervisor's interrupts are neither seen nor changed. */
static void groups(void)
{
    IRQ_OFF();
    WRITE_SYSREG(ICC_IGRPEN0_EL1, 0);
    WRITE_SYSREG(ICC_BPR0_EL1, 7);
    WRITE_SYSREG(ICC_AP0R0_EL1, ~0u);
    WRITE_SYSREG(ICC_SGI0R_EL1, 0xfffful);
    WRITE_SYSREG(ICC_SGI0R_EL1, 1ul << 40 | 15ul << 24);
    WRITE_SYSREG(ICC_ASGI1R_EL1, 15ul << 24 | 0xffff);
    expect("ICC_IAR0_EL1", READ_SYSREG(ICC_IAR0_EL1), NONE);
    expect("ICC_HPPIR0_EL1", READ_SYSREG(ICC_HPPIR0_EL1), NONE);
    for (uint32_t i = 0; i < 32; i++) {
        WRITE_SYSREG(ICC_EOIR0_EL1, i);
        WRITE_SYSREG(ICC_DIR_EL1, i);
    }
    WRITE_SYSREG(ICC_AP0R0_EL1, 0);
    *reg(GICR_SGI + 0x80) = 0;
    expect("IGROUPR0", *reg(GICR_SGI + 0x80), 0xffffffff);
    *reg(GICR_SGI + ISENABLER) = ~0u;
    expect("ISENABLER0", *reg(GICR_SGI + ISENABLER) & 0x07000000, 0);   /* maintenance, alarm: its own are 23, 27, 30 */
    *reg(GICR_SGI + ISPENDR) = 0x07000000;
    *reg(GICR_SGI + ICPENDR) = 0x07000000;
    *reg(GICR_SGI + ISACTIVER) = 0x07000000;
    expect("ISACTIVER0", *reg(GICR_SGI + ISACTIVER), 0);
    *reg(GICR_SGI + IPRIORITYR + 24) = 0xf8f8f8f8;
    *reg(GICR_SGI + ICENABLER) = ~(0xffffu | 1u << TIMER);
    WRITE_SYSREG(ICC_PMR_EL1, 0);
    sgi(6, 1);
    expect("behind a mask", READ_SYSREG(ICC_IAR1_EL1), NONE);
    expect("ICC_PMR_EL1", READ_SYSREG(ICC_PMR_EL1), 0);
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    expect("ICC_PMR_EL1", READ_SYSREG(ICC_PMR_EL1), 0xf8);
    expect("it", READ_SYSREG(ICC_IAR1_EL1), 6);
    expect("ICC_RPR_EL1", READ_SYSREG(ICC_RPR_EL1), 0x80);
    WRITE_SYSREG(ICC_EOIR1_EL1, 6);
    expect("ICC_RPR_EL1", READ_SYSREG(ICC_RPR_EL1), 0xff);
    WRITE_SYSREG(ICC_CTLR_EL1, EOIMODE);
    sgi(6, 1);
    expect("with EOImode 1", READ_SYSREG(ICC_IAR1_EL1), 6);
    WRITE_SYSREG(ICC_EOIR1_EL1, 6);
    expect("still active", *reg(GICR_SGI + ISACTIVER), 1u << 6);
    WRITE_SYSREG(ICC_DIR_EL1, 6);
    expect("active", *reg(GICR_SGI + ISACTIVER), 0);
    WRITE_SYSREG(ICC_CTLR_EL1, 0);
    IRQ_ON();
}

/* Ends interrupts that are not its own, with EOImode 0 the CPU interface believes it: all that there are, and the neighbour's (its pulse is SPI 194) each other time. */
static void ends(void)
{
    IRQ_OFF();
    for (unsigned n = 0; n < 4 * 512; n++) {
        sgi(6, 1);
        (void)READ_SYSREG(ICC_IAR1_EL1);
        WRITE_SYSREG(ICC_EOIR1_EL1, n & 1 ? 194 + 32 : 32 + n / 2 % 256);
        *reg(GICR_SGI + ICACTIVER) = 1u << 6;
    }
    IRQ_ON();
}

/* Off with an interrupt active and another pending, on again: it is as after reset. */
static void again(void)
{
    for (unsigned n = 0; n < 3; n++) {
        tell('x');
        while (call_hvc(0xc4000004, 1, 0, 0) == 0) {
            __asm__ volatile("yield");
        }
        unsigned before = taken[1];
        IRQ_OFF();
        if (!turn_on()) {
            return;
        }
        expect("what vCPU 1 has taken", taken[1] - before, 0);
        expect("monitors that another life has left on", pmu_left, false);
        for (uint32_t i = 3; i < 5; i++) {
            sgi(i, 2);
        }
        sgi(1, 2);
        expect("the answer", wait_for_one(), 2);
        expect("what vCPU 1 has taken", taken[1] - before, 3);
        IRQ_ON();
    }
}

static void monitors(void)
{
    static const uint64_t loops[] = { 10, 1000, 100000 };
    if (!PMUVER(READ_SYSREG(id_aa64dfr0_el1))) {
        fault_expected = true;
        faults = 0;
        (void)READ_SYSREG(pmcr_el0);
        (void)READ_SYSREG(pmccntr_el0);
        WRITE_SYSREG(pmcntenset_el0, 1u << 31);
        WRITE_SYSREG(pmuserenr_el0, 1);
        fault_expected = false;
        expect("accesses that are undefined", faults, 4);
        text("direct: no performance monitors\n");
        return;
    }
    expect("PMCCNTR_EL0", READ_SYSREG(pmccntr_el0), 0);
    expect("PMCNTENSET_EL0", READ_SYSREG(pmcntenset_el0), 0);
    expect("PMUSERENR_EL0", READ_SYSREG(pmuserenr_el0), 0);
    WRITE_SYSREG(pmcntenset_el0, 1u << 31);
    WRITE_SYSREG(pmcr_el0, 1u << 6 | 1);
    for (unsigned i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        expect("cycles of a loop", direct_rounds(loops[i]), 2 * loops[i] + 2);
    }
    WRITE_SYSREG(pmevtyper0_el0, 8);            /* INST_RETIRED */
    WRITE_SYSREG(pmcntenset_el0, 1);
    for (unsigned i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        expect("instructions of a loop", direct_instructions(loops[i]), 2 * loops[i] + 2);
    }
    /* The counter overflows, and the interrupt is this VM's. */
    IRQ_OFF();
    *reg(GICR_SGI + ISENABLER) = 1u << 23;
    WRITE_SYSREG(pmintenset_el1, 1u << 31);
    WRITE_SYSREG(pmccntr_el0, -5000l);
    expect("at its overflow", wait_for_one(), 23);
    expect("PMOVSSET_EL0", READ_SYSREG(pmovsset_el0), 1ul << 31);
    WRITE_SYSREG(pmintenclr_el1, 1u << 31);
    WRITE_SYSREG(pmovsclr_el0, 1u << 31);
    (void)take();
    *reg(GICR_SGI + ICENABLER) = 1u << 23;
    IRQ_ON();
}

static void signals(int letter)
{
    if (letter == 'l') {
        *reg(GICD + ISENABLER + SIGNAL / 32 * 4) = 1u << SIGNAL % 32;
        put8(GICD + IPRIORITYR + SIGNAL, 0x80);
        while (last[0] != SIGNAL) {
            WFI();
        }
        last[0] = NONE;
        text("direct: signal\n");
        return;
    }
    IRQ_OFF();
    *reg(GICD + ICENABLER + SIGNAL / 32 * 4) = 1u << SIGNAL % 32;
    expect("raised", call_own(1 | 1 << 8), 0);
    expect("pending", *reg(GICD + ISPENDR + SIGNAL / 32 * 4), 1u << SIGNAL % 32);
    expect("lowered", call_own(2 | 1 << 8), 0);
    expect("pending", *reg(GICD + ISPENDR + SIGNAL / 32 * 4), 0);
    expect("raised", call_own(1), 0);           /* the neighbour's */
    IRQ_ON();
}

static void obey(int letter)
{
    failed = false;
    switch (letter) {
    case 's': sgis(); break;
    case 'g': groups(); break;
    case 'e': ends(); break;
    case 'x': again(); break;
    case 'm': monitors(); break;
    case 'l': case 'r': signals(letter); break;
    case 'q': case 'a': case 'd': tell(letter); break;
    case 'o': call_hvc(0x84000008, 0, 0, 0); break;
    default: return;
    }
    text(failed ? "direct: FAILED\n" : "direct: ok\n");
}

void direct_main(uint64_t vcpu)
{
    if (vcpu) {
        second();
    }
    gic_init();
    IRQ_ON();
    text(turn_on() ? "direct: ready\n" : "direct: FAILED\n");
    for (;;) {
        if (*reg8(UART + 5) & 1) {
            obey(*reg8(UART));
        }
    }
}
