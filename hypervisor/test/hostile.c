/* SPDX-License-Identifier: GPL-2.0-or-later
 * A monitor that does to others what it can, an attack a letter of its guest's; most of them are to end its VM, and none to reach another
 */
#include <stdint.h>

#include "hypervisor/include/layout.h"
#include "hypervisor/include/monitor.h"

struct reply { uint64_t value, result; };
struct reply hostile_exit(uint64_t exit, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t now);
int64_t hostile_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);
void hostile_run(const uint32_t *at);

#define CALLS 100000u
#define SIGNALS 32u

static uint32_t wrong;                  /* got through, of those that come back */
static uint64_t state = 0x9e3779b97f4a7c15ul;
static volatile uint32_t code[2] = { 0xd65f03c0u };     /* RET, in memory that it writes */

static uint64_t random64(void)          /* Marsaglia, "Xorshift RNGs", 2003: 13, 7, 17 */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void put(uint64_t at) { __asm__ volatile("str wzr, [%0]" :: "r"(at) : "memory"); wrong++; }
static void get(uint64_t at) { uint32_t v; __asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(at) : "memory"); wrong++; }

/* All numbers but the answer, which would end the exit; few selectors mean anything. A null call says 0; interrupts of its own VM may be raised and lowered; an alarm is set. */
static void calls(void)
{
    for (uint32_t i = 0; i < CALLS; i++) {
        uint64_t r = random64(), number = i & 1 ? random64() & 0xf : random64() & 0xff, selector = r >> (r & 63) >> 8;
        if (number == CALL_REPLY) {
            continue;
        }
        int64_t said = hostile_call(number | selector << 8, number == CALL_ALARM ? ~0ul : random64(), random64(), random64());
        wrong += number == CALL_RAISE || number == CALL_LOWER ? (said == 0) != (selector < SIGNALS) : number != CALL_NULL && number != CALL_ALARM && said != CALL_BAD;
    }
}

/* Alarms that are due at once, far beyond the end of time, or never; the last one comes when the next letter has been obeyed. */
static void alarms(uint64_t now)
{
    for (uint32_t i = 0; i < 1000; i++) {
        uint64_t r = random64();
        hostile_call(CALL_ALARM | r << 8, r >> (r & 63), 0, 0);
    }
    hostile_call(CALL_ALARM, now + 500000, 0, 0);
}

/* Of the distributor it sees the registers of a VM that has no interrupts. */
static void enable(void)
{
    for (uint64_t at = 0x08000108; at < 0x08000124; at += 4) {      /* GICD_ISENABLER2 to 8 */
        uint32_t is;
        __asm__ volatile("str %w0, [%1]" :: "r"(~0u), "r"(at) : "memory");
        __asm__ volatile("ldr %w0, [%1]" : "=r"(is) : "r"(at) : "memory");
        wrong += is != 0;
    }
}

static void deep(volatile char *above)
{
    volatile char room[4096];
    room[0] = *above;
    deep(room);
    room[1] = *above;                   /* no tail call */
}

#define DO(letter, instruction) case letter: __asm__ volatile(instruction ::: "memory"); wrong++; break

struct reply hostile_exit(uint64_t exit, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t now)
{
    (void)x1;
    if (exit != EXIT_MMIO || !(x3 >> 8 & 1)) {
        return (struct reply){ wrong, exit == EXIT_MMIO ? REPLY_DONE : random64() };    /* of an alarm any answer will do */
    }
    switch (x2) {
    case 'c': calls(); break;
    case 'a': alarms(now); break;
    case 'i': enable(); break;
    /* Memory */
    case '0': get(0); break;
    case '1': get(0x40200000); break;                       /* the hypervisor's text, by its physical address */
    case '2': put(0x40600000); break;                       /* … data; behind its VM's memory in any case */
    case '3': get(0x40c00000); break;                       /* another VM's */
    case '4': put(MONITOR_TEXT); break;
    case '5': put(MONITOR_CONFIG); break;
    case '6': hostile_run((const uint32_t *)code); break;
    case '7': hostile_run((const uint32_t *)0x40000000); break;
    case '8': deep((volatile char *)code); break;
    case '9': get(MONITOR_DISK); break;                     /* it has none */
    case 'g': put(0x08000198); break;                       /* GICD_ICENABLER6, GICR_ISENABLER0 */
    case 'G': put(0x080b0100); break;
    case 'h': put(0x0b000000); break;                       /* the hypervisor's UART, its own VM's, another's device */
    case 'H': get(0x0b001000); break;
    case 'I': put(0x0b020000); break;
    case 'J': get(0xffff000000000000); break;
    /* System */
    DO('k', "hvc #0");
    DO('K', "hvc #1");
    DO('l', "smc #0");
    DO('L', "wfi");
    DO('n', "msr daifclr, #15");
    DO('o', "mrs x0, sctlr_el1");
    DO('p', "msr vbar_el1, xzr");
    DO('q', "msr vttbr_el2, xzr");
    DO('r', "mrs x0, S3_0_C12_C12_0");                      /* ICC_IAR1_EL1 */
    DO('s', "msr S3_0_C12_C11_5, xzr");                     /* ICC_SGI1R_EL1 */
    DO('t', "mrs x0, pmccntr_el0");
    DO('u', "msr cntv_ctl_el0, xzr");
    DO('v', "msr cntp_ctl_el0, xzr");
    DO('w', "brk #0");
    DO('x', "eret");
    DO('y', "ic iallu");
    DO('z', "dc isw, xzr");
    DO('A', "tlbi vmalle1");
    DO('B', ".word 0");
    DO('C', "mov x0, #1\n msr spsel, x0");
    DO('D', "mov sp, #8\n str x0, [sp]");
    DO('E', "mov x0, #2\n br x0");
    case 'F': hostile_call(CALL_REPLY, 0, ~0ul, 0); break;  /* refused */
    case 'e':
        for (;;) {
        }
    default: wrong++;
    }
    return (struct reply){ 0, REPLY_DONE };
}
