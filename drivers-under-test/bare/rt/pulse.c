/* SPDX-License-Identifier: GPL-2.0-or-later
 * Driver of the pulse device: takes its interrupts and reports what the device measured
 */
#include "rt.h"
#include "pulse_regs.h"

#define ROUND_MAX 1000

volatile unsigned pulse_beats;
static volatile unsigned taken;
static uint32_t latencies[ROUND_MAX];
static unsigned collected, wanted;      /* of the round that is going on */

static volatile uint32_t *reg(unsigned offset) { return (volatile uint32_t *)(PULSE_BASE + offset); }

void pulse_handler(void)
{
    *reg(PULSE_STATUS) = PULSE_STATUS_PENDING;      /* acknowledges; the device notes the time */
    if (collected < wanted) {
        latencies[collected++] = *reg(PULSE_LATENCY);
    } else {
        pulse_beats++;
    }
    taken++;
}

static void sort(uint32_t *v, unsigned n)
{
    for (unsigned gap = n / 2; gap; gap /= 2) {
        for (unsigned i = gap; i < n; i++) {
            uint32_t x = v[i];
            unsigned k = i;
            for (; k >= gap && v[k - gap] > x; k -= gap) {
                v[k] = v[k - gap];
            }
            v[k] = x;
        }
    }
}

void pulse_round(unsigned count)
{
    uint32_t random = 1;
    *reg(PULSE_CTRL) = 0;               /* a pulse that came before this is taken before interrupts are off */
    __asm__ volatile("isb");
    IRQ_OFF();
    collected = taken = 0;
    wanted = count > ROUND_MAX ? ROUND_MAX : count;
    for (unsigned n = 1; n <= wanted; n++) {
        random = random * 1664525 + 1013904223;     /* Numerical Recipes' LCG */
        *reg(PULSE_DELAY) = 1000 + (random >> 16) % 20000 / 10 * 10;
        *reg(PULSE_CTRL) = PULSE_CTRL_START;
        while (taken < n) {
            WFI();
            IRQ_ON();
            IRQ_OFF();
        }
    }
    wanted = 0;
    IRQ_ON();
    sort(latencies, collected);
    console_text("rt: pulse: ");
    console_number(collected);
    console_text(" pulses, latency min ");
    console_number(latencies[0]);
    console_text(" ns, median ");
    console_number(latencies[collected / 2]);
    console_text(" ns, max ");
    console_number(latencies[collected - 1]);
    console_text(" ns\n");
}

void pulse_heartbeat(void)
{
    *reg(PULSE_DELAY) = 1000000;
    *reg(PULSE_COUNT) = 0;
    *reg(PULSE_CTRL) = PULSE_CTRL_START | PULSE_CTRL_PERIODIC;
}
