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
#define HYP_VIRTUAL_WORD 1u     /* INTIDs 32-63 of every VM have no physical interrupt behind them: others raise them by capabilities */

/* A capability: an object, and what may be done with it. A selector is an index into the VM's list; no capability is made at run time. */
struct hyp_cap {
    uint32_t type;              /* CAP_* (layout.h) in bits 7:0; of CAP_VIRQ the INTID in 31:16 */
    uint32_t number;            /* of CAP_VIRQ the vCPU */
};

struct hyp_vcpu {
    uint32_t vm, index;         /* MPIDR Aff0 in its VM */
    uint32_t core;              /* physical; Aff0, as on QEMU virt */
    uint32_t shared;            /* its core has others too: by the core's slots */
};

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
    uint32_t vmid;
    uint32_t first_vcpu, vcpu_count;        /* in hyp_vcpus */
    uint64_t entry_ipa;         /* first instruction, at EL1h, MMU off */
    uint64_t boot_x0;           /* IPA of its device tree; x1-x3 are 0 (Linux arm64 booting.rst) */
    uint64_t vttbr;             /* VTTBR_EL2: VMID and physical address of the stage 2 root */
    uint64_t ram_ipa, ram_pa, ram_size;
    const struct hyp_cap *caps;
    uint32_t cap_count;
    uint32_t irq_words;         /* a bit a word of irq_mask that is not 0 */
    /* One bit an INTID: SPIs (and PPIs) that the VM owns. PPI 27 (virtual timer) is in each VM's set. */
    uint32_t irq_mask[(HYP_INTIDS + 31) / 32];
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
    uint32_t vcpu;              /* the one that has it alone, or HYP_VCPUS_MAX */
    uint32_t slot_count;        /* 0: no schedule */
    uint64_t frame_ticks;       /* major frame */
    const struct hyp_slot *slots;
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

extern const struct hyp_smmu hyp_smmu;
extern const struct hyp_stream hyp_streams[];
extern const uint32_t hyp_vm_count;
extern const struct hyp_vm hyp_vms[];
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
 * Nothing of a VM's memory is mapped at EL2. */

#endif
