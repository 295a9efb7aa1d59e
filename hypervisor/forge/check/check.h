/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge-check: a finished image held against its system's XML
 *
 * Shares no code with forge and with platform/board: what both would get wrong alike, nobody would see.
 */
#ifndef INGOT_FORGE_CHECK_H
#define INGOT_FORGE_CHECK_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAM_BASE 0x40000000ul       /* QEMU virt */
#define HYP_BASE 0x40200000ul       /* where forge's contract puts the hypervisor (hypervisor/include/tables.h) */
#define HYP_BLOCK 0x200000ul        /* text, constants, data: one each */
#define PAGE 0x1000ul

/* report.c: differences, in words, on stderr: FILE:LINE: where the XML says it, else IMAGE: */
void differs(int line, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void give_up(const char *file, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void report_names(const char *xml, const char *image);
unsigned report_count(void);

/* wanted.c: the XML, as far as an image depends on it */
enum { OWNER_NOBODY = -1, OWNER_HYPERVISOR = -2 };
struct wanted_device {
    char name[64], type[64];
    uint64_t base, size;
    unsigned spi, lines;
    uint32_t stream;                /* 0: none */
    int owner, line;
};
struct wanted_monitor {
    int console;                    /* device, or -1 */
    struct { unsigned kind; uint64_t base; unsigned spi; } models[8];   /* kind: as in hypervisor/include/monitor.h */
    size_t model_count;
    bool disk;
    char *program;                  /* as written; NULL: Ingot's */
    int line;                       /* 0: the VM has none */
};
struct wanted_capability {
    char name[64];                  /* DOMAIN.PORTAL, or the semaphore's */
    bool portal, up, down;
    unsigned badge;
    int line;
};
struct wanted_control {
    int restart_line, supervisor_line;          /* 0: the VM has none */
    bool on_fault;
    unsigned limit, intid;
    char supervisor[64];
    struct { int device; bool wait; uint64_t offset; unsigned value, size; } steps[32];
    size_t step_count;
};
struct wanted_pool {
    char name[64];
    uint64_t size;
    bool shared;
    int line;
};
/* A set of page tables, and who may put which into force: names, as written. */
struct wanted_set {
    char name[64];
    struct { char pool[64]; uint64_t ipa; } maps[32];
    size_t map_count;
    int line;
};
struct wanted_places {
    struct { char name[64]; unsigned cores[16]; } list[16];
    size_t count;
};
struct wanted_grant {
    char vm[64], what[64];
};
struct wanted_vm {
    char name[64];
    bool domain;
    struct { char name[64]; unsigned id, in, out; } portals[64];
    struct wanted_capability capabilities[64];
    size_t portal_count, capability_count;
    struct wanted_monitor monitor;
    struct wanted_control control;
    unsigned cores[16], core_count; /* one a vCPU */
    struct { char to[64]; unsigned intid; } signals[64];
    size_t signal_count;
    bool direct, pmu;
    struct wanted_set sets[16];
    struct wanted_places placements;
    struct wanted_grant switches[64], moves[64];
    size_t set_count, switch_count, move_count;
    uint64_t ipa, size, pa;         /* pa: only if given */
    bool pa_given, is_linux, outside_aborts;
    char *kernel, *initramfs;       /* as written; NULL */
    int line;
};
struct wanted_schedule {
    uint64_t frame_ns;
    struct { char vms[256]; uint64_t ns; } slots[256];      /* vms: names as written, in order; "" nobody's */
    size_t slot_count;
    int line;                       /* 0: the core has none */
};
struct wanted_semaphore {
    char name[64];
    int device, line;               /* device: or -1 */
    unsigned irq, count;
};
struct wanted {
    char name[64];
    struct wanted_semaphore semaphores[64];
    size_t semaphore_count;
    unsigned cores;
    uint64_t ram_size, hyp_size;
    bool bare;
    struct wanted_device devices[256];
    struct wanted_vm vms[64];
    size_t device_count, vm_count;
    struct wanted_pool pools[32];
    size_t pool_count;
    struct wanted_schedule schedules[64];
    int console, iommu;             /* devices, or -1 */
    int line, hyp_line;
};
void wanted_read(struct wanted *w, const char *path);      /* w: zeroed */

/* image.c: the ELF */
struct image {
    uint8_t *bytes;
    uint64_t size, entry;
    const Elf64_Phdr *loads[64];
    size_t load_count;
};
void image_read(struct image *i, const char *path);
bool image_symbol(const struct image *i, const char *name, uint64_t *value);
/* The same behind a symbol, `offset` bytes on; false: told. */
bool image_constant(const struct image *i, const char *name, uint64_t offset, void *to, size_t len);
/* What the loader puts at a physical address; zeros where it only keeps room. False: not all of it is in the image. */
bool image_memory(const struct image *i, uint64_t at, void *to, size_t len);
void image_segments(const struct image *i, const struct wanted *w, const uint64_t *pa);      /* pa: of each VM */

/* walk.c: what a translation reaches: 4 KiB granule, 39 bits of input, from level 1 (Arm ARM D5.3) */
struct leaf {
    uint64_t virt, phys, size;
    uint64_t bits;                  /* the descriptor without kind and address */
    uint64_t expected;              /* bytes of it that something asks for */
};
struct reach {
    const char *who;
    struct leaf *leaves;            /* by virtual address */
    size_t count;
    uint64_t tables_from, tables_end;       /* where tables may lie */
};
void walk(const struct image *i, struct reach *r, uint64_t root);
void walk_free(struct reach *r);

/* spaces.c: what each translation must reach, and nothing else */
void spaces_hypervisor(const struct image *i, const struct wanted *w);
void spaces_vm(const struct image *i, const struct wanted *w, size_t vm, uint64_t root, uint64_t pa);

/* Returns the physical address of its text, or 0. */
uint64_t spaces_monitor(const struct image *i, const struct wanted *w, size_t vm, uint64_t root, uint64_t ram_pa);

/* Returns the physical address of its program, or 0; end: what it copies from ends there, virtually. */
uint64_t spaces_restart(const struct image *i, const struct wanted *w, size_t vm, uint64_t root, uint64_t ram_pa, uint64_t monitor_pa, uint64_t *end);
/* control.c: restarts and supervisors; pa: of each VM's memory, and of its monitor */
void control_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const uint64_t *monitor_pa);
/* monitor.c: table: the address of its struct hyp_monitor, or 0. Returns the physical address of the monitor, or 0. */
uint64_t monitor_check(const struct image *i, const struct wanted *w, size_t vm, uint64_t table, uint64_t ram_pa);
/* tables.c: the constant structs of hypervisor/include/tables.h; pa, root and monitor's pa of each VM come from them */
void tables_check(const struct image *i, const struct wanted *w, uint64_t *pa, uint64_t *root, uint64_t *monitor_pa);
/* vcpus.c: vCPUs, cores and their slots, capabilities */
void vcpus_check(const struct image *i, const struct wanted *w);
unsigned vcpus_first(const struct wanted *w, size_t vm);        /* number of a VM's first vCPU */
unsigned vcpus_first_of(const struct wanted *w, const char *name);      /* by the VM's name; HYP_VCPUS_MAX: there is none */
/* objects.c: portals, contexts, semaphores */
void objects_check(const struct image *i, const struct wanted *w);
/* A set: as the VM, and its pools, which lie at pool_pa; and what clears pools. */
void spaces_set(const struct image *i, const struct wanted *w, size_t vm, size_t set, uint64_t root, uint64_t pa, const uint64_t *pool_pa);
void spaces_clear(const struct image *i, const struct wanted *w, uint64_t root, const uint64_t *pool_pa);

/* sets.c: pools and sets; pa and root of each VM. The capability for one: true, if it is that. */
void sets_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const uint64_t *root);
bool sets_granted(const struct wanted *w, const struct wanted_grant *g, uint32_t type, uint32_t number);
int sets_pool(const struct wanted *w, const char *name);        /* or -1 */
/* places.c: placements, likewise */
void places_check(const struct image *i, const struct wanted *w);
bool places_granted(const struct wanted *w, const struct wanted_grant *g, uint32_t type, uint32_t number);
bool places_brings(const struct wanted_vm *vm, unsigned vcpu, unsigned core);      /* a placement has that vCPU on that core */
/* streams.c: the SMMU's stream table (Arm IHI 0070, 5) */
void streams_check(const struct image *i, const struct wanted *w, const uint64_t *root);
/* tree.c: a VM's device tree: its memory, its devices and nobody else's */
struct tree_range {
    uint64_t from, end;
};
void tree_check(const struct image *i, const struct wanted *w, size_t vm, uint64_t at, uint64_t room, struct tree_range *initrd);
/* payloads.c: what lies where the VMs and their monitors begin; files: a folder to compare with, or NULL */
void payloads_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const uint64_t *monitor_pa, const char *files);

#endif
