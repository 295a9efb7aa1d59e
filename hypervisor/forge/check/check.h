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
    int line;                       /* 0: the VM has none */
};
struct wanted_vm {
    char name[64];
    struct wanted_monitor monitor;
    unsigned cores[16], core_count; /* one a vCPU */
    struct { char to[64]; unsigned intid; } signals[64];
    size_t signal_count;
    uint64_t ipa, size, pa;         /* pa: only if given */
    bool pa_given, is_linux;
    char *kernel, *initramfs;       /* as written; NULL */
    int line;
};
struct wanted_schedule {
    uint64_t frame_ns;
    struct { char vms[256]; uint64_t ns; } slots[256];      /* vms: names as written, in order; "" nobody's */
    size_t slot_count;
    int line;                       /* 0: the core has none */
};
struct wanted {
    char name[64];
    unsigned cores;
    uint64_t ram_size, hyp_size;
    bool bare;
    struct wanted_device devices[256];
    struct wanted_vm vms[64];
    size_t device_count, vm_count;
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

/* monitor.c: table: the address of its struct hyp_monitor, or 0 */
void monitor_check(const struct image *i, const struct wanted *w, size_t vm, uint64_t table, uint64_t ram_pa);
/* tables.c: the constant structs of hypervisor/include/tables.h; pa and root of each VM come from them */
void tables_check(const struct image *i, const struct wanted *w, uint64_t *pa, uint64_t *root);
/* vcpus.c: vCPUs, cores and their slots, capabilities */
void vcpus_check(const struct image *i, const struct wanted *w);
unsigned vcpus_first(const struct wanted *w, size_t vm);        /* number of a VM's first vCPU */
/* streams.c: the SMMU's stream table (Arm IHI 0070, 5) */
void streams_check(const struct image *i, const struct wanted *w, const uint64_t *root);
/* tree.c: a VM's device tree: its memory, its devices and nobody else's */
struct tree_range {
    uint64_t from, end;
};
void tree_check(const struct image *i, const struct wanted *w, size_t vm, uint64_t at, uint64_t room, struct tree_range *initrd);
/* payloads.c: what lies where the VMs begin; files: a folder to compare with, or NULL */
void payloads_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const char *files);

#endif
