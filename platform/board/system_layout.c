/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's layout: where each VM lies in physical memory, and where its payload lies in the VM
 *
 * A VM's memory, from below: kernel at ipa + text_offset, room for its image_size; free; initramfs; device tree.
 */
#include "system_internal.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096ul

static uint64_t align_up(uint64_t v, uint64_t to) { return (v + to - 1) / to * to; }

/* The lowest free place for each VM whose pa is not given, in the XML's order. */
static void place_vms(struct system *s)
{
    uint64_t end = s->ram_base + s->ram_size;
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        if (vm->pa_given) {
            continue;
        }
        uint64_t at = s->hyp_base + s->hyp_size;
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t k = 0; k < s->vm_count; k++) {
                const struct system_vm *o = &s->vms[k];
                if (k != i && (o->pa_given || k < i) && at < o->pa + o->size && o->pa < at + vm->size) {
                    at = o->pa + o->size;
                    moved = true;
                }
            }
        }
        if (at > end || vm->size > end - at) {
            system_error(s, vm->memory_line, "vm '%s': no room for its %" PRIu64 " MiB in the board's memory: give the board at least %" PRIu64 "MiB",
                         vm->name, vm->size / MIB, (at + vm->size - s->ram_base) / MIB);
            return;
        }
        vm->pa = at;
    }
}

#define RESTART_MAX (512 * MIB)             /* from RESTART_TEXT (hypervisor/include/control.h) to where a VM's memory may begin */

/* What VMs begin anew with lies behind the monitors: the program that puts it back, its jobs, the payload, and what the monitor can write. */
static void place_restarts(struct system *s, uint64_t at)
{
    int last = 0;
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        if (vm->restart.line) {
            vm->restart.pa = at;
            vm->restart.size = align_up(2 * PAGE + align_up(vm->kernel_size, PAGE) + align_up(vm->initrd_size, PAGE) + SYSTEM_DTB_MAX +
                                        (vm->monitor.line ? 2 * MIB : 0), 2 * MIB);
            at += vm->restart.size;
            last = vm->restart.line;
        }
        if (vm->restart.size > RESTART_MAX) {
            system_error(s, last, "vm '%s': its payload has %" PRIu64 " MiB, too much to be put back: a VM that restarts begins with less than %lu", vm->name,
                         vm->restart.size / MIB, RESTART_MAX / MIB);
        }
    }
    if (last && at > s->hyp_base + s->hyp_size) {
        system_error(s, last, "the hypervisor's memory has no room for what VMs restart with: give it at least %" PRIu64 "MiB", (at - s->hyp_base) / MIB);
    }
}

/* Monitors lie in the hypervisor's memory, behind its own three regions of 2 MiB: 2 MiB each, and their disks. */
static void place_monitors(struct system *s)
{
    uint64_t at = s->hyp_base + 6 * MIB;
    int last = 0;
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_monitor *m = &s->vms[i].monitor;
        if (m->line) {
            m->pa = at;
            m->size = 2 * MIB + align_up(m->disk_size, 2 * MIB);
            at += m->size;
            last = m->line;
        }
    }
    if (last && at > s->hyp_base + s->hyp_size) {
        system_error(s, last, "the hypervisor's memory has no room for the monitors (and their disks): give it at least %" PRIu64 "MiB", (at - s->hyp_base) / MIB);
    }
    place_restarts(s, at);
}

/* Size of a payload; *file becomes the path that forge reads. 0: an error was told. */
static uint64_t find_file(struct system *s, int line, char **file, const char *files_dir)
{
    struct stat st;
    char *path = NULL;
    if (asprintf(&path, "%s%s%s", (*file)[0] == '/' ? "" : files_dir, (*file)[0] == '/' ? "" : "/", *file) < 0) {
        system_error(s, line, "out of memory: free some");
        return 0;
    }
    if (stat(path, &st) < 0) {
        system_error(s, line, "missing file '%s': %s is not there; build it (./ingot does), or correct the name or --files", *file, path);
    } else if (!S_ISREG(st.st_mode) || !st.st_size || access(path, R_OK) < 0) {
        system_error(s, line, "file '%s' is %s: build %s again (./ingot does), or name another", *file,
                     !S_ISREG(st.st_mode) ? "no file" : !st.st_size ? "empty" : "not readable", path);
    } else {
        free(*file);
        *file = path;
        return st.st_size;
    }
    free(path);
    return 0;
}

static uint64_t le64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--) {
        v = v << 8 | p[i];
    }
    return v;
}

/* Linux Documentation/arm64/booting.rst, 4: the header of an Image. 0 or -1 with an error told. */
static int read_image(struct system *s, const struct system_vm *vm, uint64_t *text_offset, uint64_t *image_size)
{
    uint8_t head[64];
    FILE *f = fopen(vm->kernel, "rb");
    size_t got = f ? fread(head, 1, sizeof head, f) : 0;
    if (f) {
        fclose(f);
    }
    if (got != sizeof head || memcmp(head + 56, "ARM\x64", 4)) {
        system_error(s, vm->payload_line, "'%s' is no arm64 Linux Image (no ARM\\x64 at offset 56): give the uncompressed Image", vm->kernel);
        return -1;
    }
    *text_offset = le64(head + 8);
    *image_size = le64(head + 16);
    if (!*image_size) {
        *text_offset = 0x80000;         /* before Linux 3.17, says booting.rst */
        *image_size = vm->kernel_size;
    }
    if (le64(head + 24) & 1) {
        system_error(s, vm->payload_line, "'%s' is a big-endian kernel: give a little-endian one", vm->kernel);
        return -1;
    }
    if (*text_offset % PAGE || *text_offset >= 1ul << 32 || *image_size >= 1ul << 32) {
        system_error(s, vm->payload_line, "'%s' is damaged: its header says text_offset 0x%" PRIx64 " and image_size 0x%" PRIx64 ": get or build it again",
                     vm->kernel, *text_offset, *image_size);
        return -1;
    }
    if (*image_size < vm->kernel_size) {
        *image_size = vm->kernel_size;  /* what is appended to it, a signature for example, is loaded too */
    }
    return 0;
}

/* What an ELF loads: from `low`, `size` bytes. */
static int elf_extent(struct system *s, struct system_vm *vm, uint64_t *low, uint64_t *size)
{
    Elf64_Ehdr h;
    uint64_t high = 0;
    bool entered = false, wraps = false;
    FILE *f = fopen(vm->kernel, "rb");
    bool good = f && fread(&h, sizeof h, 1, f) == 1 && !memcmp(h.e_ident, ELFMAG, SELFMAG) && h.e_ident[EI_CLASS] == ELFCLASS64 &&
                h.e_ident[EI_DATA] == ELFDATA2LSB && h.e_machine == EM_AARCH64 && h.e_type == ET_EXEC && h.e_phentsize == sizeof(Elf64_Phdr);
    *low = UINT64_MAX;
    for (unsigned i = 0; good && i < h.e_phnum; i++) {
        Elf64_Phdr p;
        good = fseek(f, (long)(h.e_phoff + i * sizeof p), SEEK_SET) == 0 && fread(&p, sizeof p, 1, f) == 1;
        if (good && p.p_type == PT_LOAD && p.p_memsz) {
            *low = p.p_paddr < *low ? p.p_paddr : *low;
            high = p.p_paddr + p.p_memsz > high ? p.p_paddr + p.p_memsz : high;
            wraps |= p.p_paddr + p.p_memsz < p.p_paddr;
            if (h.e_entry - p.p_vaddr < p.p_memsz) {
                entered = true;
                vm->entry = h.e_entry - p.p_vaddr + p.p_paddr;
            }
        }
    }
    if (f) {
        fclose(f);
    }
    if (!good || *low > high || wraps) {
        system_error(s, vm->payload_line, "'%s' is no static 64-bit little-endian ELF for AArch64 with something to load: link one (ET_EXEC)", vm->kernel);
        return -1;
    }
    if (*low < s->ram_base + BARE_OFFSET || high > s->ram_base + s->ram_size) {
        system_error(s, vm->payload_line, "'%s' is linked to 0x%" PRIx64 "-0x%" PRIx64 ", outside of the board's memory 0x%" PRIx64 "-0x%" PRIx64
                     " (below it lies QEMU's device tree): link it elsewhere, or give the board more memory", vm->kernel, *low, high - 1,
                     s->ram_base + BARE_OFFSET, s->ram_base + s->ram_size - 1);
        return -1;
    }
    if (!entered) {
        system_error(s, vm->payload_line, "'%s': its entry 0x%" PRIx64 " lies in none of its segments: link it with an entry (ld -e)", vm->kernel, (uint64_t)h.e_entry);
        return -1;
    }
    *size = high - *low;
    return 0;
}

/* Pieces of the payload by address; one that does not fit or lies on another is told. */
struct piece {
    uint64_t at, size;
    const char *what;
    int line;
};

static void check_pieces(struct system *s, const struct system_vm *vm, const struct piece *p, size_t count)
{
    uint64_t end = vm->ipa + vm->size;
    for (size_t i = 0; i < count; i++) {
        if (p[i].size > end - p[i].at) {
            system_error(s, p[i].line, "%s at 0x%" PRIx64 " with 0x%" PRIx64 " bytes does not fit into the board's memory, which ends at 0x%" PRIx64
                         ": move it, or give the board more memory", p[i].what, p[i].at, p[i].size, end - 1);
        }
        for (size_t k = 0; k < i; k++) {
            if (p[i].at < p[k].at + p[k].size && p[k].at < p[i].at + p[i].size) {
                system_error(s, p[i].line, "%s at 0x%" PRIx64 "-0x%" PRIx64 " overlaps %s at 0x%" PRIx64 "-0x%" PRIx64 ": move one, or give the board more memory",
                             p[i].what, p[i].at, p[i].at + p[i].size - 1, p[k].what, p[k].at, p[k].at + p[k].size - 1);
                return;
            }
        }
    }
}

/* Modules whose place is not given lie below what is below the device tree, one under the other. */
static void place_modules(struct system *s, struct system_vm *vm, uint64_t image_size)
{
    struct piece pieces[SYSTEM_MODULES_MAX + 3] = {
        { vm->kernel_ipa, image_size, "the payload", vm->payload_line },
        { vm->initrd_ipa, vm->initrd_size, "its initramfs", vm->payload_line },
        { vm->dtb_ipa, SYSTEM_DTB_MAX, "its device tree", vm->payload_line } };
    uint64_t top = vm->initrd_ipa;
    for (size_t i = 0; i < vm->module_count; i++) {
        struct system_module *m = &vm->modules[i];
        if (!m->address && align_up(m->size, PAGE) > top - vm->ipa) {
            system_error(s, m->line, "a module of %" PRIu64 " MiB has no room in the board's memory: give the board more memory", m->size / MIB);
            return;
        }
        if (!m->address) {
            m->address = top -= align_up(m->size, PAGE);
        }
        pieces[i + 3] = (struct piece){ m->address, m->size, "a module", m->line };
    }
    check_pieces(s, vm, pieces, vm->module_count + 3);
}

static void place_payload(struct system *s, struct system_vm *vm)
{
    const char *what = vm->payload == SYSTEM_PAYLOAD_LINUX ? "kernel" : "image";
    uint64_t offset = s->bare ? BARE_OFFSET : 0, text_offset = 0, image_size = vm->kernel_size;
    if (vm->payload == SYSTEM_PAYLOAD_LINUX && read_image(s, vm, &text_offset, &image_size) < 0) {
        return;
    }
    if (vm->payload == SYSTEM_PAYLOAD_ELF) {
        uint64_t low;
        if (elf_extent(s, vm, &low, &image_size) < 0) {
            return;
        }
        vm->address = low;
    }
    vm->kernel_ipa = vm->address ? vm->address : vm->ipa + offset + text_offset;
    uint64_t initrd = align_up(vm->initrd_size, PAGE);
    uint64_t needed = align_up(vm->kernel_ipa - vm->ipa + image_size, PAGE) + initrd + SYSTEM_DTB_MAX + vm->context_count * SYSTEM_STACK;
    if (needed > vm->size) {
        system_error(s, vm->memory_line, "%s '%s': its memory is too small for %s (0x%" PRIx64 "), initramfs (0x%" PRIx64 ") and device tree: give it at least %" PRIu64 "MiB",
                     s->bare ? "payload" : "vm", vm->name, what, image_size, vm->initrd_size, align_up(needed, 2 * MIB) / MIB);
        return;
    }
    vm->initrd_ipa = vm->dtb_ipa - initrd;
    place_modules(s, vm, image_size);
}

uint64_t system_stack_of(const struct system_vm *domain, unsigned index) { return domain->dtb_ipa - index * SYSTEM_STACK; }

static bool find_modules(struct system *s, struct system_vm *vm, const char *files_dir)
{
    bool found = true;
    for (size_t i = 0; i < vm->module_count; i++) {
        struct system_module *m = &vm->modules[i];
        m->size = find_file(s, m->line, &m->image, files_dir);
        found &= m->size != 0;
    }
    if (vm->dtb) {
        found &= find_file(s, vm->payload_line, &vm->dtb, files_dir) != 0;
    }
    return found;
}

#define PROGRAM_MAX 0x1f0000ul              /* MONITOR_CONFIG - MONITOR_TEXT (hypervisor/include/monitor.h) */

static void find_program(struct system *s, struct system_monitor *m, const char *files_dir)
{
    m->program_size = find_file(s, m->line, &m->program, files_dir);
    if (m->program_size > PROGRAM_MAX) {
        system_error(s, m->line, "'%s' has %" PRIu64 " KiB: a monitor has at most %lu with its data, make it smaller", m->program, m->program_size / 1024, PROGRAM_MAX / 1024);
    }
}

void system_layout(struct system *s, const char *files_dir)
{
    bool good = !s->errors;
    if (good) {
        place_vms(s);
        system_place_pools(s);
    }
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        vm->kernel_ipa = vm->ipa;
        vm->dtb_ipa = vm->ipa + vm->size - SYSTEM_DTB_MAX;
        if (!files_dir) {
            continue;
        }
        if (vm->monitor.disk) {
            vm->monitor.disk_size = find_file(s, vm->monitor.line, &vm->monitor.disk, files_dir);
        }
        if (vm->monitor.program) {
            find_program(s, &vm->monitor, files_dir);
        }
        vm->kernel_size = find_file(s, vm->payload_line, &vm->kernel, files_dir);
        if (vm->initramfs) {
            vm->initrd_size = find_file(s, vm->payload_line, &vm->initramfs, files_dir);
        }
        bool modules = find_modules(s, vm, files_dir);
        if (good && modules && vm->kernel_size && (!vm->initramfs || vm->initrd_size)) {
            place_payload(s, vm);
        }
    }
    if (!s->bare) {
        place_monitors(s);
    }
}
