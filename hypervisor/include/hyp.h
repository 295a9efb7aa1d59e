/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's own declarations: cores, virtual GIC, PSCI, faults, console
 */
#ifndef HYP_HYP_H
#define HYP_HYP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"
#include "control.h"
#include "layout.h"
#include "monitor.h"
#include "tables.h"

#define HYP_WORDS ((HYP_INTIDS + 31) / 32)
#define VGIC_PLANES 5u                 /* bits of priority */
#define SGIS 0xffffu                    /* SGIs in a word of 32 interrupts: INTID 0-15 */

#define IS_VIRTUAL(intid) ((intid) < 16 || (intid) / 32 == HYP_VIRTUAL_WORD)     /* SGIs, and what capabilities raise */

/* A VM, as far as it is not constant. */
struct vm {
    uint32_t enabled;                   /* of HYP_VIRTUAL_WORD; the first two are for assembly, too */
    uint32_t gicd_ctlr;
    uint32_t rwp;                       /* GICD_CTLR.RWP: how many requests to disable are on their way (vgic_others.c) */
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
    bool away;                          /* not for the short way of slots.S: a thread, or in a call to a domain (`active` runs on its time), or of a VM with VM_MOVES */
    bool starting;                      /* PSCI: on pending; start_* are valid */
    const uint32_t *irq_mask;           /* config's */
    uint64_t gicr_hpfar;                /* of its virtual RD_base, as HPFAR_EL2 has it */
    uint64_t gicr_typer;
    uint64_t gicr_sgi;                  /* the physical SGI_base of its core */
    uint32_t sgi_enabled;               /* virtual redistributor: what is not kept in the physical one */
    /* No list register was free: SGIs are pending, others also active physically */
    uint32_t waiting[HYP_WORDS];
    bool live;                          /* in a slot of several: what comes for it is its core's business now */

    const struct hyp_vm *config;
    uint32_t index;                     /* in its VM */
    bool monitor;                       /* it runs at EL0: a monitor, or a domain's; peer is the vCPU whose time it is */
    bool domain;                        /* a domain's */
    struct vcpu *active;                /* what runs on its time instead of the guest: a domain's context; a domain's thread: itself; or NULL */
    uint64_t entry, sp;                 /* of a domain's context: how it begins */
    struct vcpu *caller;                /* … while it is called … */
    const struct hyp_portal *portal;    /* … by this portal */
    uint32_t exits;                     /* a monitor's, that wait: a bit an EXIT_* */
    uint64_t alarm;                     /* tick, or ~0: a monitor's */
    uint32_t exit, esr;                 /* a monitor's: what it is in for, and the syndrome of the access */
    uint64_t ipa;                       /* … and its address */
    bool shared;                        /* the core has other vCPUs too */
    uint64_t start_entry, start_x0;
    uint32_t gicr_waker;
    uint32_t plane[HYP_WORDS][VGIC_PLANES];     /* bits 7, 6, … 3 of the priorities in route, 32 together */
    uint32_t asked, asked_bits[3][HYP_WORDS];   /* by its VM's vCPUs on other cores: vgic_others.c */
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
extern struct vm hyp_vm_states[HYP_VCPUS_MAX];

/* A module of forge's (forge/modules.c) may stand before a function of another file, STANDS_BEFORE(F): what calls F calls INSTEAD_OF(F) then, which is free to call
 * ORIGINAL(F). The linker does it (--wrap), for the systems that use the module; the others do not have a byte of it. */
#define STANDS_BEFORE(function) extern __typeof__(function) INSTEAD_OF(function), ORIGINAL(function)
#define INSTEAD_OF(function) __wrap_##function
#define ORIGINAL(function) __real_##function

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
enum vm_end { VM_OFF, VM_RESET, VM_FAULT };     /* PSCI SYSTEM_OFF, its last CPU_OFF; SYSTEM_RESET; what it, or its monitor, may not do */
void vm_stop(struct vcpu *v, enum vm_end why, const char *reason);      /* all of its vCPUs: for good, unless its <restart> or its supervisor says otherwise */
/* A virtual interrupt (IS_VIRTUAL) becomes pending, whoever runs where. */
void vcpu_raise(struct vcpu *v, uint32_t intid);
void vcpu_take_incoming(struct vcpu *v);

/* schedule.c: what this core runs now: waits until there is something. Its registers are loaded. */
struct vcpu *schedule(struct core *c);
void schedule_give(struct core *c, struct vcpu *v);             /* the core's registers are v's now; NULL: nobody's */
bool schedule_may_run(struct vcpu *v);                          /* it is on: reset first if that is new */
bool schedule_has_time(const struct vcpu *v);           /* for a report, in the slot that is in */
void schedule_interrupt(struct core *c, uint32_t intid);        /* acknowledged, and not of the vCPU that is loaded */

/* slots.c: a core whose time is cut into slots; slots.S has the usual end of a slot */
void slots_start(struct core *c);                       /* the slot that now is in */
struct vcpu *slots_owner(struct core *c);               /* of the slot, or NULL */
void slots_interrupt(struct core *c);                   /* PPI_ALARM: the slot is over, or the next one begins */
struct vcpu *slots_again(struct core *c);               /* between two slots; an interrupt may have come: what runs then */
/* The core sleeps until the slot begins; v, loaded, goes on, the next alarm is at that tick; or something else came, and the core looks again. */
void slots_begin(struct vcpu *v, struct core *c, uint64_t alarm, struct vcpu *who) __attribute__((noreturn));

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

/* vgic_others.c: an SPI that another core's list registers may hold. vgic_ask: of ICENABLER, ICPENDR or ICACTIVER; returns the bits that others were asked for. */
uint32_t vgic_ask(const struct vcpu *v, uint32_t group, uint32_t word, uint32_t bits);
void vgic_answer(struct vcpu *v);

/* monitor.c: a VM's monitor, entered by what its guest does and left by its answer */
void monitor_init(struct vcpu *guest);
struct vcpu *monitor_access(struct vcpu *guest, uint32_t esr, uint64_t ipa);    /* the guest's access is for the monitor: what runs then */
struct vcpu *monitor_call(struct vcpu *m);                                      /* SVC of a monitor */
struct vcpu *monitor_crash(struct vcpu *m, const char *what);
struct vcpu *monitor_after_call(struct vcpu *guest);    /* a guest that has one is back from another domain: what runs then */
struct vcpu *monitor_ask(struct vcpu *guest, uint64_t exit, uint64_t x1);       /* EXIT_* with that x1 */
bool monitor_owns(const struct core *c, uint32_t intid);                        /* its UART, or the alarm */
struct vcpu *monitor_interrupt(struct vcpu *v, uint32_t intid);                 /* one of those, acknowledged */
struct vcpu *monitor_interrupted(struct vcpu *m);                               /* by one that is not its own, dealt with: what runs then */
void monitor_resume(struct vcpu *guest);                                        /* its VM was halted; on its core */
void monitor_reset(struct vcpu *guest);                                         /* as after monitor_init, on its core */

/* control.c: restart and halt of a VM; vm->stopped is true except while it runs */
bool control_stop(struct vcpu *v, enum vm_end why, const char *reason);        /* false: it stays stopped */
bool control_step(struct vcpu *v);                      /* its core would run this vCPU of a stopped VM: what there is to do; true: run it */
bool control_halting(const struct vcpu *v);             /* the stopped VM is to be halted, and may end first what it is at */
/* supervise.c: hypercalls of a supervisor */
bool control_call(struct vcpu *v);                      /* false: no such call or capability */
/* forget.c: a VM as before its first boot, all its vCPUs off; its memory is not touched. On the core of its first vCPU. */
void forget_vm(struct vcpu *first);

/* domain.c: protection domains at EL0, called through portals on their callers' time, or with a thread and time of their own */
void domain_init(void);                                 /* before any vCPU runs */
void domain_start(struct vcpu *thread);                 /* reset: it begins */
struct vcpu *domain_call(struct vcpu *v, const struct hyp_cap *cap);
struct vcpu *domain_trap(struct vcpu *v, uint64_t esr); /* any exception of a domain but an interrupt */
void domain_leave_core(struct vcpu *v);                 /* v->active is, and the core gets another vCPU: EL1 is as v left it … */
void domain_enter_core(struct vcpu *v);                 /* … and v has the core again */

/* semaphore.c */
void semaphore_init(void);
int64_t semaphore_up(uint32_t n);
int64_t semaphore_down(struct vcpu *v, uint32_t n, uint64_t deadline);
void semaphore_interrupt(uint32_t intid);               /* acknowledged, a domain's: it stays active until that goes down for it */

/* decode.c: an access without syndrome; a VM with a monitor has it decoded. What runs then; NULL: it cannot be. decode_reply: of EXIT_DECODE; NULL: its guest goes on. */
struct vcpu *decode_access(struct vcpu *v, uint32_t esr, uint64_t ipa);
struct vcpu *decode_reply(struct vcpu *m);

/* smmu.c */
void smmu_init(void);                                   /* before any VM starts */
void smmu_interrupt(uint32_t intid);
static inline bool smmu_has(uint32_t intid) { return hyp_smmu.base && intid - hyp_smmu.intid < 2; }

/* owner.c, direct.c, pmu.c: what a VM that has its cores alone may have itself */
bool schedule_may_run(struct vcpu *v);                  /* schedule.c's: it is on; reset first if that is new */
bool direct_sysreg(struct vcpu *v, uint32_t iss);       /* an access to a register of the CPU interface, done; false: it is another's */
void direct_reset(struct vcpu *v);                      /* a vCPU begins, on its core */
void pmu_reset(struct vcpu *v);                         /* the same; counters off and at 0 */
void pmu_sysreg(struct vcpu *v, uint32_t iss);          /* sysreg.c has answered: what an ID register says of the monitors */
#define DIRECT_URGENT 8u                /* the most urgent priority that such a VM's interrupts have: above 0, the hypervisor's */
#define DIRECT_NEVER 0xf8u              /* of 5 bits: no mask lets it through */
#define ICC_CTLR_EOIMODE 2u
void arch_direct(void);                 /* this core's IRQs go to EL1 */
void arch_direct_reset(struct vcpu *v); /* its CPU interface is as after reset when it is loaded */
void arch_direct_save(struct vcpu *v);
void arch_direct_load(struct vcpu *v);

/* trap.c, sysreg.c, psci.c, hypercall.c. They return what this core runs then. */
struct vcpu *trap_sync(struct vcpu *v);
struct vcpu *trap_device(struct vcpu *v, uint32_t esr);
struct vcpu *trap_interrupt(struct vcpu *v, uint32_t intid);
bool trap_vgic(struct vcpu *v, uint32_t iss);           /* an access to the virtual GIC, done; false: it is something else, or wrong */
bool sysreg_trap(struct vcpu *v, uint32_t iss);         /* false: Undefined */
bool psci_call(struct vcpu *v);                         /* true: it sleeps now (priority_sleep) */
int64_t hypercall(struct vcpu *v, uint64_t x0);
struct vcpu *hypercall_switching(struct vcpu *v);       /* those from CALL_SWITCHING on */

const struct hyp_cap *capability(const struct vcpu *v, uint64_t selector, uint32_t type);      /* NULL: it has none of that type there */

/* sets.c: which of its sets of page tables a VM has */
struct vcpu *sets_call(uint64_t selector, struct vcpu *v);      /* CALL_SET: v; its x0 stays CALL_BAD if it has no such capability */
void sets_follow(struct vcpu *v);                       /* it is this core's current: its tables are those in force */

/* place.c: which core a vCPU is on */
struct vcpu *place_call(uint64_t selector, struct vcpu *v);     /* CALL_PLACE, likewise */
struct vcpu *place_owner(struct core *c, struct vcpu *v);       /* whose this core is now, v by its table: one that is to leave has left */
bool place_stray(uint32_t intid);                       /* acknowledged, of a vCPU that has left this core: it goes there when it is deactivated */

/* fault.c */
void fault_report(struct vcpu *v, const char *what);    /* and the VM is stopped */
void fault_el2(uint64_t vector) __attribute__((noreturn));

/* console.c: %s %u %x, with l 64 bits. A report of several lines is kept whole by take and give around it. */
void console_take(void);
void console_give(void);
void console_leave(void);                               /* however often this core has taken it */
void console_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
