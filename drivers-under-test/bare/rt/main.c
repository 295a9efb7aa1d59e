/* SPDX-License-Identifier: GPL-2.0-or-later
 * rt: a bare-metal guest that measures its own interrupt latency
 */
#include "rt.h"

#define ROUND 200

static volatile int command = -1;

void rt_irq(void)
{
    uint32_t intid = gic_acknowledge();
    if (intid == PULSE_INTID) {
        pulse_handler();
    } else if (intid == UART_INTID) {
        for (int c; (c = console_get()) >= 0;) {
            command = c;
        }
    }
    if (intid < 1020) {
        gic_end(intid);
    }
}

static void off(void) { __asm__ volatile("ldr w0, =0x84000008\n hvc #0" ::: "x0", "x1", "x2", "x3", "memory"); }      /* PSCI SYSTEM_OFF */

void rt_fatal(void)
{
    uint64_t esr, elr, far;
    __asm__ volatile("mrs %0, esr_el1\n mrs %1, elr_el1\n mrs %2, far_el1" : "=r"(esr), "=r"(elr), "=r"(far));
    console_text("rt: unexpected exception: ESR ");
    console_hex(esr);
    console_text(", ELR ");
    console_hex(elr);
    console_text(", FAR ");
    console_hex(far);
    console_text("\n");
    off();
}

static void obey(int c)
{
    switch (c) {
    case 'p':
        pulse_round(1000);
        pulse_heartbeat();
        break;
    case 'c':
        console_text("rt: crashing as asked\n");
        *(volatile uint32_t *)0x09000000 = 1;       /* nothing of this VM's: the hypervisor stops it */
        break;
    case '\r':
    case '\n':
        break;
    default:
        console_text("rt: p: 1000 pulses; c: crash; ?: this\n");
    }
}

void rt_main(void)
{
    unsigned told = 0;
    console_init();
    console_text("rt: up\n");
    gic_init();
    gic_enable(PULSE_INTID);
    gic_enable(UART_INTID);
    IRQ_ON();
    pulse_round(ROUND);
    console_text("rt: done\n");
    pulse_heartbeat();
    for (;;) {
        IRQ_OFF();
        if (command < 0 && pulse_beats / 100 == told) {
            WFI();
        }
        int c = command;
        command = -1;
        IRQ_ON();
        if (c >= 0) {
            obey(c);
        }
        if (pulse_beats / 100 != told) {
            told = pulse_beats / 100;
            console_text("rt: alive ");
            console_number(told);
            console_text("\n");
        }
    }
}
