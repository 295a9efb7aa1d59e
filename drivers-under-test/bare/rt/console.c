/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest's console: uart16550, polled output, interrupt-driven input
 */
#include "rt.h"

enum { RBR = 0, THR = 0, IER = 1, LSR = 5, LSR_DR = 1, LSR_THRE = 0x20 };

static volatile uint8_t *const uart = (volatile uint8_t *)UART_BASE;

void console_init(void) { uart[IER] = 1; /* received data available */ }

static void put(char c)
{
    while (!(uart[LSR] & LSR_THRE)) {
    }
    uart[THR] = c;
}

void console_text(const char *s)
{
    for (; *s; s++) {
        put(*s);
    }
}

void console_number(uint64_t v)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = '0' + v % 10;
        v /= 10;
    } while (v);
    while (n) {
        put(digits[--n]);
    }
}

void console_hex(uint64_t v)
{
    console_text("0x");
    for (int shift = v >> 32 ? 60 : 28; shift >= 0; shift -= 4) {
        put("0123456789abcdef"[v >> shift & 15]);
    }
}

int console_get(void) { return uart[LSR] & LSR_DR ? uart[RBR] : -1; }
