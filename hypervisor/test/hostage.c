/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest of a hostile monitor: gives it the letters that it gets, and says what it hears
 */
#include "guest.h"

enum { RBR = 0, THR = 0, LSR = 5, LSR_DR = 1 };
#define UART 0x0b007000ul
#define MONITORS 0x09000000ul           /* nobody is there: the monitor's */

void check_main(void);
void check_irq(void);
void check_unexpected(void);

static volatile uint8_t *const uart = (volatile uint8_t *)UART;

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

void check_irq(void) { }
void check_unexpected(void)
{
    text("hostage: UNEXPECTED\n");
    for (;;) {
        WFI();
    }
}

void check_main(void)
{
    text("hostage: ready\n");
    for (;;) {
        for (volatile int i = 0; i < 2000; i++) {
        }
        if (uart[LSR] & LSR_DR) {
            uint32_t wrong;
            __asm__ volatile("str %w0, [%1]" :: "r"((uint32_t)uart[RBR]), "r"(MONITORS) : "memory");
            __asm__ volatile("ldr %w0, [%1]" : "=r"(wrong) : "r"(MONITORS) : "memory");
            text(wrong ? "hostage: WRONG: the monitor has got through\n" : "hostage: ok\n");
        }
    }
}
