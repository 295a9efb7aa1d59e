/* SPDX-License-Identifier: GPL-2.0-or-later
 * Domains of hypervisor/test/domains.xml: a server that is called, and an echo whose thread drives a UART
 */
#include <stdbool.h>
#include <stdint.h>

#include "domains.h"
#include "guest.h"

int64_t call(uint64_t x0, uint64_t words[7]);
void domain_main(uint64_t what, uint64_t words[9]);

/* hypervisor/test/domains.xml: capabilities of both by the same selectors */
enum { STORE = 0, RX = 0, ECHOED = 1 };

static uint64_t counter;

static int64_t down(unsigned selector, uint64_t deadline)
{
    uint64_t words[7] = { deadline };
    return call(CALL_DOWN | (uint64_t)selector << 8, words);
}

static int64_t up(unsigned selector)
{
    uint64_t words[7] = { 0 };
    return call(CALL_UP | (uint64_t)selector << 8, words);
}

/* The thread: a byte that comes goes back, the next in the alphabet. */
enum { RBR = 0, THR = 0, IER = 1, LSR = 5, LSR_DR = 1 };
static void echo(void)
{
    volatile uint8_t *uart = (volatile uint8_t *)ECHO_UART;
    uart[IER] = 1;
    for (;;) {
        while (down(RX, ~0ul)) {
        }
        while (uart[LSR] & LSR_DR) {
            uart[THR] = uart[RBR] + 1;
            up(ECHOED);
        }
    }
}

static uint64_t spin(uint64_t ticks)
{
    uint64_t rounds = 0;
    for (uint64_t end = READ_SYSREG(cntvct_el0) + ticks; READ_SYSREG(cntvct_el0) < end; rounds++) {
    }
    return rounds;
}

void domain_main(uint64_t what, uint64_t words[9])
{
    uint64_t badge = what >> 32, unclean = words[7] | words[8];
    switch ((uint32_t)what) {
    case 0:
        echo();
        break;
    case PORTAL_ADD:            /* 2 words in: nothing else may come; 1 out */
        unclean |= words[2] | words[3] | words[4] | words[5] | words[6];
        words[0] = unclean ? ~0ul : words[0] + words[1];
        break;
    case PORTAL_COUNT:
        words[0] = __atomic_add_fetch(&counter, words[0], __ATOMIC_SEQ_CST);
        words[1] = badge;
        break;
    case PORTAL_RELAY: {        /* the store's count, from here on this domain's caller's time */
        uint64_t message[7] = { words[0] };
        int64_t r = call(CALL_PORTAL | STORE << 8, message);
        words[0] = r ? (uint64_t)r : message[0];
        words[1] = message[1];
        break;
    }
    case PORTAL_SPIN:
        words[0] = spin(words[0]);
        break;
    case PORTAL_WILD: {         /* every number with selectors that it has not; then an access that it may not */
        uint64_t message[7] = { 0 }, wrong = 0;
        for (uint64_t n = 1; n < 256; n++) {
            wrong += n != CALL_REPLY && call(n | 77 << 8, message) != CALL_BAD;
        }
        words[0] = wrong;
        break;
    }
    case PORTAL_CRASH:
        *(volatile uint32_t *)words[0] = 1;
        break;
    }
    for (unsigned i = 2; i < 7; i++) {
        words[i] = 0x5ec4e7;     /* no caller may see it */
    }
}
