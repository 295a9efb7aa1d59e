/* SPDX-License-Identifier: GPL-2.0-or-later
 * What core/ asks of the architecture
 */
#ifndef HYP_ARCH_H
#define HYP_ARCH_H

#include <stdint.h>

#define SYSREG_STR_(x) #x
#define SYSREG_STR(x) SYSREG_STR_(x)
#define READ_SYSREG(name) ({ uint64_t v_; __asm__ volatile("mrs %0, " SYSREG_STR(name) : "=r"(v_) :: "memory"); v_; })
#define WRITE_SYSREG(name, value) do { uint64_t v_ = (value); __asm__ volatile("msr " SYSREG_STR(name) ", %0" :: "r"(v_) : "memory"); } while (0)

#define ISB() __asm__ volatile("isb" ::: "memory")
#define DSB() __asm__ volatile("dsb sy" ::: "memory")
#define WFI() __asm__ volatile("dsb sy\n wfi" ::: "memory")
#define WFE() __asm__ volatile("wfe" ::: "memory")
#define SEV() __asm__ volatile("dsb ish\n sev" ::: "memory")

/* A guest's registers as a trap found them; vectors.S fills and restores it. */
struct trap_frame {
    uint64_t x[31];
    uint64_t elr;
};

static inline uint32_t mmio_read32(uint64_t addr) { return *(volatile uint32_t *)addr; }
static inline void mmio_write32(uint64_t addr, uint32_t v) { *(volatile uint32_t *)addr = v; }
static inline void mmio_write64(uint64_t addr, uint64_t v) { *(volatile uint64_t *)addr = v; }
static inline uint8_t mmio_read8(uint64_t addr) { return *(volatile uint8_t *)addr; }
static inline void mmio_write8(uint64_t addr, uint8_t v) { *(volatile uint8_t *)addr = v; }

/* A lock between cores, for short sections with no exit to a guest in them. A core that waits does so in WFE, which
 * also lets the platform give the turn to the owner. */
struct lock { uint32_t taken; };
static inline void lock_take(struct lock *l)
{
    while (__atomic_exchange_n(&l->taken, 1, __ATOMIC_ACQUIRE)) {
        WFE();
    }
}
static inline void lock_give(struct lock *l)
{
    __atomic_store_n(&l->taken, 0, __ATOMIC_RELEASE);
    SEV();
}

/* One call to the firmware (SMCCC 1.0, PSCI 1.0); returns x0. */
int64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
extern char hyp_secondary_entry[];

struct core;
void arch_init_core(void);              /* EL2 controls that are the same on each core */
void arch_init_guest(uint64_t vttbr);   /* EL1 as after reset, stage 2 in place */
void arch_enter_guest(uint64_t entry, uint64_t x0) __attribute__((noreturn));
void arch_park(void) __attribute__((noreturn));     /* no interrupt reaches this core any more: it sleeps for ever */
struct core *arch_core(void);           /* TPIDR_EL2; NULL before arch_set_core */
void arch_set_core(struct core *c);

/* The exception that this core is at EL2 for, in words and numbers; each prints whole lines. */
uint64_t arch_fault_ipa(void);          /* of an abort: what the guest's address translates to */
void arch_explain(const struct trap_frame *f);
void arch_explain_el2(uint64_t vector);

#endif
