/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's own declarations: cores, virtual GIC, PSCI, faults, console
 */
#ifndef HYP_HYP_H
#define HYP_HYP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"
#include "layout.h"
#include "tables.h"

#define HYP_WORDS ((HYP_INTIDS + 31) / 32)
#define SGIS 0xffffu                    /* SGIs in a word of 32 interrupts: INTID 0-15 */

/* One physical core and, as there is one vCPU a core, its vCPU. Reached through TPIDR_EL2. vectors.S knows where route
 * and id lie (layout.h). */
struct core {
    /* A byte an interrupt: virtual priority (7:3), ROUTE_OWNED (the VM's: the fast path takes it) */
    uint8_t route[CORE_ROUTES];
    uint32_t id;
    const struct hyp_vm *vm;            /* NULL: the core is parked */
    uint64_t gicr;                      /* physical redistributor: RD_base */
    /* Virtual distributor and redistributor: what is not kept in the physical ones */
    uint32_t gicd_ctlr;
    uint32_t gicr_waker;
    uint32_t sgi_enabled;
    /* No list register was free: SGIs are pending, others also active physically */
    uint32_t waiting[HYP_WORDS];
    uint32_t waiting_words;             /* a bit a word of it that is not 0 */
};

/* start.c */
void hyp_main(uint64_t core_id) __attribute__((noreturn));

/* gic.c: the physical GICv3 */
#define GICD_BASE 0x08000000ul
#define GICR_BASE 0x080a0000ul
#define GICR_STRIDE 0x20000ul
#define GICR_SGI 0x10000ul              /* SGI_base within a redistributor */
#define PPI_MAINTENANCE 25u             /* Arm BSA 3.7: GIC maintenance interrupt */
void gic_init_distributor(void);
void gic_init_core(struct core *c);
void gic_claim(uint32_t intid, uint32_t core, bool edge);       /* an SPI of the hypervisor's own */
void gic_wait(uint64_t ctlr);           /* until register writes have taken effect (RWP) */
void gic_disable_vm(const struct core *c);      /* none of its interrupts is delivered any more */

/* lists.c: list registers. The fast path is vectors.S; these are what it leaves. */
void lists_other(struct core *c, uint32_t intid);       /* acknowledged, and not the VM's */
void lists_overflow(struct core *c, uint32_t intid);    /* the VM's, and no list register is free */
void lists_sgi(struct core *c, uint32_t sgi);           /* becomes pending */
void lists_refill(struct core *c);                      /* after any change of what may be delivered */
bool lists_empty(void);                                 /* nothing is pending or active for the guest */
struct lists_state {
    uint32_t here;                      /* in a list register or waiting */
    uint32_t pending, active;           /* as the guest sees it */
};
struct lists_state lists_state(const struct core *c, uint32_t word);
/* Interrupts of a word, by bits: taken back (they stay pending), no longer pending, no longer active. */
void lists_withdraw(struct core *c, uint32_t word, uint32_t bits);
void lists_clear_pending(struct core *c, uint32_t word, uint32_t bits);
void lists_clear_active(struct core *c, uint32_t word, uint32_t bits);

/* vgic.c, vgicd.c, vgicr.c: emulated registers. False: a size or alignment that the register does not have. */
bool vgic_covers(uint64_t ipa);
bool vgic_access(struct core *c, uint64_t ipa, unsigned size, bool write, uint64_t *value);
bool vgicd_access(struct core *c, uint32_t offset, unsigned size, bool write, uint64_t *value);
bool vgicr_access(struct core *c, uint32_t offset, unsigned size, bool write, uint64_t *value);
/* GICD_ISENABLER<n> to GICD_ICACTIVER<n>, and of the redistributor (word 0). */
enum {
    GIC_ISENABLER = 0x100, GIC_ICENABLER = 0x180, GIC_ISPENDR = 0x200, GIC_ICPENDR = 0x280,
    GIC_ISACTIVER = 0x300, GIC_ICACTIVER = 0x380, GIC_IPRIORITYR = 0x400, GIC_ICFGR = 0xc00
};
void vgic_bits(struct core *c, uint32_t offset, bool write, uint64_t *value);
void vgic_priorities(struct core *c, uint32_t first, unsigned size, bool write, uint64_t *value);
/* Bits of a word of 32 interrupts that the VM owns. */
static inline uint32_t vgic_owned(const struct core *c, uint32_t word) { return c->vm->irq_mask[word]; }

/* smmu.c */
void smmu_init(void);                                   /* before any VM starts */
void smmu_interrupt(uint32_t intid);
static inline bool smmu_has(uint32_t intid) { return hyp_smmu.base && intid - hyp_smmu.intid < 2; }

/* trap.c, sysreg.c, psci.c */
void trap_sync(struct core *c, struct trap_frame *f);
bool sysreg_trap(struct core *c, struct trap_frame *f, uint32_t iss);
void psci_call(struct core *c, struct trap_frame *f);

/* fault.c */
void vm_stop(struct core *c, const char *reason) __attribute__((noreturn));
void fault_report(struct core *c, const struct trap_frame *f, const char *what) __attribute__((noreturn));
void fault_el2(uint64_t vector) __attribute__((noreturn));

/* console.c: %s %u %x, with l 64 bits. A report of several lines is kept whole by take and give around it. */
void console_take(void);
void console_give(void);
void console_leave(void);                               /* however often this core has taken it */
void console_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
