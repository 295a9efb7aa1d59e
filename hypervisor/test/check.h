/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest check: what its files share
 */
#ifndef CHECK_H
#define CHECK_H

#include "guest.h"

int64_t call_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t call_smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t call_own(uint64_t call);
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

/* several.c: of a VM with two vCPUs */
void check_several(void);

/* syndrome.c: of a VM with a monitor */
void check_syndromes(void);

/* calls.c */
void check_psci(void);
void check_suspend(void);
void check_sysregs(void);
void check_loads(void);

#endif
