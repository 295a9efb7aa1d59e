/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where ingot trace finds the names of addresses: files that are given, and what the build has for the trace's system
 */
#include "trace_symbols.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "platform/board/system.h"

int trace_symbols_given(struct view *v, const char *spec, char *err, size_t err_len)
{
    const char *is = strchr(spec, '='), *at = strrchr(spec, '@');
    char path[4096], vm[256] = "", owners[4096], words[sizeof owners + 2], wanted[sizeof vm + 2], *end = NULL;
    uint64_t base = at && isdigit((unsigned char)at[1]) ? strtoull(at + 1, &end, 0) : 0;
    bool has_base = end && !*end;
    if (is && memchr(spec, '/', (size_t)(is - spec))) {     /* of the file's name */
        is = NULL;
    }
    const char *file = is ? is + 1 : spec;
    snprintf(path, sizeof path, "%.*s", (int)(has_base && at > file ? at - file : (int)strlen(file)), file);
    if (!is) {
        return view_add_symbols(v, NULL, path, has_base, base, err, err_len) < 0 ? -1 : 0;
    }
    snprintf(vm, sizeof vm, "%.*s", (int)(is - spec), spec);
    view_owners(v, owners, sizeof owners);
    snprintf(words, sizeof words, " %s ", owners);
    snprintf(wanted, sizeof wanted, " %s ", vm);
    if (*owners && !strstr(words, wanted)) {
        const char *near = suggest(vm, owners);
        snprintf(err, err_len, "--symbols %s: no VM '%s' in the trace%s%s%s: it has %s", spec, vm, near ? " (did you mean '" : "", near ? near : "",
                 near ? "'?)" : "", owners);
        return -1;
    }
    return view_add_symbols(v, vm, path, has_base, base, err, err_len) < 0 ? -1 : 0;
}

/* One that was made after the trace may be of another program. */
static void add(struct view *v, const char *vm, const char *path)
{
    char err[1024];
    struct stat file, trace;
    if (access(path, R_OK) < 0) {
        return;
    }
    if (view_add_symbols(v, vm, path, false, 0, err, sizeof err) < 0) {
        fprintf(stderr, "ingot: note: %s\n", err);
    } else if (stat(path, &file) == 0 && fstat(view_trace(v)->fd, &trace) == 0 && file.st_mtime > trace.st_mtime) {
        fprintf(stderr, "ingot: note: %s is newer than the trace: its symbols may lie elsewhere now\n", path);
    }
}

/* A raw image is made from an ELF file of the same name. */
static void add_vm(struct view *v, const struct system_vm *vm)
{
    char path[4096];
    const char *dot = strrchr(vm->kernel, '.');
    bool raw = vm->payload == SYSTEM_PAYLOAD_RAW && dot && !strchr(dot, '/');
    snprintf(path, sizeof path, "%.*s%s", (int)(raw ? dot - vm->kernel : (int)strlen(vm->kernel)), vm->kernel, raw ? ".elf" : "");
    add(v, vm->name, path);
}

void trace_symbols_found(struct view *v)
{
    const char *name = view_name(v, TRACE_NAME_SYSTEM, 0);
    char path[4096], files[4096];
    if (!name || !*name || strchr(name, '/') || *name == '.') {
        return;
    }
    snprintf(path, sizeof path, "%s/scenarios/systems/%s.xml", places.source, name);
    snprintf(files, sizeof files, "%s/guests", places.build);
    struct system *s = access(path, R_OK) == 0 ? system_load(path, files) : NULL;
    snprintf(path, sizeof path, "%s/systems/%s/%s.elf", places.build, name, name);
    if (!s || !s->bare) {
        add(v, "hypervisor", path);
    }
    bool monitor = false;
    for (size_t i = 0; s && i < s->vm_count; i++) {
        add_vm(v, &s->vms[i]);
        monitor = monitor || s->vms[i].monitor.line;
    }
    if (monitor) {
        snprintf(path, sizeof path, "%s/hypervisor/vmm/monitor.elf", places.build);
        add(v, "hypervisor", path);
    }
    system_free(s);
}

void trace_symbols_missing(const struct view *v)
{
    const char *whose;
    uint64_t pc, n = view_unresolved(v, &pc, &whose);
    if (n) {
        fprintf(stderr, "ingot: note: %" PRIu64 " addresses have no symbol, the last 0x%" PRIx64 "%s%s: give the program's file, --symbols %s=FILE; a kernel module's, "
                "=FILE.ko@ADDRESS of its .text\n", n, pc, whose ? " of " : "", whose ? whose : "", whose ? whose : "VM");
    }
}
