/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's own declarations: cores, virtual GIC, PSCI, faults, console
 */
#ifndef HYP_HYP_H
#define HYP_HYP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"
#include "tables.h"

/* One physical core and, as there is one vCPU a core, its vCPU. Reached through TPIDR_EL2. */
struct core {
    uint32_t id;
    uint8_t list_registers;             /* how many the CPU interface has (ICH_VTR_EL2.ListRegs + 1) */
    bool stopped;                       /* its VM is */
    const struct hyp_vm *vm;            /* NULL: the core is parked */
    uint64_t gicr;                      /* physical redistributor: RD_base */
    /* virtual distributor and redistributor: what is not kept in the physical ones */
    uint32_t gicd_ctlr;
    uint32_t gicr_waker;
    uint32_t sgi_enabled, sgi_pending;
    uint32_t overflow[(HYP_INTIDS + 31) / 32];  /* active physically, waiting for a free list register */
    uint8_t priority[HYP_INTIDS];
};

extern struct core hyp_cores[HYP_CORES_MAX];

/* start.c */
void hyp_main(uint64_t core_id) __attribute__((noreturn));

/* gic.c: the physical GICv3 */
#define GICD_BASE 0x08000000ul
#define GICR_BASE 0x080a0000ul
#define GICR_STRIDE 0x20000ul
void gic_init_distributor(void);
void gic_init_core(struct core *c);
void gic_disable_vm(struct core *c);

/* lists.c: list registers */
void lists_irq(struct core *c);                     /* the IRQ vector's C part */
void lists_sgi(struct core *c, uint32_t sgi);       /* a software interrupt of the guest to itself */
void lists_refill(struct core *c);

/* vgicd.c, vgicr.c: emulated registers. False: no such register, or a size that it does not have. */
bool vgicd_access(struct core *c, uint32_t offset, unsigned size, bool write, uint64_t *value);
bool vgicr_access(struct core *c, uint32_t offset, unsigned size, bool write, uint64_t *value);
/* Bits of a 32-interrupt register that the VM owns. */
static inline uint32_t vgic_owned(const struct core *c, uint32_t word) { return c->vm->irq_mask[word]; }

/* trap.c, sysreg.c, psci.c */
void trap_sync(struct core *c, struct trap_frame *f);
bool sysreg_trap(struct core *c, struct trap_frame *f, uint32_t iss);
void psci_call(struct core *c, struct trap_frame *f);

/* fault.c */
void vm_stop(struct core *c, const char *reason) __attribute__((noreturn));
void fault_report(struct core *c, const struct trap_frame *f, const char *what) __attribute__((noreturn));
void fault_el2(uint64_t vector) __attribute__((noreturn));

/* console.c: one line at a time; %s %u %x (64-bit) */
void console_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
