/* SPDX-License-Identifier: GPL-2.0-or-later
 * The linker script, the payloads at their physical addresses, and the compiler's call
 */
#include "forge.h"

#include "hypervisor/include/control.h"
#include "hypervisor/include/monitor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000ul

static uint64_t pa_of(const struct system_vm *vm, uint64_t ipa) { return ipa - vm->ipa + vm->pa; }

/* The vectors are aligned to 2 KiB: what runs once, or never, fills the room before them. Of the constants, tables come first: each
 * fills its pages, so none needs a hole before it. */
void forge_script(FILE *out, const struct system *s)
{
    uint64_t base = s->hyp_base;
    fprintf(out,
            "/* made by forge from %s */\nENTRY(_start)\nSECTIONS\n{\n"
            "    . = 0x%" PRIx64 ";\n    __text_start = .;\n    .text : { KEEP(*(.text.head)) KEEP(*(.text.boot)) *(.text.hyp_main .text.smmu_init .text.gic_init_distributor .text.*explain*) *(.text .text.*) }\n    __text_end = .;\n"
            "    ASSERT(__text_end <= 0x%" PRIx64 ", \"the hypervisor's text does not fit into 2 MiB\")\n"
            "    . = 0x%" PRIx64 ";\n    __rodata_start = .;\n    .rodata : { *(.rodata.streams) *(.rodata.pages) *(.rodata .rodata.*) }\n    __rodata_end = .;\n"
            "    ASSERT(__rodata_end <= 0x%" PRIx64 ", \"the tables do not fit into 2 MiB\")\n"
            "    . = 0x%" PRIx64 ";\n    __data_start = .;\n    .data : { *(.data .data.*) }\n"
            "    __bss_start = .;\n    .bss : { *(.bss .bss.* COMMON) }\n    __bss_end = .;\n    __data_end = .;\n"
            "    ASSERT(__data_end <= 0x%" PRIx64 ", \"the hypervisor's data does not fit into 2 MiB\")\n",
            s->name, base, base + FORGE_REGION, base + FORGE_REGION, base + 2 * FORGE_REGION, base + 2 * FORGE_REGION, base + 3 * FORGE_REGION);
    if (forge_has_sets(s)) {        /* the last page of the text's block: nothing else is in it */
        fprintf(out, "    ASSERT(__text_end <= 0x%" PRIx64 ", \"the hypervisor's text does not leave a page for what clears pools\")\n    .clear 0x%" PRIx64 " : { KEEP(*(.clear)) }\n",
                base + FORGE_REGION - PAGE, base + FORGE_REGION - PAGE);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        fprintf(out, "    .vm%zu_kernel 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.kernel)) }\n", v, pa_of(vm, vm->kernel_ipa), v);
        if (vm->initrd_size) {
            fprintf(out, "    .vm%zu_initrd 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.initrd)) }\n", v, pa_of(vm, vm->initrd_ipa), v);
        }
        fprintf(out, "    .vm%zu_tree 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.tree)) }\n", v, pa_of(vm, vm->dtb_ipa), v);
        if (vm->monitor.line) {
            uint64_t pa = vm->monitor.pa;
            fprintf(out, "    .vm%zu_monitor 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.monitor)) }\n", v, pa, v);
            fprintf(out, "    .vm%zu_config 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.config)) }\n", v, pa + MONITOR_CONFIG - MONITOR_TEXT, v);
            if (vm->monitor.disk_size) {
                fprintf(out, "    .vm%zu_disk 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.disk)) }\n", v, pa + MONITOR_DISK - MONITOR_TEXT, v);
            }
        }
        if (vm->restart.line) {
            fprintf(out, "    .vm%zu_restart 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.restart)) }\n", v, vm->restart.pa, v);
            fprintf(out, "    ASSERT(SIZEOF(.vm%zu_restart) <= 0x%" PRIx64 ", \"what vm %s restarts with does not fit into its room\")\n", v, vm->restart.size, vm->name);
        }
    }
    fprintf(out, "    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }\n}\n");
}

/* Its bytes from `skip` on. */
static void file_bytes(FILE *out, const char *path, const char *ending, uint64_t skip)
{
    fprintf(out, "    .incbin \"");
    for (const char *p = path; *p; p++) {
        fprintf(out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    }
    fprintf(out, "%s\", %" PRIu64 "\n", ending, skip);
}

static void payload(FILE *out, size_t vm, const char *what, const char *path, const char *ending)
{
    fprintf(out, "    .section .payload.vm%zu.%s, \"a\"\n", vm, what);
    file_bytes(out, path, ending, 0);
}

/* A VM's memory, or its monitor's: pieces by address, zeroes between them. Their bytes are those of the assembler's labels. */
struct piece {
    uint64_t to;
    const char *path, *ending;
    uint64_t skip;
};

static void restart_jobs(FILE *out, size_t vm, const char *name, uint64_t from, uint64_t end, const struct piece *p, size_t count)
{
    char at[128];
    snprintf(at, sizeof at, "0x%" PRIx64, from);
    for (size_t i = 0; i <= count; i++) {
        uint64_t next = i < count ? p[i].to : end;
        fprintf(out, i || next != from ? "    .quad %s, 0x%" PRIx64 " - (%s), 0\n" : "", at, next, at);
        if (i < count) {
            fprintf(out, "    .quad 0x%" PRIx64 ", end_%zu_%s%zu - copy_%zu_%s%zu, 0x%x + copy_%zu_%s%zu - restart_%zu\n", next, vm, name, i, vm, name, i, RESTART_TEXT, vm, name, i, vm);
            snprintf(at, sizeof at, "0x%" PRIx64 " + end_%zu_%s%zu - copy_%zu_%s%zu", next, vm, name, i, vm, name, i);
        }
    }
}

static void restart_copies(FILE *out, size_t vm, const char *name, const struct piece *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "    .balign 4096\ncopy_%zu_%s%zu:\n", vm, name, i);
        file_bytes(out, p[i].path, p[i].ending, p[i].skip);
        fprintf(out, "    .balign %u\nend_%zu_%s%zu:\n", RESTART_LINE, vm, name, i);
    }
}

/* hypervisor/include/control.h: the program, its jobs (devices first), and what they copy: all that the image puts into what the VM, or its monitor, can write; but not the disk, which a
 * reset does not change. */
static void restart(FILE *out, const struct system *s, size_t v)
{
    const struct system_vm *vm = &s->vms[v];
    struct piece own[3] = { { vm->kernel_ipa, vm->kernel, "", 0 } }, monitor = { MONITOR_DATA, "monitor", ".bin", MONITOR_DATA - MONITOR_TEXT };
    size_t count = 1, data = 1;
    if (vm->monitor.program) {
        monitor.path = vm->monitor.program;
        monitor.ending = "";
        data = vm->monitor.program_size > monitor.skip;
    }
    if (vm->initrd_size) {
        own[count++] = (struct piece){ vm->initrd_ipa, vm->initramfs, "", 0 };
    }
    own[count++] = (struct piece){ vm->dtb_ipa, vm->name, ".dtb", 0 };
    fprintf(out, "    .section .payload.vm%zu.restart, \"a\"\n    .balign 4096\nrestart_%zu:\n", v, v);
    file_bytes(out, "restart", ".bin", 0);
    fprintf(out, "    .balign 4096\n");
    for (size_t i = 0; i < vm->restart.step_count; i++) {
        const struct system_step *t = &vm->restart.steps[i];
        fprintf(out, "    .quad 0x%" PRIx64 ", %u, 0x%x\n", s->devices[t->device].base + t->offset, t->wait ? 8 : t->size, t->value);
    }
    restart_jobs(out, v, "ram", vm->ipa, vm->ipa + vm->size, own, count);
    if (vm->monitor.line) {
        restart_jobs(out, v, "monitor", MONITOR_DATA, MONITOR_CONFIG, &monitor, data);
    }
    fprintf(out, "    .quad 0, 0, 0\n");
    restart_copies(out, v, "ram", own, count);
    if (vm->monitor.line) {
        restart_copies(out, v, "monitor", &monitor, data);
    }
}

void forge_payloads(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s */\n    .file \"payloads.S\"\n", s->name);
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        payload(out, v, "kernel", vm->kernel, "");
        if (vm->initrd_size) {
            payload(out, v, "initrd", vm->initramfs, "");
        }
        payload(out, v, "tree", vm->name, ".dtb");      /* found by -I */
        if (vm->monitor.line) {
            payload(out, v, "monitor", vm->monitor.program ? vm->monitor.program : "monitor", vm->monitor.program ? "" : ".bin");
        }
        if (vm->monitor.disk_size) {
            payload(out, v, "disk", vm->monitor.disk, "");
        }
        if (vm->restart.line) {
            restart(out, s, v);
        }
    }
}

static char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *fmt, ...)
{
    char *p;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&p, fmt, ap) < 0) {
        fprintf(stderr, "forge: out of memory: free some\n");
        output_fail();
    }
    va_end(ap);
    return p;
}

int forge_link(const struct system *s, const char *dir, const char *cross, const char *hyp, bool head)
{
    const char *slash = strrchr(hyp, '/');      /* monitor.bin and restart.bin lie beside it, in vmm/ */
    /* Nothing of the result may depend on where or when it was made: no debug information of generated files. */
    char *owned[] = {
        text("%sgcc", cross), text("-I%s", FORGE_INCLUDE), text("-I%s", dir), text("%s/link.ld", dir), text("%s/%s.elf", dir, s->name),
        text("%s/tables.c", dir), text("%s/pagetables.S", dir), text("%s/payloads.S", dir), text("%s/streams.S", dir),
        text("%s/modules.S", dir), text("%s/head.S", dir), text("-I%.*svmm", slash ? (int)(slash + 1 - hyp) : 0, hyp), forge_wraps(s) };
    char *argv[] = {
        owned[0], "-nostdlib", "-static", "-no-pie", "-fno-pic", "-ffreestanding", "-std=gnu11", "-O2", "-Wall", "-Werror", owned[1], owned[2], owned[11],
        "-Wl,--build-id=none", "-Wl,-z,max-page-size=4096", owned[12], "-T", owned[3], "-o", owned[4], owned[5], owned[6], owned[7], owned[8],
        owned[9], (char *)hyp, head ? owned[10] : NULL, NULL };
    int r = signals_run(argv, "install gcc-aarch64-linux-gnu, or name another compiler with --cross");
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        free(owned[i]);
    }
    return r;
}
