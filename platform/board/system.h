/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system: board, devices and VMs as scenarios/systems/NAME.xml describes them, checked and laid out
 *
 * Pure host C over libxml2: used by forge (hypervisor/forge) and by the CLI, which turns it into QEMU's command line.
 */
#ifndef INGOT_SYSTEM_H
#define INGOT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYSTEM_CORES_MAX 8
#define SYSTEM_DEVICES_MAX 64
#define SYSTEM_VMS_MAX 8
#define SYSTEM_MODULES_MAX 8
#define SYSTEM_SLOTS_MAX 32
#define SYSTEM_SLOT_VMS_MAX 7   /* HYP_SLOT_VCPUS of hypervisor/include/tables.h */
#define SYSTEM_SIGNALS_MAX 32
#define SYSTEM_POOLS_MAX 16
#define SYSTEM_SETS_MAX 8
#define SYSTEM_PLACEMENTS_MAX 8
#define SYSTEM_GRANTS_MAX 32

enum { SYSTEM_OWNER_NONE = -1, SYSTEM_OWNER_HYPERVISOR = -2 };

struct system_device {
    char *name, *type, *impl;   /* impl: as written, or NULL */
    uint64_t base, size;        /* physical register window; size a multiple of 4096 */
    unsigned spi, lines;        /* first SPI and how many */
    uint32_t stream;            /* 0: none */
    uint64_t clock_ps;          /* 1e12 / Hz, rounded to the nearest ps; 0: not given */
    uint64_t clock_hz;          /* if that is not the whole truth, else 0 */
    bool pcie;                  /* behind the PCIe host bridge: no base, spi and stream of its own */
    int owner;                  /* VM index, or SYSTEM_OWNER_* */
    int line;                   /* of its <device> in the XML, for messages */
};

enum system_payload { SYSTEM_PAYLOAD_LINUX, SYSTEM_PAYLOAD_RAW, SYSTEM_PAYLOAD_ELF };

/* A file beside the payload, as a boot loader hands it over: /chosen/module@… of the device tree (multiboot,module). */
struct system_module {
    char *image, *compatible, *cmdline;     /* cmdline: or NULL */
    uint64_t address, size;
    int line;
};

/* A VM's monitor: devices that are emulated for it at EL0. line 0: it has none. */
#define SYSTEM_MODELS_MAX 8
enum system_model_kind { SYSTEM_PL011 = 1, SYSTEM_PL031, SYSTEM_VIRTIO_CONSOLE, SYSTEM_VIRTIO_BLOCK };
struct system_model {
    enum system_model_kind kind;
    uint64_t base;              /* where the VM sees its page of registers */
    unsigned spi;               /* 0 to 31: INTID 32 to 63 of the VM */
    bool read_only;
    int line;
};
struct system_monitor {
    int line;
    int console;                /* uart16550 that is its lines' way out: device index or -1 */
    struct system_model models[SYSTEM_MODELS_MAX];
    size_t model_count;
    char *disk;                 /* file of the virtio-block, or NULL */
    uint64_t disk_size;
    char *program;              /* file of another monitor than Ingot's, or NULL */
    uint64_t program_size;
    uint64_t pa, size;          /* its memory, set by layout */
};

/* How a device of a VM that restarts comes to rest: a register is written, or waited for. */
#define SYSTEM_STEPS_MAX 32
struct system_step {
    char *device_name;
    int device;                 /* index */
    bool wait;                  /* until the bits of value are 0 */
    uint64_t offset;
    unsigned value, size;       /* bytes: 1 or 4 */
    int line;
};

/* A VM that begins anew where another one is stopped. line 0: it does not. */
struct system_restart {
    int line;
    struct system_step steps[SYSTEM_STEPS_MAX];
    size_t step_count;
    bool on_fault;              /* after a fault of its own or of its monitor, too; after PSCI SYSTEM_RESET always */
    unsigned limit;             /* how often */
    uint64_t pa, size;          /* memory of what it begins with, set by layout */
};

/* The VM that decides about one that has failed. line 0: nobody does. */
struct system_supervisor {
    char *name;
    int vm;                     /* index */
    unsigned intid;             /* its virtual interrupt, 32 to 63 */
    int line;
};

/* Another VM's virtual interrupt, which a VM may raise: its capability, whose selector is its number here. */
struct system_signal {
    char *to_name;
    int to;                     /* VM index */
    unsigned intid;             /* 32 to 63 */
    int line;
};

/* Where a domain can be called: x0 is its id then, and the first words of the message are x1, x2, … */
#define SYSTEM_PORTALS_MAX 16
struct system_portal {
    char *name;
    unsigned id, in, out;       /* words: 0 to 7 */
    int line;
};

/* A semaphore: a count, and the interrupt that counts it up if there is one. */
#define SYSTEM_SEMAPHORES_MAX 32
struct system_semaphore {
    char *name, *device_name;   /* NULL: no interrupt */
    int device;                 /* index */
    unsigned irq, count;        /* which of the device's interrupts; how many at first */
    int line;
};

/* What a VM or domain may use: a portal or a semaphore. Its selector is its number here behind the signals. */
#define SYSTEM_CAPABILITIES_MAX 32
struct system_capability {
    char *portal_name, *semaphore_name;     /* one of them: "DOMAIN.PORTAL"; the other is NULL */
    bool up, down;              /* of a semaphore */
    unsigned badge;             /* of a portal: 16 bits */
    int domain, portal, semaphore;          /* indices */
    unsigned context;           /* of a portal: the first of the holder's contexts there */
    int line;
};

/* An execution context of a domain, for one of those that may call it. */
#define SYSTEM_CONTEXTS_MAX 32
#define SYSTEM_STACK 0x4000u    /* bytes of each one's stack */
struct system_context {
    int domain;
    unsigned index;             /* among the domain's; 0 is its thread, if it has one */
    int vm;                     /* whose time it is … */
    unsigned vcpu;              /* … and which of its vCPUs */
};

/* Memory that VMs have in turn: whoever has a set in force that maps it. */
struct system_pool {
    char *name;
    uint64_t size, pa;          /* multiples of 2 MiB; pa set by layout */
    bool shared;                /* what is in it goes to the next one; else it is cleared */
    int line;
};

/* What a VM reaches beside its memory and devices while this set is in force. Of several the first is, at the beginning. */
struct system_map {
    char *pool_name;
    int pool;                   /* index */
    uint64_t ipa;
    int line;
};
struct system_set {
    char *name;
    struct system_map maps[SYSTEM_POOLS_MAX];
    size_t map_count;
    int line;
};

/* Other cores that the VM's vCPUs may be on, all of them at once. */
struct system_placement {
    char *name;
    unsigned cores[SYSTEM_CORES_MAX];
    unsigned core_count;
    int line;
};

/* A capability for a VM's set or placement, by name. */
struct system_grant {
    char *vm_name, *what;       /* what: NULL for the place where the VM begins */
    int vm, number;             /* index of the set; of the placement from 1, 0: where it begins */
    int line;
};

/* A core's time, over and over. */
struct system_slot {
    char *vm_names;             /* as written, or NULL: nobody's */
    int vms[SYSTEM_SLOT_VMS_MAX];       /* indices; the first that has something to do runs */
    unsigned vm_count;          /* 0: nobody's */
    uint64_t ns;
    int line;
};
struct system_schedule {
    struct system_slot slots[SYSTEM_SLOTS_MAX];
    size_t slot_count;          /* 0: the core is one vCPU's, or nobody's */
    uint64_t frame_ns;
    int line;
};

struct system_vm {
    char *name;
    uint64_t ipa, pa, size;     /* one RAM region; all multiples of 2 MiB; pa chosen by layout if not given */
    bool pa_given;
    bool outside_aborts;        /* outside="abort": an access outside of it is its external abort and does not stop it */
    unsigned cores[SYSTEM_CORES_MAX];   /* physical core of each vCPU */
    unsigned core_count;
    enum system_payload payload;
    char *kernel;               /* Linux Image; raw image, entered at its first byte; ELF, at its entry; x0 = device tree */
    uint64_t address;           /* where a raw image is loaded: ipa, or as written */
    uint64_t entry;             /* an ELF's */
    char *dtb;                  /* device tree that was given, or NULL: one is made */
    struct system_module modules[SYSTEM_MODULES_MAX];
    size_t module_count;
    struct system_signal signals[SYSTEM_SIGNALS_MAX];
    size_t signal_count;
    bool domain;                /* <domain>: at EL0; with a core it has a thread, without it is only called */
    struct system_portal portals[SYSTEM_PORTALS_MAX];
    size_t portal_count;
    struct system_capability capabilities[SYSTEM_CAPABILITIES_MAX];
    size_t capability_count;
    unsigned context_count;     /* a domain's, with its thread */
    struct system_set sets[SYSTEM_SETS_MAX];
    size_t set_count;           /* 0: it has its memory and devices for ever */
    struct system_placement placements[SYSTEM_PLACEMENTS_MAX];
    size_t placement_count;
    struct system_grant switches[SYSTEM_GRANTS_MAX], moves[SYSTEM_GRANTS_MAX];
    size_t switch_count, move_count;
    struct system_monitor monitor;
    bool direct, pmu;           /* it has its cores' physical CPU interfaces; their performance monitors */
    struct system_restart restart;
    struct system_supervisor supervisor;
    char *initramfs;            /* or NULL */
    char *cmdline;              /* or NULL */
    int console;                /* index of its first uart16550, or of its monitor's, or -1 */
    uint64_t dtb_ipa, initrd_ipa, initrd_size, kernel_ipa, kernel_size;  /* set by layout */
    int line, memory_line, payload_line;    /* of <vm>, of its <memory>, of its <linux> or <raw> */
};

/* Either a hypervisor with its VMs, or (bare) one payload that has the board to itself: vms[0], its memory the board's. */
struct system {
    char *name, *file;          /* file: path of the XML */
    bool bare;
    unsigned el;                /* exception level at which a bare payload begins: 1 or 2 */
    unsigned cores;
    uint64_t ram_base, ram_size;    /* 0x40000000 and the board's memory */
    uint64_t hyp_base, hyp_size;    /* physical RAM that belongs to the hypervisor */
    int hyp_console;            /* device index or -1 */
    int hyp_iommu;              /* the smmuv3 that it programs: device index or -1 */
    struct system_device devices[SYSTEM_DEVICES_MAX];
    size_t device_count;
    struct system_vm vms[SYSTEM_VMS_MAX];
    size_t vm_count;            /* domains, too */
    struct system_semaphore semaphores[SYSTEM_SEMAPHORES_MAX];
    size_t semaphore_count;
    struct system_context contexts[SYSTEM_CONTEXTS_MAX];
    size_t context_count;
    struct system_pool pools[SYSTEM_POOLS_MAX];
    size_t pool_count;
    struct system_schedule schedules[SYSTEM_CORES_MAX];     /* by core */
    int line, board_line, hyp_line;
    int errors;                 /* found so far; system_load returns a system only with 0 */
};

/* Reads and validates (RELAX NG, then semantics) and lays out. Payload files are looked up relative to `files_dir`
 * (NULL: not looked up; kernel_size etc. stay 0). Returns NULL on any error after printing each as
 * "FILE:LINE: what is wrong: what to do" to stderr, all that can be told at once: a broken structure hides the
 * semantic errors, a malformed number those that depend on numbers. Free with system_free. */
struct system *system_load(const char *xml_path, const char *files_dir);
void system_free(struct system *s);
int system_find_vm(const struct system *s, const char *name);           /* index or -1 */
int system_find_device(const struct system *s, const char *name);       /* index or -1 */
/* Is this interrupt of a device counted by a semaphore? Its index or -1. */
int system_semaphore_of(const struct system *s, size_t device, unsigned irq);
/* Where the stack of a domain's context begins: below its device tree, one below the other. */
uint64_t system_stack_of(const struct system_vm *domain, unsigned index);
int system_find_iommu(const struct system *s);          /* the board's smmuv3: index or -1 */
const char *system_default_impl(const char *type);      /* its implementations, the default first, separated by blanks; or NULL */

#endif
