/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's own declarations: cores, virtual GIC, PSCI, faults, console
 */
#ifndef HYP_HYP_H
#define HYP_HYP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"
#include "layout.h"
#include "monitor.h"
#include "tables.h"

#define HYP_WORDS ((HYP_INTIDS + 31) / 32)
#define VGIC_PLANES 5u                 /* bits of priority */
#define SGIS 0xffffu                    /* SGIs in a word of 32 interrupts: INTID 0-15 */

#define IS_VIRTUAL(intid) ((intid) < 16 || (intid) / 32 == HYP_VIRTUAL_WORD)     /* SGIs, and what capabilities raise */

/* A VM, as far as it is not constant. */
struct vm {
    uint32_t enabled;                   /* of HYP_VIRTUAL_WORD; first, for vectors.S */
    uint32_t gicd_ctlr;
    uint8_t target[32];                 /* vCPU of each of those */
    bool stopped;
};

/* A vCPU: its registers while it does not run, and its virtual redistributor. layout.h has places of its members. */
struct vcpu {
    struct trap_frame frame;
    /* A byte an interrupt: virtual priority (7:3), ROUTE_OWNED (the VM's: the fast path takes it) */
    uint8_t route[VCPU_ROUTES];
    uint64_t stack;
    const struct hyp_cap *caps;
    uint64_t cap_count;
    struct vcpu *peer;
    struct vm *vm;
    uint32_t number;
    uint32_t waiting_words;             /* a bit a word of waiting that is not 0 */
    struct arch_own own;
    struct arch_state state;
    struct core *core;
    uint32_t incoming[2];               /* SGIs and HYP_VIRTUAL_WORD, raised by other cores */
    bool online;                        /* PSCI: on */
    bool starting;                      /* PSCI: on pending; start_* are valid */
    bool live;                          /* in a slot of several: what comes for it is its core's business now */

    const struct hyp_vm *config;
    const uint32_t *irq_mask;           /* config's */
    uint32_t index;                     /* in its VM */
    bool monitor;                       /* it is one: at EL0, peer is its guest's vCPU */
    uint32_t exits;                     /* a monitor's, that wait: a bit an EXIT_* */
    uint64_t alarm;                     /* tick, or ~0: a monitor's */
    uint32_t exit, esr;                 /* a monitor's: what it is in for, and the syndrome of the access */
    bool shared;                        /* the core has other vCPUs too */
    uint64_t start_entry, start_x0;
    /* Virtual redistributor: what is not kept in the physical one */
    uint64_t gicr_block;                /* of its RD_base, in 64 KiB; SGI_base is the next one */
    uint64_t gicr_typer;
    uint32_t gicr_waker;
    uint32_t sgi_enabled;
    /* No list register was free: SGIs are pending, others also active physically */
    uint32_t waiting[HYP_WORDS];
    uint32_t plane[HYP_WORDS][VGIC_PLANES];     /* bits 7, 6, … 3 of the priorities in route, 32 together */
    struct arch_fpu fpu;
} __attribute__((aligned(64)));

struct core {
    uint32_t id;
    uint64_t gicr;                      /* physical redistributor: RD_base */
    struct vcpu *loaded;                /* whose registers this core has, or NULL */
    struct vcpu *current;               /* that runs; NULL: idle */
    struct vcpu *fpu;                   /* whose SIMD registers this core has */
    const struct hyp_slot *slot;        /* that it is in; NULL: it has no schedule, or is in … */
    uint64_t slot_end;                  /* tick */
    bool switching;                     /* between two slots: the alarm is the next one's beginning */
    bool open;                          /* interrupts of the one that is loaded come */
    int8_t level;                       /* of several: up to this one they are live; that one runs, or all sleep if there are not so many */
    const struct hyp_slot *several;     /* … this one, which is several vCPUs' */
};
extern struct core hyp_cores[HYP_CORES_MAX];
extern struct vcpu hyp_vcpu_states[HYP_VCPUS_MAX];

/* start.c */
void hyp_main(uint64_t core_id) __attribute__((noreturn));

/* gic.c: the physical GICv3 */
#define GICD_BASE 0x08000000ul
#define GICR_BASE 0x080a0000ul
#define GICR_STRIDE 0x20000ul
#define GICR_SGI 0x10000ul              /* SGI_base within a redistributor */
#define PPI_MAINTENANCE 25u             /* Arm BSA 3.7: GIC maintenance interrupt */
#define PPI_ALARM 26u                   /* EL2 physical timer */
#define PPI_VIRTUAL_TIMER 27u
#define SGI_KICK 15u                    /* between cores: look again */
void gic_init_distributor(void);
void gic_init_core(struct core *c);
void gic_claim(uint32_t intid, uint32_t core, bool edge);       /* an SPI of the hypervisor's own */
void gic_wait(uint64_t ctlr);           /* until register writes have taken effect (RWP) */
void gic_disable_vm(const struct hyp_vm *vm);       /* none of its SPIs is delivered any more */
void gic_kick(const struct core *c);

/* vm.c: vCPUs */
void vcpu_init(uint32_t n);             /* at boot, on its own core */
void vcpu_start(struct vcpu *v, uint64_t entry, uint64_t x0);   /* any core: it is turned on */
void vcpu_stop(struct vcpu *v);         /* this core's: PSCI CPU_OFF */
void vm_stop(struct vcpu *v, const char *reason);               /* all of its vCPUs */
/* A virtual interrupt (IS_VIRTUAL) becomes pending, whoever runs where. */
void vcpu_raise(struct vcpu *v, uint32_t intid);
void vcpu_take_incoming(struct vcpu *v);

/* schedule.c: what this core runs now: waits until there is something. Its registers are loaded. */
struct vcpu *schedule(struct core *c);
void schedule_interrupt(struct core *c, uint32_t intid);        /* acknowledged, and not of the vCPU that is loaded */

/* slots.c: a core whose time is cut into slots; slots.S has the usual end of a slot */
void slots_start(struct core *c);                       /* the slot that now is in */
struct vcpu *slots_owner(struct core *c);               /* of the slot, or NULL */
void slots_interrupt(struct core *c);                   /* PPI_ALARM: the slot is over, or the next one begins */
struct vcpu *slots_again(struct core *c);               /* between two slots; an interrupt may have come: what runs then */
/* The core sleeps until the slot begins; v, loaded, goes on, the next alarm is at that tick; or something else came, and the core looks again. */
void slots_begin(struct vcpu *v, struct core *c, uint64_t alarm) __attribute__((noreturn));

/* priority.c: a slot that several vCPUs share */
void priority_begin(struct core *c);                    /* the core is in c->slot, and in c->several from now on … */
void priority_end(struct core *c);                      /* … until now */
struct vcpu *priority_owner(struct core *c);            /* who runs; NULL: all sleep. Its alarm is set */
uint64_t priority_alarm(struct core *c);                /* tick: the slot's end, or when one that is to be preferred wakes by its timer */
struct vcpu *priority_sleep(struct vcpu *v);            /* it has nothing to do: what runs then */

/* lists.c: list registers. The fast path is vectors.S; these are what it leaves. */
void lists_own(struct vcpu *v, uint32_t intid);         /* acknowledged, the VM's own: no list register was free, or it does not run */
void lists_pend_word(struct vcpu *v, uint32_t word, uint32_t bits);     /* virtual ones become pending */
void lists_refill(struct vcpu *v);                      /* after any change of what may be delivered */
bool lists_empty(void);                                 /* nothing is pending or active for the guest */
struct lists_state {
    uint32_t here;                      /* in a list register or waiting */
    uint32_t pending, active;           /* as the guest sees it */
};
struct lists_state lists_state(const struct vcpu *v, uint32_t word);
/* Interrupts of a word, by bits: taken back (they stay pending), no longer pending, no longer active. */
void lists_withdraw(struct vcpu *v, uint32_t word, uint32_t bits);
void lists_clear_pending(struct vcpu *v, uint32_t word, uint32_t bits);
void lists_clear_active(struct vcpu *v, uint32_t word, uint32_t bits);

/* vgic.c, vgicd.c, vgicr.c: emulated registers. False: a size or alignment that the register does not have. */
bool vgic_covers(const struct vcpu *v, uint64_t ipa);
bool vgic_access(struct vcpu *v, uint64_t ipa, unsigned size, bool write, uint64_t *value);
bool vgicd_access(struct vcpu *v, uint32_t offset, unsigned size, bool write, uint64_t *value);
uint64_t vgicr_typer(const struct hyp_vm *vm, uint32_t index);
bool vgicr_access(struct vcpu *v, uint32_t offset, unsigned size, bool write, uint64_t *value);
/* GICD_ISENABLER<n> to GICD_ICACTIVER<n>, and of the redistributor (word 0). */
enum {
    GIC_ISENABLER = 0x100, GIC_ICENABLER = 0x180, GIC_ISPENDR = 0x200, GIC_ICPENDR = 0x280,
    GIC_ISACTIVER = 0x300, GIC_ICACTIVER = 0x380, GIC_IPRIORITYR = 0x400, GIC_ICFGR = 0xc00
};
struct vcpu *vgic_target(const struct vcpu *v, uint32_t intid);         /* of HYP_VIRTUAL_WORD */
void vgic_tell_others(const struct vcpu *v);            /* the VM's vCPUs on other cores look at their list registers again */
void vgic_bits(struct vcpu *v, uint32_t offset, bool write, uint64_t *value);
void vgic_priorities(struct vcpu *v, uint32_t first, unsigned size, bool write, uint64_t *value);
/* Bits of a word of 32 interrupts that the VM owns, physical ones. */
static inline uint32_t vgic_owned(const struct vcpu *v, uint32_t word) { return v->config->irq_mask[word]; }
/* Bits of a word that are there without a physical interrupt, and which of them are enabled. */
static inline uint32_t vgic_virtual(uint32_t word) { return word == 0 ? SGIS : word == HYP_VIRTUAL_WORD ? ~0u : 0; }
static inline uint32_t vgic_virtual_enabled(const struct vcpu *v, uint32_t word) { return word == 0 ? v->sgi_enabled : word == HYP_VIRTUAL_WORD ? v->vm->enabled : 0; }

/* monitor.c: a VM's monitor, entered by what its guest does and left by its answer */
void monitor_init(struct vcpu *guest);
struct vcpu *monitor_access(struct vcpu *guest, uint32_t esr, uint64_t ipa);    /* the guest's access is for the monitor: what runs then */
struct vcpu *monitor_call(struct vcpu *m);                                      /* SVC of a monitor */
struct vcpu *monitor_crash(struct vcpu *m, const char *what);
bool monitor_owns(const struct core *c, uint32_t intid);                        /* its UART, or the alarm */
struct vcpu *monitor_interrupt(struct vcpu *v, uint32_t intid);                 /* one of those, acknowledged */

/* smmu.c */
void smmu_init(void);                                   /* before any VM starts */
void smmu_interrupt(uint32_t intid);
static inline bool smmu_has(uint32_t intid) { return hyp_smmu.base && intid - hyp_smmu.intid < 2; }

/* trap.c, sysreg.c, psci.c, hypercall.c. They return what this core runs then. */
struct vcpu *trap_sync(struct vcpu *v);
struct vcpu *trap_device(struct vcpu *v, uint32_t esr);
struct vcpu *trap_interrupt(struct vcpu *v, uint32_t intid);
bool trap_vgic(struct vcpu *v, uint32_t iss);           /* an access to the virtual GIC, done; false: it is something else, or wrong */
bool sysreg_trap(struct vcpu *v, uint32_t iss);         /* false: Undefined */
bool psci_call(struct vcpu *v);                         /* true: it sleeps now (priority_sleep) */
int64_t hypercall(struct vcpu *v, uint64_t x0);
struct vcpu *hypercall_switching(struct vcpu *v);       /* those from CALL_SWITCHING on */

/* fault.c */
void fault_report(struct vcpu *v, const char *what);    /* and the VM is stopped */
void fault_el2(uint64_t vector) __attribute__((noreturn));

/* console.c: %s %u %x, with l 64 bits. A report of several lines is kept whole by take and give around it. */
void console_take(void);
void console_give(void);
void console_leave(void);                               /* however often this core has taken it */
void console_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
