/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bare-metal guest rt: what its files share
 */
#ifndef RT_H
#define RT_H

#include <stdint.h>

#include "board.h"

void console_init(void);
void console_text(const char *s);
void console_number(uint64_t v);
void console_hex(uint64_t v);
int console_get(void);              /* a byte, or -1 */

void gic_init(void);
void gic_enable(unsigned intid);
uint32_t gic_acknowledge(void);
void gic_end(uint32_t intid);

/* pulse.c: the latency probe's driver */
void pulse_handler(void);
void pulse_round(unsigned count);       /* one-shot pulses with various delays, then the report */
void pulse_heartbeat(void);             /* a periodic pulse each 1 ms from now on */
extern volatile unsigned pulse_beats;

#define WFI() __asm__ volatile("wfi" ::: "memory")
#define IRQ_OFF() __asm__ volatile("msr daifset, #2" ::: "memory")
#define IRQ_ON() __asm__ volatile("msr daifclr, #2" ::: "memory")

#endif
