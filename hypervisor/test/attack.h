/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest that attacks: what its files share
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "guest.h"

#define TIMER 27                        /* PPI of the virtual timer */
#define PHYSICAL_TIMER 30
#define VIRTUAL_WORD 1                  /* INTIDs 32 to 63: each VM has its own, with nothing behind them */
#define NO_INTID 1023
#define DMAQ_INTID 211                  /* attack_dma.c; in the word of the UART */
#define HYPERVISOR 0x40200000ul         /* its text, as forge places it; its constants and its data follow at 2 MiB each */
#define OTHERS 0x40c00000ul             /* memory that VMs have */
#define PULSE 0x0b020000ul              /* the neighbour's device */
#define ESR_NONE ~0ul

/* One load or store each, of the form that has a syndrome: what a compiler makes of a volatile access may step its address. */
static inline uint8_t get8(uint64_t at) { uint32_t v; __asm__ volatile("ldrb %w0, [%1]" : "=r"(v) : "r"(at) : "memory"); return v; }
static inline uint32_t get32(uint64_t at) { uint32_t v; __asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(at) : "memory"); return v; }
static inline uint64_t get64(uint64_t at) { uint64_t v; __asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(at) : "memory"); return v; }
static inline void put8(uint64_t at, uint32_t v) { __asm__ volatile("strb %w0, [%1]" :: "r"(v), "r"(at) : "memory"); }
static inline void put32(uint64_t at, uint32_t v) { __asm__ volatile("str %w0, [%1]" :: "r"(v), "r"(at) : "memory"); }
static inline void put64(uint64_t at, uint64_t v) { __asm__ volatile("str %0, [%1]" :: "r"(v), "r"(at) : "memory"); }

/* attack_start.S: the C part of the exception handlers gets what the program had. x19 to x29 are as they were. */
struct frame {
    uint64_t x[19], lr, elr, spsr;
};

/* attack.c: console; the result's line is "attack NAME: " TEXT ": ok" or ": FAILED" */
void say(const char *text);
void say_number(uint64_t v);
void say_hex(uint64_t v);
void count_of(uint64_t n, const char *what);    /* "N WHAT, " */
uint64_t random64(void);                /* the same sequence in each run */
extern uint32_t attack_uart_intid;
extern bool attack_failed;              /* by this attack, so far */
void require(bool holds, const char *what);

/* attack.c: synchronous exceptions. While expected, one is noted and its instruction skipped; else it ends the attacker. */
extern volatile uint64_t fault_esr;     /* ESR_EL1 of the last one, or ESR_NONE */
extern volatile uint64_t fault_far, fault_count;
extern volatile uint64_t fault_steps;   /* single steps, which count as none of them */
extern volatile bool fault_expected;
#define ESR_UNDEFINED 0x02000000ul      /* EC 0, IL, no syndrome */

/* attack.c: one instruction, whose register is X0, in memory and through the caches; returns X0 */
uint64_t execute(uint32_t instruction, uint64_t x0);
uint32_t *program(unsigned words);      /* room for instructions, */
void program_written(unsigned words);
uint64_t run_program(unsigned words, uint64_t x0, uint64_t *x1);    /* which end by RET */

/* attack_gic.c */
void gic_calm(void);                    /* the virtual GIC as this program wants it, whatever was done to it */
uint32_t gic_take(void);                /* acknowledges and ends one; NO_INTID: none */
void gic_irq(void);
#define HELD_SGI 1
void gic_hold_sgi(void);                /* SGI 1 is pending and masked: no wait for an interrupt lasts */

void attack_sysregs(void);              /* attack_sysreg.c */
void attack_hvc(void);                  /* attack_call.c */
void attack_smc(void);
void attack_immediates(void);
void attack_own_calls(void);
extern bool attack_listens;
void attack_hear(uint32_t intid);
void attack_listen(void);
void attack_heard(void);
void attack_el0(void);                  /* attack_el0.c */
void attack_aarch32(void);
void attack_walk(void);                 /* attack_walk.c */
void attack_debug(void);                /* attack_debug.c */
void attack_dma(void);                  /* attack_dma.c */
void attack_decode(void);               /* attack_decode.c: of a VM with a monitor */
void attack_psci(void);                 /* attack_psci.c */
void attack_timer(void);                /* attack_storm.c */
void attack_interrupts(void);
void attack_vgic(void);
void attack_leaks(void);                /* attack_leak.c */
void attack_caches(void);               /* attack_cache.c */
void attack_outside(void);              /* attack_memory.c */
void attack_memory(int letter);         /* the same: ends the VM */

#endif
