/* SPDX-License-Identifier: GPL-2.0-or-later
 * priority: a VM in a slot of several, which sleeps until it is told what to do by a letter
 *
 * t: 400 timers, each some 40 us after the one before; how late each of its interrupts is. h: all the time that there is, for 20 ms, and how much that was. s: interrupts
 * the VM of its first <signal>, and says so; that one says when it came. p: sleeps by PSCI CPU_SUSPEND from now on, not by WFI. x: turns itself off.
 */
#include "guest.h"

#define UARTS 0x0b000000ul              /* the console of SPI 176 + n is at UARTS + n * 4096 */
#define UART_SPI_0 (176u + 32)
#define UART_WORD 6u
#define VIRTUAL_TIMER 27u
#define SIGNAL 40u
#define NO_INTID 1023u
#define TICKS_US 62u                    /* 62.5 */
#define TIMERS 400u
#define HOG_TICKS (20000ul * 125 / 2)
#define AWAY_TICKS 60u                  /* a longer step of the counter is time that others had */
#define CALL_RAISE 1ul
#define CPU_SUSPEND 0xc4000001ul
#define SYSTEM_OFF 0x84000008ul

enum { RBR = 0, THR = 0, IER = 1, LSR = 5, LSR_DR = 1 };

int64_t call_own(uint64_t call);
int64_t call_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

static volatile uint8_t *uart;
static volatile int letter;
static volatile unsigned left, signals;
static bool by_psci;
static uint32_t late[TIMERS];
static uint64_t random_state = 1;

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

static void number(uint64_t v)
{
    if (v >= 10) {
        number(v / 10);
    }
    uart[THR] = '0' + v % 10;
}

void check_unexpected(void)
{
    text("priority: UNEXPECTED exception\n");
    for (;;) {
        WFI();
    }
}

static void next_timer(uint64_t from)
{
    random_state = random_state * 6364136223846793005 + 1442695040888963407;        /* Knuth's LCG */
    WRITE_SYSREG(cntv_cval_el0, from + 20 * TICKS_US + (random_state >> 33) % (40 * TICKS_US));
}

void check_irq(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid == VIRTUAL_TIMER) {
        uint64_t now = READ_SYSREG(cntvct_el0);
        late[--left] = now - READ_SYSREG(cntv_cval_el0);
        next_timer(now);
        WRITE_SYSREG(cntv_ctl_el0, left > 0);
    } else if (intid == SIGNAL) {
        signals++;
    } else if (intid != NO_INTID) {
        while (uart[LSR] & LSR_DR) {
            letter = uart[RBR];
        }
    }
    if (intid != NO_INTID) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    }
}

static void sleep(void)
{
    if (by_psci) {
        call_hvc(CPU_SUSPEND, 0, 0, 0);
    } else {
        WFI();
    }
    IRQ_ON();
    IRQ_OFF();
}

static void timers(void)
{
    left = TIMERS;
    next_timer(READ_SYSREG(cntvct_el0));
    WRITE_SYSREG(cntv_ctl_el0, 1);
    while (left) {
        sleep();
    }
    for (unsigned i = 1; i < TIMERS; i++) {
        for (unsigned k = i; k && late[k - 1] > late[k]; k--) {
            uint32_t other = late[k];
            late[k] = late[k - 1];
            late[k - 1] = other;
        }
    }
    text("priority: timers: ");
    number(late[0] * 16);
    text(" ns late at least, ");
    number(late[TIMERS / 3] * 16);
    text(" ns a third, ");
    number(late[TIMERS - 1] * 16);
    text(" ns at most\n");
}

static void hog(void)
{
    uint64_t begin = READ_SYSREG(cntvct_el0), last = begin, had = 0;
    IRQ_ON();
    for (uint64_t now; last - begin < HOG_TICKS; last = now) {
        now = READ_SYSREG(cntvct_el0);
        had += now - last < AWAY_TICKS ? now - last : 0;
    }
    IRQ_OFF();
    text("priority: had ");
    number(had * 2 / 125);
    text(" us\n");
}

void check_main(void)
{
    unsigned told = 0, intid;
    *reg(GICD) = 0x12;                  /* ARE, group 1 */
    *reg(GICD + ISENABLER + 4 * UART_WORD) = ~0u;
    intid = 32 * UART_WORD + __builtin_ctz(*reg(GICD + ISENABLER + 4 * UART_WORD));
    *reg(GICD + ISENABLER + 4) = 1u << SIGNAL % 32;
    *reg(GICR_SGI + ISENABLER) = 1u << VIRTUAL_TIMER;
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    uart = reg8(UARTS + (intid - UART_SPI_0) * 4096);
    uart[IER] = 1;
    text("priority: ready\n");
    for (;;) {
        if (!letter && signals == told) {
            sleep();
        }
        int c = letter;
        letter = 0;
        switch (c) {
        case 't': timers(); break;
        case 'h': hog(); break;
        case 's': text("priority: signals\n"); call_own(CALL_RAISE); break;
        case 'x': call_hvc(SYSTEM_OFF, 0, 0, 0); break;
        case 'p': by_psci = true; text("priority: suspends\n"); break;
        }
        if (signals != told) {
            told = signals;
            text("priority: signalled\n");
        }
    }
}
