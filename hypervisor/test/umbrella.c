/* SPDX-License-Identifier: GPL-2.0-or-later
 * umbrella: a guest whose memory comes and goes with sets of page tables, and that is moved between cores; a letter each
 *
 *   0 to 9     the capability of that selector, a set:       "umbrella: call: RESULT"
 *   A to J     the same, a placement
 *   w r        fills memory at WINDOW with its own number; says what is there
 *   p          starts vCPU 1, which reads WINDOW when it is asked to
 *   s          with capabilities 1 and 2, sets with different pools at WINDOW, in turn: both vCPUs see the one in force
 *   f          vCPU 1 reads WINDOW for ever
 *   x          reads the clock that its monitor emulates 20000 times
 *   b e        takes interrupts of pulse0 and the virtual timer, each every PERIOD; ends that and counts them
 *   m M q      calls capabilities A and B, or A, B and C, or C and D, in turn
 */
#include "guest.h"
#include "pulse_regs.h"

#define WINDOW 0x50000000ul
#define WINDOW_SIZE 0x200000ul
#define PULSE 0x0b020000ul
#define PULSE_INTID (180 + 32)
#define TIMER_INTID 27
#define PERIOD_NS 100000u
#define PERIOD_TICKS (PERIOD_NS / 16)
#define CALL_SET 12
#define CALL_PLACE 13
#define MOVES 1000u
#define PSCI_CPU_ON 0xc4000003ul

enum { RBR = 0, THR = 0, LSR = 5, LSR_DR = 1 };

int64_t call_own(uint64_t call);
int64_t call_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

static volatile uint8_t *uart;

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

static void number(int64_t v)
{
    char digits[20];
    unsigned n = 0;
    if (v < 0) {
        text("-");
        v = -v;
    }
    do {
        digits[n++] = '0' + v % 10;
    } while (v /= 10);
    while (n) {
        uart[THR] = digits[--n];
    }
}

static void say(const char *what, int64_t v)
{
    text("umbrella: ");
    text(what);
    text(": ");
    number(v);
    text("\n");
}

void check_unexpected(void)
{
    say("UNEXPECTED exception, ESR_EL1", READ_SYSREG(esr_el1));
    for (;;) {
        WFI();
    }
}

static int64_t call(unsigned function, unsigned selector) { return call_own(function | selector << 8); }

/* vCPU 1: asked by an odd number, it answers by the next one. */
static volatile uint64_t asked, seen, reads;
static volatile bool for_ever;
static char second_stack[4096] __attribute__((aligned(16), used));

__asm__(".section .text\n second_entry:\n adrp x1, second_stack\n add x1, x1, :lo12:second_stack\n add x1, x1, #4096\n mov sp, x1\n"
        " msr vbar_el1, x0\n b second\n");
extern char second_entry[];

__attribute__((used)) static void second(void)
{
    for (;;) {
        if (asked & 1 || for_ever) {
            seen = *(volatile uint64_t *)WINDOW;
            reads++;
            asked += asked & 1;
        }
    }
}

static uint64_t seen_by_second(void)
{
    uint64_t before = asked;
    asked = before + 1;
    while (asked != before + 2) {
    }
    return seen;
}

static void in_turn(void)
{
    unsigned wrong = 0;
    for (unsigned i = 1; i <= 2; i++) {
        wrong += call(CALL_SET, i) != 0;
        *(volatile uint64_t *)WINDOW = i;
    }
    for (unsigned n = 0; n < 200; n++) {
        unsigned i = 1 + n % 2;
        wrong += call(CALL_SET, i) != 0;
        wrong += *(volatile uint64_t *)WINDOW != i;
        wrong += seen_by_second() != i;
    }
    say("200 sets in turn, wrong", wrong);
}

static void fill(void)
{
    for (volatile uint64_t *p = (volatile uint64_t *)WINDOW; p < (volatile uint64_t *)(WINDOW + WINDOW_SIZE); p++) {
        *p = (uint64_t)uart;
    }
    text("umbrella: filled\n");
}

static void tell(void)
{
    uint64_t count = 0;
    for (volatile uint64_t *p = (volatile uint64_t *)WINDOW; p < (volatile uint64_t *)(WINDOW + WINDOW_SIZE); p++) {
        count += *p != 0;
    }
    say("words that are not 0", count);
}

static void read_clock(void)
{
    unsigned count = 0;
    for (unsigned n = 0; n < 20000; n++) {
        count += *reg(0x09010000) == 1767225600;        /* PL031 RTCDR: 2026-01-01 */
    }
    say("seconds read", count);
}

/* Interrupts, and what else a vCPU takes along */
static volatile struct {
    uint64_t pulses, ticks, others, late, start;
} count;

void check_irq(void)
{
    uint64_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid == PULSE_INTID) {
        *reg(PULSE + PULSE_STATUS) = PULSE_STATUS_PENDING;
        count.pulses++;
    } else if (intid == TIMER_INTID) {
        uint64_t due = READ_SYSREG(cntv_cval_el0), late = READ_SYSREG(cntvct_el0) - due;
        count.others += (int64_t)late < 0;                  /* it was not its time: one too many */
        count.late = late > count.late ? late : count.late;
        WRITE_SYSREG(cntv_cval_el0, due + PERIOD_TICKS);
        count.ticks++;
    } else {
        count.others++;
        if (intid >= 1020) {
            return;
        }
    }
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
}

#define SIMD 0x1234567890abcdeful
#define WATCH 0x40001230ul

static void begin(void)
{
    *reg(GICD) = 0x12;
    *reg(GICR + 0x14) = 0;
    WRITE_SYSREG(ICC_SRE_EL1, 7ul);
    WRITE_SYSREG(ICC_PMR_EL1, 0xfful);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1ul);
    *reg8(GICD + IPRIORITYR + PULSE_INTID) = 0x80;
    *reg8(GICR_SGI + IPRIORITYR + TIMER_INTID) = 0x40;
    *reg(GICD + ISENABLER + PULSE_INTID / 32 * 4) = 1u << PULSE_INTID % 32;
    *reg(GICR_SGI + ISENABLER) = 1u << TIMER_INTID;
    WRITE_SYSREG(cpacr_el1, 3ul << 20);
    __asm__ volatile("fmov d8, %0\n msr tpidr_el0, %0\n msr fpsr, %1" :: "r"(SIMD), "r"(1ul));
    WRITE_SYSREG(dbgwvr1_el1, WATCH);
    *reg(PULSE + PULSE_DELAY) = PERIOD_NS;
    *reg(PULSE + PULSE_COUNT) = 0;
    count.start = READ_SYSREG(cntvct_el0);
    WRITE_SYSREG(cntv_cval_el0, count.start + PERIOD_TICKS);
    WRITE_SYSREG(cntv_ctl_el0, 1ul);
    *reg(PULSE + PULSE_CTRL) = PULSE_CTRL_START | PULSE_CTRL_PERIODIC;
    text("umbrella: begins\n");
    IRQ_ON();
}

static void end(void)
{
    uint64_t simd, fpsr;
    *reg(PULSE + PULSE_CTRL) = 0;
    for (uint64_t from = READ_SYSREG(cntvct_el0); READ_SYSREG(cntvct_el0) - from < 2 * PERIOD_TICKS;) {
    }
    IRQ_OFF();
    uint64_t ticks = (READ_SYSREG(cntv_cval_el0) - count.start) / PERIOD_TICKS - 1, due = (READ_SYSREG(cntvct_el0) - count.start) / PERIOD_TICKS;
    WRITE_SYSREG(cntv_ctl_el0, 0ul);
    __asm__ volatile("fmov %0, d8\n mrs %1, fpsr" : "=r"(simd), "=r"(fpsr));
    say("pulses raised", *reg(PULSE + PULSE_RAISED));
    say("pulses missed", *reg(PULSE + PULSE_MISSED));
    say("pulses taken", count.pulses);
    say("ticks taken", count.ticks);
    say("ticks lost", (int64_t)(due - count.ticks) + (int64_t)(ticks - count.ticks));
    say("ticks' greatest delay in ns", count.late * 16);
    say("other interrupts", count.others);
    say("registers changed", (simd != SIMD) + (fpsr != 1) + (READ_SYSREG(tpidr_el0) != SIMD) + (READ_SYSREG(dbgwvr1_el1) != WATCH) +
        (*reg(GICD + 0x6000 + PULSE_INTID * 8) != 0) + (READ_SYSREG(mpidr_el1) != 0x80000000));
    text("umbrella: end\n");
}

/* With pauses between them that are never the same for long. */
static void move(unsigned first, unsigned places, unsigned moves)
{
    unsigned wrong = 0;
    uint32_t random = 1;
    uint64_t ticks = 0;
    for (unsigned n = 0; n < moves; n++) {
        uint64_t from = READ_SYSREG(cntvct_el0);
        wrong += call(CALL_PLACE, first + n % places) != 0;
        ticks += READ_SYSREG(cntvct_el0) - from;
        random = random * 1664525 + 1013904223;     /* Numerical Recipes' LCG */
        for (unsigned i = random >> 16 & 0x7fff; i; i--) {
            __asm__ volatile("");
        }
    }
    say("moves", moves);
    say("ns a move", ticks * 16 / moves);
    say("moves that were refused", wrong);
}

static void obey(int letter)
{
    switch (letter) {
    case 'w': fill(); break;
    case 'r': tell(); break;
    case 'p': say("CPU_ON", call_hvc(PSCI_CPU_ON, 1, (uint64_t)second_entry, READ_SYSREG(vbar_el1))); break;
    case 's': in_turn(); break;
    case 'f': for_ever = true; break;
    case 'o': *(volatile uint32_t *)0x0a000000 = 1; break;        /* nobody's: it is stopped */
    case 'n': say("reads", reads); break;
    case 'x': read_clock(); break;
    case 'b': begin(); break;
    case 'e': end(); break;
    case 'm': move(0, 2, MOVES); break;
    case 'M': move(0, 3, 90); break;
    case 'q': move(2, 2, MOVES); break;
    default:
        if (letter >= '0' && letter <= '9') {
            say("call", call(CALL_SET, letter - '0'));
        } else if (letter >= 'A' && letter <= 'J') {
            say("call", call(CALL_PLACE, letter - 'A'));
        }
    }
}

/* The UART is the one that its device tree names: "serial@ADDRESS". */
void check_main(const char *tree)
{
    static const char name[] = "serial@";
    uint64_t address = 0;
    for (unsigned same = 0; same < sizeof name - 1; tree++) {
        same = *tree == name[same] ? same + 1 : *tree == name[0];
    }
    for (; *tree; tree++) {
        address = address << 4 | (*tree <= '9' ? *tree - '0' : *tree - 'a' + 10);
    }
    uart = (volatile uint8_t *)address;
    text("umbrella: ready\n");
    for (;;) {
        if (uart[LSR] & LSR_DR) {
            obey(uart[RBR]);
        }
    }
}
