/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tables of one system: made offline by forge, constant at run time
 *
 * forge writes tables.c (these structs) and pagetables.S, links them with libhyp.a into one ELF whose PT_LOADs also
 * carry the guests' payloads at their physical addresses. The runtime builds no table; it only reads these.
 */
#ifndef HYP_TABLES_H
#define HYP_TABLES_H

#include <stdint.h>

#define HYP_CORES_MAX 8
#define HYP_VCPUS_MAX 16
#define HYP_SLOT_VCPUS 7
#define HYP_INTIDS 288          /* QEMU virt: SGI 0-15, PPI 16-31, SPI 32-287 */
#define HYP_NO_VM 0xff
#define HYP_ECS_MAX 32
#define HYP_SEMAPHORES_MAX 32
#define HYP_VIRTUAL_WORD 1u     /* INTIDs 32-63 of every VM have no physical interrupt behind them: others raise them by capabilities */

/* A capability: an object, and what may be done with it. A selector is an index into the protection domain's list; no capability is made at run time. */
struct hyp_cap {
    uint32_t type, number;      /* CAP_* and what belongs to it (layout.h) */
};

/* Where a domain can be called, and how much of the message goes in and of the answer out: x1 to x<words>. */
struct hyp_portal {
    uint32_t domain;            /* in hyp_vms */
    uint32_t id;                /* what its handler gets in x0 31:0; the capability's badge is in 63:32 */
    uint32_t in, out;           /* words, 0 to 7 */
};

/* An execution context of a domain for one that may call it: a vCPU, or another domain's context. It runs on the caller's time. */
struct hyp_ec {
    uint32_t domain, index;     /* in hyp_vms; among the domain's contexts, its thread counted */
    uint32_t vcpu;              /* at the bottom of the chain of callers: whose time it is */
    uint64_t sp;
};

struct hyp_semaphore {
    uint32_t count;             /* at first */
    uint32_t intid;             /* the interrupt that counts it up, or 0 */
};

struct hyp_vcpu {
    uint32_t vm, index;         /* MPIDR Aff0 in its VM */
    uint32_t core;              /* physical; Aff0, as on QEMU virt */
    uint32_t shared;            /* its core has others too: by the core's slots */
};

/* struct hyp_vm's flags. Such a VM has its cores alone. */
#define VM_DIRECT 1u            /* it has the physical CPU interfaces: core/direct.c */
#define VM_ABORTS 4u            /* what it touches outside of itself is its external abort, and not its end: arch/aarch64/abort.c */
#define VM_MOVES 8u             /* it has sets of page tables, or placements: it runs where, and with what, sets.c and place.c say */
#define VM_PMU 2u               /* it has the performance monitors: arch/aarch64/pmu.c */

/* The monitor of a VM: its stage 2 and what it may do. */
struct hyp_monitor {
    uint64_t vttbr, entry, sp;
    uint32_t intid;             /* of its UART, or 0 */
    const struct hyp_cap *caps;
    uint32_t cap_count;
};

struct hyp_vm {
    const char *name;
    const struct hyp_monitor *monitor;      /* or NULL */
    uint64_t thread_sp;         /* a domain's, at EL0: where its thread's stack begins; a VM: 0 */
    uint32_t vmid;
    uint32_t first_vcpu, vcpu_count;        /* in hyp_vcpus */
    uint32_t flags;             /* VM_* */
    uint64_t entry_ipa;         /* first instruction, at EL1h, MMU off */
    uint64_t boot_x0;           /* IPA of its device tree; x1-x3 are 0 (Linux arm64 booting.rst) */
    uint64_t vttbr;             /* VTTBR_EL2: VMID and physical address of the stage 2 root */
    uint64_t ram_ipa, ram_pa, ram_size;
    const struct hyp_cap *caps;
    uint32_t cap_count;
    uint32_t irq_words;         /* a bit a word of irq_mask that is not 0 */
    /* One bit an INTID: SPIs (and PPIs) that the VM owns. PPI 27 (virtual timer) is in each VM's set, PPI 23 in that of one with VM_PMU; the SGIs, and what
     * capabilities raise, in that of one with VM_DIRECT: there they are physical. */
    uint32_t irq_mask[(HYP_INTIDS + 31) / 32];
};

/* What becomes of a VM that has failed. forge makes one for each VM if one of them has <restart> or <supervisor>. */
struct hyp_control {
    uint64_t vttbr;             /* of the space of its restart (control.h), or 0: it does not restart */
    uint32_t limit;             /* of restarts */
    uint32_t on_fault;          /* not only by PSCI SYSTEM_RESET */
    uint32_t supervisor;        /* vCPU that is told of its faults, or HYP_VCPUS_MAX */
    uint32_t intid;             /* by this virtual interrupt */
};

/* A core's time, over and over: slots in order from each multiple of the major frame. */
struct hyp_slot {
    const struct hyp_slot *next;
    uint32_t ticks;             /* of CNTFRQ_EL0 */
    uint32_t vcpu;              /* HYP_VCPUS_MAX: nobody's, or several' */
    uint8_t count;              /* of several; else 0 */
    uint8_t several[HYP_SLOT_VCPUS];        /* the first that has something to do runs */
};
struct hyp_core {
    uint32_t vcpu;              /* the one that has it alone, else one that a placement brings here, or HYP_VCPUS_MAX */
    uint32_t slot_count;        /* 0: no schedule */
    uint64_t frame_ticks;       /* major frame */
    const struct hyp_slot *slots;
};

/* Memory that VMs have in turn. Only there if the XML has sets; hyp_pool_count is below 32. */
struct hyp_pool {
    uint64_t pa, size;
    uint32_t shared;            /* what is in it goes to the next one */
};
/* A VM's page tables with some of the pools, a bit each. */
struct hyp_set {
    uint64_t vttbr;
    uint32_t vm, pools;
};
struct hyp_vm_sets {
    uint32_t first, count;      /* in hyp_sets; the first is in force at the beginning */
};

/* Cores for a VM's vCPUs; the first of each VM is where they begin. Only there if the XML has placements. */
struct hyp_placement {
    uint32_t vm;
    uint8_t cores[HYP_CORES_MAX];       /* by index */
};

/* A DMA stream and whose it is, for reports. */
struct hyp_stream {
    uint32_t stream, vm;
    const char *device;
};

struct hyp_smmu {
    uint64_t base;              /* of its registers, or 0: the board has none */
    uint32_t intid;             /* event queue; intid + 1: global errors */
    uint32_t core;              /* that takes them */
    uint64_t stream_table;      /* physical address, and STRTAB_BASE_CFG */
    uint32_t stream_table_cfg;
    uint32_t stream_count;
};

extern const uint32_t hyp_ec_count, hyp_semaphore_count;
extern const struct hyp_ec hyp_ecs[];
extern const struct hyp_portal hyp_portals[];
extern const struct hyp_semaphore hyp_semaphores[];
extern const struct hyp_pool hyp_pools[];
extern const uint32_t hyp_pool_count;
extern const struct hyp_set hyp_sets[];
extern const struct hyp_vm_sets hyp_vm_sets[];      /* by VM */
extern const uint64_t hyp_clear_vttbr;              /* of what clears pools: they, where they lie, and the page of its code */
extern const struct hyp_placement hyp_placements[];
extern const struct hyp_smmu hyp_smmu;
extern const struct hyp_stream hyp_streams[];
extern const uint32_t hyp_vm_count;
extern const struct hyp_vm hyp_vms[];
extern const struct hyp_control hyp_controls[];     /* by VM */
extern const uint32_t hyp_vcpu_count;
extern const struct hyp_vcpu hyp_vcpus[];
extern const uint32_t hyp_core_count;               /* cores that run a VM or are parked; MPIDR Aff0 0 .. n-1 */
extern const struct hyp_core hyp_core_tables[HYP_CORES_MAX];
extern const uint8_t hyp_irq_vm[HYP_INTIDS];        /* owner of an SPI, or HYP_NO_VM */
extern const uint64_t hyp_el2_root[];               /* TTBR0_EL2: stage 1, 4 KiB granule, 39-bit VA, starts at level 1 */
extern const uint64_t hyp_vtcr;                     /* VTCR_EL2: 4 KiB granule, 39-bit IPA, starts at level 1 */
extern const uint64_t hyp_console_base;             /* ns16550-compatible UART (uart16550), or 0: no console */
extern const char hyp_system_name[];

/* Physical layout that the runtime may assume (forge's linker script and stage 1 map agree with it):
 * text RX, rodata (with all tables) RO, data (with stacks and the per-core blocks) RW never executable, each a 2 MiB
 * region of its own; GICD at 0x08000000, GICR at 0x080a0000 (0x20000 a core), the console's page and the SMMU's: device-nGnRnE, RW.
 * Nothing of a VM's memory is mapped at EL2, nor of a pool. */

#endif
