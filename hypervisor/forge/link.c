/* SPDX-License-Identifier: GPL-2.0-or-later
 * The linker script, the payloads at their physical addresses, and the compiler's call
 */
#include "forge.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static uint64_t pa_of(const struct system_vm *vm, uint64_t ipa) { return ipa - vm->ipa + vm->pa; }

void forge_script(FILE *out, const struct system *s)
{
    uint64_t base = s->hyp_base;
    fprintf(out,
            "/* made by forge from %s */\nENTRY(_start)\nSECTIONS\n{\n"
            "    . = 0x%" PRIx64 ";\n    __text_start = .;\n    .text : { *(.text.boot) *(.text .text.*) }\n    __text_end = .;\n"
            "    ASSERT(__text_end <= 0x%" PRIx64 ", \"the hypervisor's text does not fit into 2 MiB\")\n"
            "    . = 0x%" PRIx64 ";\n    __rodata_start = .;\n    .rodata : { *(.rodata .rodata.*) }\n    __rodata_end = .;\n"
            "    ASSERT(__rodata_end <= 0x%" PRIx64 ", \"the tables do not fit into 2 MiB\")\n"
            "    . = 0x%" PRIx64 ";\n    __data_start = .;\n    .data : { *(.data .data.*) }\n"
            "    __bss_start = .;\n    .bss : { *(.bss .bss.* COMMON) }\n    __bss_end = .;\n    __data_end = .;\n"
            "    ASSERT(__data_end <= 0x%" PRIx64 ", \"the hypervisor's data does not fit into 2 MiB\")\n",
            s->name, base, base + FORGE_REGION, base + FORGE_REGION, base + 2 * FORGE_REGION, base + 2 * FORGE_REGION, base + 3 * FORGE_REGION);
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        fprintf(out, "    .vm%zu_kernel 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.kernel)) }\n", v, pa_of(vm, vm->kernel_ipa), v);
        if (vm->initrd_size) {
            fprintf(out, "    .vm%zu_initrd 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.initrd)) }\n", v, pa_of(vm, vm->initrd_ipa), v);
        }
        fprintf(out, "    .vm%zu_tree 0x%" PRIx64 " : { KEEP(*(.payload.vm%zu.tree)) }\n", v, pa_of(vm, vm->dtb_ipa), v);
    }
    fprintf(out, "    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }\n}\n");
}

static void payload(FILE *out, size_t vm, const char *what, const char *path)
{
    fprintf(out, "    .section .payload.vm%zu.%s, \"a\"\n    .incbin \"%s\"\n", vm, what, path);
}

void forge_payloads(FILE *out, const struct system *s, const char *dir)
{
    char tree[4096];
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        payload(out, v, "kernel", vm->kernel);
        if (vm->initrd_size) {
            payload(out, v, "initrd", vm->initramfs);
        }
        snprintf(tree, sizeof tree, "%s/%s.dtb", dir, vm->name);
        payload(out, v, "tree", tree);
    }
}

int forge_run(char *const argv[])
{
    pid_t pid;
    int status, r = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
    if (r) {
        fprintf(stderr, "forge: %s: %s: install gcc-aarch64-linux-gnu, or name another with --cross\n", argv[0], strerror(r));
        return -1;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        fprintf(stderr, "forge: %s failed (its messages are above)\n", argv[0]);
        return -1;
    }
    return 0;
}
