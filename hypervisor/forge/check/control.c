/* SPDX-License-Identifier: GPL-2.0-or-later
 * Restarts and supervisors: who decides, and that what is put back is what the image begins with, byte for byte
 */
#include "check.h"

#include <string.h>

#include "hypervisor/include/control.h"
#include "hypervisor/include/monitor.h"
#include "hypervisor/include/tables.h"

#define ROOT 0xfffffffffffful
#define JOBS ((RESTART_COPY - RESTART_JOBS) / sizeof(struct restart_job))
#define CHUNK 0x10000ul

/* Where the space of a restart lies, and what it may copy from: virtual addresses up to end. */
struct place {
    uint64_t program, end;
};

/* Memory as the loader leaves it: what the image puts there, else zeroes. */
static void loaded(const struct image *i, uint64_t from, uint8_t *to, uint64_t size)
{
    memset(to, 0, size);
    for (size_t n = 0; n < i->load_count; n++) {
        const Elf64_Phdr *p = i->loads[n];
        uint64_t low = p->p_paddr > from ? p->p_paddr : from, high = p->p_paddr + p->p_filesz < from + size ? p->p_paddr + p->p_filesz : from + size;
        if (low < high) {
            memcpy(to + (low - from), i->bytes + p->p_offset + (low - p->p_paddr), high - low);
        }
    }
}

static bool in_image(const struct image *i, uint64_t from, uint64_t size)
{
    bool is = false;
    for (size_t n = 0; n < i->load_count; n++) {
        is |= from < i->loads[n]->p_paddr + i->loads[n]->p_filesz && i->loads[n]->p_paddr < from + size;
    }
    return is;
}

/* What a job leaves in memory whose first byte is physical `phys`. */
static bool puts_back(const struct image *i, const struct restart_job *job, const struct place *at, uint64_t phys)
{
    static uint8_t wanted[CHUNK], is[CHUNK];
    if (job->from && (job->from < RESTART_COPY || job->from > at->end || job->bytes > at->end - job->from || job->from % RESTART_LINE)) {
        return false;
    }
    for (uint64_t done = 0, size; done < job->bytes; done += size) {
        size = job->bytes - done < CHUNK ? job->bytes - done : CHUNK;
        if (!job->from && !in_image(i, phys + done, size)) {
            continue;                   /* zeroes, and nothing is loaded there */
        }
        loaded(i, phys + done, wanted, size);
        memset(is, 0, size);
        if (job->from) {
            loaded(i, at->program + (job->from - RESTART_TEXT) + done, is, size);
        }
        if (memcmp(is, wanted, size)) {
            return false;
        }
    }
    return true;
}

/* The jobs of one region, in order: no byte is left out or done twice, and each becomes what it was at first. Returns the first job behind them. */
static const struct restart_job *check_region(const struct image *i, const struct wanted_vm *vm, const char *what, const struct restart_job *job, const struct restart_job *last,
                                              const struct place *place, uint64_t virt, uint64_t size, uint64_t phys)
{
    int line = vm->control.restart_line;
    uint64_t at = virt, end = virt + size;
    for (; job < last && job->to && at < end; job++) {
        if (job->to != at || job->bytes > end - at || job->bytes % RESTART_LINE) {
            differs(line, "the restart of vm '%s': %s: a job to 0x%lx with 0x%lx bytes where 0x%lx is next", vm->name, what, job->to, job->bytes, at);
            return job;
        }
        if (!puts_back(i, job, place, phys + (at - virt))) {
            differs(line, "the restart of vm '%s': %s: 0x%lx-0x%lx is not put back as it was at first", vm->name, what, at, at + job->bytes - 1);
        }
        at += job->bytes;
    }
    if (at != end) {
        differs(line, "the restart of vm '%s': %s from 0x%lx on is not put back", vm->name, what, at);
    }
    return job;
}

/* What is done to devices comes first. Returns the job behind it. */
static const struct restart_job *check_steps(const struct wanted *w, const struct wanted_vm *vm, const struct restart_job *job)
{
    for (size_t n = 0; n < vm->control.step_count; n++, job++) {
        uint64_t to = vm->control.steps[n].device < 0 ? 0 : w->devices[vm->control.steps[n].device].base + vm->control.steps[n].offset;
        if (job->to != to || job->bytes != (vm->control.steps[n].wait ? 8 : vm->control.steps[n].size) || job->from != vm->control.steps[n].value) {
            differs(vm->control.restart_line, "the restart of vm '%s': job %zu is not: %s 0x%x at 0x%lx", vm->name, n, vm->control.steps[n].wait ? "wait for zero in" : "write",
                    vm->control.steps[n].value, to);
        }
    }
    return job;
}

static void check_jobs(const struct image *i, const struct wanted *w, const struct wanted_vm *vm, const struct place *place, uint64_t ram_pa, uint64_t monitor_pa)
{
    struct restart_job jobs[JOBS];
    if (!image_memory(i, place->program + RESTART_JOBS - RESTART_TEXT, jobs, sizeof jobs)) {
        differs(vm->control.restart_line, "the restart of vm '%s' has no jobs in the image", vm->name);
        return;
    }
    const struct restart_job *job = check_region(i, vm, "its memory", check_steps(w, vm, jobs), jobs + JOBS, place, vm->ipa, vm->size, ram_pa);
    while (vm->monitor.line && job < jobs + JOBS && job->to && !job->bytes) {
        job++;
    }
    if (vm->monitor.line) {
        job = check_region(i, vm, "its monitor's data", job, jobs + JOBS, place, MONITOR_DATA, MONITOR_CONFIG - MONITOR_DATA, monitor_pa + MONITOR_DATA - MONITOR_TEXT);
    }
    while (job < jobs + JOBS && job->to && !job->bytes) {
        job++;
    }
    for (; job < jobs + JOBS; job++) {
        if (job->to || job->bytes || job->from) {
            differs(vm->control.restart_line, "the restart of vm '%s' has a job to 0x%lx that nothing asks for", vm->name, job->to);
            return;
        }
    }
}

static void number(const char *name, int line, const char *what, uint64_t is, uint64_t wanted)
{
    if (is != wanted) {
        differs(line, "vm '%s': %s is 0x%lx in the image, and 0x%lx in the XML", name, what, is, wanted);
    }
}

static void check_vm(const struct image *i, const struct wanted *w, size_t v, uint64_t ram_pa, uint64_t monitor_pa)
{
    const struct wanted_vm *vm = &w->vms[v];
    const struct wanted_control *k = &vm->control;
    struct hyp_control is;
    struct place place;
    if (!image_constant(i, "hyp_controls", v * sizeof is, &is, sizeof is)) {
        return;
    }
    number(vm->name, k->restart_line, "the limit of its restarts", is.limit, k->restart_line ? k->limit : 0);
    number(vm->name, k->restart_line, "whether it restarts after a fault", is.on_fault, k->on_fault);
    number(vm->name, k->supervisor_line, "the vCPU of its supervisor", is.supervisor, k->supervisor_line ? vcpus_first_of(w, k->supervisor) : HYP_VCPUS_MAX);
    number(vm->name, k->supervisor_line, "the interrupt of its supervisor", is.intid, k->supervisor_line ? k->intid : 0);
    number(vm->name, k->restart_line, "the VMID of its restart", is.vttbr >> 48, k->restart_line ? RESTART_VMID + v + 1 : 0);
    if (!k->restart_line || !is.vttbr) {
        number(vm->name, k->restart_line, "the root of its restart", is.vttbr, 0);
        return;
    }
    place.program = spaces_restart(i, w, v, is.vttbr & ROOT, ram_pa, monitor_pa, &place.end);
    if (place.program) {
        check_jobs(i, w, vm, &place, ram_pa, monitor_pa);
    }
}

void control_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const uint64_t *monitor_pa)
{
    bool any = false;
    for (size_t v = 0; v < w->vm_count; v++) {
        any |= w->vms[v].control.restart_line || w->vms[v].control.supervisor_line;
    }
    for (size_t v = 0; any && v < w->vm_count; v++) {
        check_vm(i, w, v, pa[v], monitor_pa[v]);
    }
}
