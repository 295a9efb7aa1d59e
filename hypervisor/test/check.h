/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest check: what its files share
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

#define GICD 0x08000000ul
#define GICR 0x080a0000ul
#define GICR_SGI 0x080b0000ul
#define ISENABLER 0x100
#define ICENABLER 0x180
#define ISPENDR 0x200
#define ICPENDR 0x280
#define ISACTIVER 0x300
#define ICACTIVER 0x380
#define IPRIORITYR 0x400
#define ICFGR 0xc00

#define READ_SYSREG(name) ({ uint64_t v_; __asm__ volatile("mrs %0, " #name : "=r"(v_) :: "memory"); v_; })
#define WRITE_SYSREG(name, value) do { uint64_t v_ = (value); __asm__ volatile("msr " #name ", %0\n isb" :: "r"(v_) : "memory"); } while (0)
#define IRQ_OFF() __asm__ volatile("msr daifset, #2" ::: "memory")
#define IRQ_ON() __asm__ volatile("msr daifclr, #2\n isb" ::: "memory")
#define WFI() __asm__ volatile("wfi" ::: "memory")

static inline volatile uint32_t *reg(uint64_t at) { return (volatile uint32_t *)at; }
static inline volatile uint8_t *reg8(uint64_t at) { return (volatile uint8_t *)at; }

int64_t call_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t call_smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t call_hvc_imm(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

/* check.c: one line for each check; `what` tells which of its values is wrong */
void expect(const char *what, uint64_t got, uint64_t wanted);

/* gic.c. The checks need a VM with eight SPIs; others are there to be ended. */
#define GIC_SPIS 8
void gic_init(void);
extern uint32_t gic_spi;            /* first of the VM's eight SPIs */
void check_list_order(void);
void check_sgis(void);
void check_nesting(void);
void check_waiting(void);
void check_preempting(void);
void check_withdrawing(void);
void check_clearing(void);
void check_states(void);
void check_foreign(void);
void check_group(void);
void check_timer(void);

/* calls.c */
void check_psci(void);
void check_suspend(void);
void check_sysregs(void);
void check_loads(void);

#endif
