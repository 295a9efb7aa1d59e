/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM that uses domains and semaphores: a letter of its console a test, a line of it the result
 */
#include "domains.h"
#include "guest.h"

int64_t client_call(uint64_t x0, uint64_t words[7]);
void check_main(uint64_t tree, uint64_t others, uint64_t daif, uint64_t sctlr, uint64_t el);
void check_irq(void);
void check_unexpected(void);

/* By hypervisor/test/domains.xml */
enum { ADD, COUNT, RELAY, SPIN, WILD, CRASH, ECHOED, THREE, NOTHING };

enum { RBR = 0, THR = 0, LSR = 5, LSR_DR = 1 };
static volatile uint8_t *uart;
static bool wrong;

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

static void number(uint64_t v)
{
    char digits[24], *p = digits + 23;
    *p = 0;
    do {
        *--p = '0' + v % 10;
    } while (v /= 10);
    text(p);
}

static void expect(const char *what, uint64_t got, uint64_t wanted)
{
    if (got != wanted) {
        text("client: WRONG: ");
        text(what);
        text(" is ");
        number(got);
        text(", not ");
        number(wanted);
        text("\n");
        wrong = true;
    }
}

static int64_t portal(unsigned selector, uint64_t words[7]) { return client_call(CALL_PORTAL | (uint64_t)selector << 8, words); }

static int64_t down(unsigned selector, uint64_t deadline)
{
    uint64_t words[7] = { deadline };
    return client_call(CALL_DOWN | (uint64_t)selector << 8, words);
}

/* What comes back is the sum; other registers are as they were; EL0's and EL1's own are not touched. */
static void add(void)
{
    uint64_t seed = 1;
    WRITE_SYSREG(tpidr_el0, 0x1234);
    WRITE_SYSREG(tpidrro_el0, 0x5678);
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t a = seed = seed * 6364136223846793005ul + 1, b = seed = seed * 6364136223846793005ul + 1;
        uint64_t words[7] = { a, b, 3, 4, 5, 6, 7 };
        expect("add", portal(ADD, words), 0);
        expect("the sum", words[0], a + b);
        expect("x2", words[1], b);
        for (uint64_t n = 2; n < 7; n++) {
            expect("a register that is not of the answer", words[n], n + 1);
        }
    }
    expect("TPIDR_EL0", READ_SYSREG(tpidr_el0), 0x1234);
    expect("TPIDRRO_EL0", READ_SYSREG(tpidrro_el0), 0x5678);
}

static void count(unsigned selector)
{
    uint64_t words[7] = { 1 };
    expect("count", portal(selector, words), 0);
    text("client: count ");
    number(words[0]);
    text(" badge ");
    number(words[1]);
    text("\n");
}

static void spin(void)
{
    uint64_t start = READ_SYSREG(cntvct_el0), words[7] = { 62500 };         /* 1 ms: several slots */
    expect("spin", portal(SPIN, words), 0);
    expect("it took its time", READ_SYSREG(cntvct_el0) - start >= 62500, 1);
    expect("it has worked", words[0] > 100, 1);
}

/* What comes to its monitor while a domain runs on its time is there afterwards. */
static void spin_with_monitor(void)
{
    enum { PL011 = 0x09000000, DR = 0, FR = 0x18, FR_RXFE = 1 << 4 };
    volatile uint32_t *pl011 = reg(PL011);
    expect("receiver", pl011[FR / 4] & FR_RXFE, FR_RXFE);
    pl011[0x30 / 4] = 0x301;                /* CR: on, both ways */
    text("client: spins\n");
    spin();
    expect("receiver", pl011[FR / 4] & FR_RXFE, 0);
    expect("the byte", pl011[DR / 4], 'm');
}

static void semaphores(void)
{
    uint64_t start = READ_SYSREG(cntvct_el0), words[7] = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        expect("down", down(THREE, 0), 0);
    }
    expect("down of 0", down(THREE, 0), CALL_TIMEOUT);
    expect("down with a deadline", down(THREE, start + 62500), CALL_TIMEOUT);
    expect("that has passed", READ_SYSREG(cntvct_el0) >= start + 62500, 1);
    expect("up without the right", client_call(CALL_UP | THREE << 8, words), CALL_BAD);
    expect("down of a portal", down(ADD, 0), CALL_BAD);
    expect("down of nothing", down(NOTHING, 0), CALL_BAD);
    expect("call of a semaphore", portal(THREE, words), CALL_BAD);
    expect("call of nothing", portal(NOTHING, words), CALL_BAD);
}

static void wait_echo(void)
{
    text("client: waits\n");
    int64_t r;
    while ((r = down(ECHOED, ~0ul)) == CALL_INTERRUPTED) {
    }
    expect("down", r, 0);
    text("client: echoed\n");
}

static void crash(void)
{
    uint64_t words[7] = { 0x40200000 };         /* behind its memory, which is another's */
    expect("crash", portal(CRASH, words), CALL_GONE);
    expect("x1", words[0], 0x40200000);
    expect("a call afterwards", portal(ADD, words), CALL_GONE);
}

static void run(int letter)
{
    uint64_t words[7] = { 0 };
    wrong = false;
    switch (letter) {
    case 'a': add(); break;
    case 'c': count(COUNT); return;
    case 'r': count(RELAY); return;
    case 's': spin(); break;
    case 'm': spin_with_monitor(); break;
    case 'd': semaphores(); break;
    case 'w': wait_echo(); return;
    case 'u': expect("up", client_call(CALL_UP | ECHOED << 8, words), 0); break;
    case 'x': expect("wild calls", portal(WILD, words), 0); expect("that did something", words[0], 0); break;
    case 'k': crash(); break;
    case 'g': expect("a call of who is gone", portal(ADD, words), CALL_GONE); break;
    default: return;
    }
    text(wrong ? "client: FAILED\n" : "client: ok\n");
}

void check_irq(void) { }
void check_unexpected(void)
{
    text("client: UNEXPECTED exception\n");
    for (;;) {
        WFI();
    }
}

/* The console's address: hypervisor/test/domains.xml has one UART a VM. */
static uint64_t console_of(const char *tree)
{
    static const char name[] = "serial@";
    uint64_t address = 0;
    for (unsigned same = 0; same < sizeof name - 1; tree++) {
        same = *tree == name[same] ? same + 1 : *tree == name[0];
    }
    for (; *tree; tree++) {
        address = address << 4 | (*tree <= '9' ? *tree - '0' : *tree - 'a' + 10);
    }
    return address;
}

void check_main(uint64_t tree, uint64_t others, uint64_t daif, uint64_t sctlr, uint64_t el)
{
    (void)others, (void)daif, (void)sctlr, (void)el;
    uart = (volatile uint8_t *)console_of((const char *)tree);
    text("client: ready\n");
    for (;;) {
        if (uart[LSR] & LSR_DR) {
            run(uart[RBR]);
        }
    }
}
