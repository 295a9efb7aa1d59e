/* SPDX-License-Identifier: GPL-2.0-or-later
 * What core/ asks of the architecture
 */
#ifndef HYP_ARCH_H
#define HYP_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

#define SYSREG_STR_(x) #x
#define SYSREG_STR(x) SYSREG_STR_(x)
#define READ_SYSREG(name) ({ uint64_t v_; __asm__ volatile("mrs %0, " SYSREG_STR(name) : "=r"(v_) :: "memory"); v_; })
#define WRITE_SYSREG(name, value) do { uint64_t v_ = (value); __asm__ volatile("msr " SYSREG_STR(name) ", %0" :: "r"(v_) : "memory"); } while (0)

#define ISB() __asm__ volatile("isb" ::: "memory")
#define DSB() __asm__ volatile("dsb sy" ::: "memory")
#define WFI() __asm__ volatile("dsb sy\n wfi" ::: "memory")
#define WFE() __asm__ volatile("wfe" ::: "memory")
#define SEV() __asm__ volatile("dsb ish\n sev" ::: "memory")

/* A guest's general registers as a trap found them; vectors.S fills and restores it. The 32nd place is free. */
struct trap_frame {
    uint64_t x[32];
};

static inline void trap_frame_clear(struct trap_frame *f)
{
    __asm__ volatile(".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n stp xzr, xzr, [%1, #16 * \\n]\n .endr" : "=m"(*f) : "r"(f));
}

/* Interrupts that come and go with a vCPU: its PPIs; of a shared core also its SPIs, by words from SPI_WORD on. */
struct arch_own {
    uint32_t ppis, spis[SPI_WORDS];
};
/* What else a vCPU has, kept here while another one has the core: as switch.h moves it; zero after reset. */
struct arch_state {
    uint32_t ppis_enabled;                  /* in the redistributor … */
    uint32_t seldom;                        /* not 0: what is marked with a star is of use */
    uint32_t spis_enabled[SPI_WORDS];       /* … and in the distributor */
    uint32_t ppis_active;                   /* * */
    uint64_t elr_el2, spsr_el2, sctlr, cpacr, ttbr0, ttbr1, tcr, mair, vbar, esr, far, par, elr, spsr, sp_el0, sp_el1, contextidr, tpidr_el0,
        tpidrro_el0, tpidr_el1, csselr, cntkctl, cntv_cval, cntv_ctl, cntp_cval, cntp_ctl;
    uint64_t vmpidr, vttbr, cptr;           /* never saved: EL2's own; cptr: SIMD registers trap, or not */
    uint64_t vmcr, hcr;                     /* ICH_* */
    uint64_t lr[4], ap1r0;                  /* * */
};
struct arch_fpu {
    uint64_t q[64], fpcr, fpsr;
};

struct arch_kept {
    uint64_t x[5], elr_el2, spsr_el2, sctlr;
};
/* Breakpoints and watchpoints of a Cortex-A57 or A72: value and control. */
struct arch_debug {
    uint64_t breakpoint[6][2], watchpoint[4][2];
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
struct vcpu;
void arch_init_core(bool shared);       /* EL2 controls that do not change; shared: among several vCPUs */
void arch_reset_vcpu(struct vcpu *v, uint64_t entry, uint64_t x0);      /* as after reset, to start there */
/* The core has v's registers from now on, and not those of the one that it had, whose interrupts rest; NULL: nobody's. ICH_HCR_EL2 is 0. */
void arch_switch(struct core *c, struct vcpu *v);
void arch_open(struct core *c, struct vcpu *v);         /* v, loaded, gets its interrupts */
void arch_trap_sleep(bool on);          /* of all guests of this core: EC_WFX */
void arch_resume(struct vcpu *v) __attribute__((noreturn));
void arch_park(void) __attribute__((noreturn));     /* no interrupt reaches this core any more: it sleeps for ever */
struct core *arch_core(void);           /* by the stack it is on */
struct vcpu *arch_vcpu(void);           /* TPIDR_EL2: the last one loaded, or NULL */
uint64_t arch_now(void);                /* ticks of CNTFRQ_EL0 since reset */
void arch_alarm(uint64_t at);           /* interrupt PPI_ALARM at that tick */
static inline bool arch_alarm_rings(void) { return READ_SYSREG(cnthp_ctl_el2) & 4; }      /* D13.11.14: ISTATUS */
void arch_undefined(void);                /* the guest takes an Undefined exception where it is */
bool arch_abort(struct vcpu *v, uint32_t esr);     /* abort.c: it takes the abort of that syndrome itself, if its XML says so; false: it has not */
void arch_use_fpu(struct vcpu *v);
void arch_enter_monitor(struct vcpu *guest, struct vcpu *m);    /* registers change sides; the general ones are in their frames */
void arch_leave_monitor(struct vcpu *guest);
uint64_t arch_access_value(const struct vcpu *v, uint32_t esr);         /* what the guest's store (ISS with ISV) writes */
void arch_access_again(uint32_t esr, uint64_t ipa);      /* that access is what this core is at EL2 for, to be explained; its virtual address is not known any more */
void arch_access_result(struct vcpu *v, uint32_t esr, uint64_t value);  /* what the guest's load reads */
void arch_access_done(struct vcpu *v, uint32_t esr, uint64_t value);    /* it goes on behind it; value: what a load reads */
uint64_t arch_fault_ipa(void);          /* of an abort: what the guest's address translates to */
/* domain.c: `from`, which runs, calls: its registers are kept, and the context begins, with nothing of them; and back. */
void arch_domain_enter(struct vcpu *from, struct vcpu *context);
void arch_domain_leave(struct vcpu *to);
void arch_domain_pause(struct vcpu *context, struct vcpu *v);           /* v's own registers are in place, as if it had not called */
void arch_domain_resume(struct vcpu *context, struct vcpu *v);
void arch_sleep(uint64_t deadline);     /* until an interrupt, or that tick of the counter */
void arch_forget(const struct vcpu *v);         /* what this core has cached of its VM's translations and instructions; its memory is another one now */
void arch_forget_debug(void);                   /* this core's breakpoints and watchpoints */
uint64_t *arch_register(struct vcpu *v, uint32_t number, uint64_t *value);      /* REGISTER_*, of one whose registers are saved. value: to be written, or NULL; NULL: none, or not that value */
void arch_again(void);                  /* the guest makes its hypercall once more */
/* stage2.c: no TLB has anything of vttbr's VMID any more, on any core; then `next` is in force here */
void arch_exchange(uint64_t vttbr, uint64_t next);
void arch_clear(struct vcpu *v, struct arch_kept *k, uint64_t from, uint64_t to);       /* it clears that memory (whole pages), and ends with CALL_SET … */
void arch_cleared(struct vcpu *v, const struct arch_kept *k);                           /* … after which it is itself again, and makes its own call once more */
/* leave.c: what a core has of a vCPU beyond a switch */
void arch_leave(void);                  /* its timers are off: they are saved; and nobody is loaded */
void arch_arrive(uint64_t vttbr);       /* this core has nothing that it may have kept of that VM since another of its vCPUs, or this one, was here */
void arch_keep_fpu(struct vcpu *v);
void arch_keep_debug(struct arch_debug *d);
void arch_give_debug(const struct arch_debug *d);
/* fpu.S */
void arch_fpu_save(struct arch_fpu *f);
void arch_fpu_load(const struct arch_fpu *f);

/* The exception that this core is at EL2 for, in words and numbers; each prints whole lines. */
void arch_explain(const struct vcpu *v);
void arch_explain_el2(uint64_t vector);

#endif
