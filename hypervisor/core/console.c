/* SPDX-License-Identifier: GPL-2.0-or-later
 * The hypervisor's console: a 16550-compatible UART, polled
 */
#include <stdarg.h>

#include "hyp.h"

enum { UART_THR = 0, UART_LSR = 5, UART_LSR_THRE = 0x20 };

/* Owned by a core, not by a caller: a core that has it may take it again, also in the middle of a line, when the
 * hypervisor itself faults there. */
static struct lock console_lock;
static const void *console_owner;
static unsigned console_depth;

void console_take(void)
{
    const void *me = arch_core();
    if (__atomic_load_n(&console_owner, __ATOMIC_RELAXED) != me) {
        lock_take(&console_lock);
        __atomic_store_n(&console_owner, me, __ATOMIC_RELAXED);
    }
    console_depth++;
}

void console_give(void)
{
    if (--console_depth == 0) {
        __atomic_store_n(&console_owner, 0, __ATOMIC_RELAXED);
        lock_give(&console_lock);
    }
}

static void put(char ch)
{
    while (!(mmio_read8(hyp_console_base + UART_LSR) & UART_LSR_THRE)) {
    }
    mmio_write8(hyp_console_base + UART_THR, ch);
}

static void put_string(const char *s)
{
    while (*s) {
        put(*s++);
    }
}

static void put_number(uint64_t v, unsigned base)
{
    char digits[20];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    while (n) {
        put(digits[--n]);
    }
}

void console_leave(void)
{
    console_depth = 1;
    console_give();
}

void console_print(const char *fmt, ...)
{
    va_list ap;
    if (!hyp_console_base) {
        return;
    }
    va_start(ap, fmt);
    console_take();
    for (; *fmt; fmt++) {
        if (*fmt != '%') {
            put(*fmt);
            continue;
        }
        bool wide = *++fmt == 'l';
        fmt += wide;
        if (*fmt == 's') {
            put_string(va_arg(ap, const char *));
        } else {
            put_number(wide ? va_arg(ap, uint64_t) : va_arg(ap, uint32_t), *fmt == 'x' ? 16 : 10);
        }
    }
    console_give();
    va_end(ap);
}
