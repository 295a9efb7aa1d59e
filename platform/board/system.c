/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system: opened, validated, read, checked, laid out; found by name, freed
 */
#include "system_internal.h"

#include <errno.h>
#include <libxml/tree.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void system_error(struct system *s, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%d: ", s->file, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    s->errors++;
}

static bool is_file(const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "r");
    bool is = f && !fstat(fileno(f), &st) && !S_ISDIR(st.st_mode);
    if (!is) {
        fprintf(stderr, "%s: %s: give the path of a system's XML\n", path, f ? strerror(EISDIR) : strerror(errno));
    }
    if (f) {
        fclose(f);
    }
    return is;
}

struct system *system_load(const char *xml_path, const char *files_dir)
{
    struct system *s = is_file(xml_path) ? calloc(1, sizeof *s) : NULL;
    if (!s) {
        return NULL;
    }
    s->file = strdup(xml_path);
    s->ram_base = 0x40000000;
    s->hyp_base = 0x40200000;               /* QEMU's own device tree lies below it */
    s->hyp_size = 8 * MIB;
    s->hyp_console = s->hyp_iommu = -1;

    xmlDocPtr doc = system_parse(s);
    if (doc && !s->errors) {
        system_read(s, xmlDocGetRootElement(doc));
        bool numbers_good = !s->errors;
        system_own(s, xmlDocGetRootElement(doc));
        if (numbers_good) {
            system_check(s);
        }
        system_layout(s, files_dir);
    }
    xmlFreeDoc(doc);
    if (!doc || s->errors) {
        system_free(s);
        return NULL;
    }
    return s;
}

void system_free(struct system *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->device_count; i++) {
        free(s->devices[i].name);
        free(s->devices[i].type);
        free(s->devices[i].impl);
    }
    for (size_t i = 0; i < s->vm_count; i++) {
        free(s->vms[i].name);
        free(s->vms[i].kernel);
        free(s->vms[i].initramfs);
        free(s->vms[i].cmdline);
        free(s->vms[i].dtb);
        free(s->vms[i].monitor.disk);
        free(s->vms[i].monitor.program);
        free(s->vms[i].supervisor.name);
        for (size_t k = 0; k < s->vms[i].restart.step_count; k++) {
            free(s->vms[i].restart.steps[k].device_name);
        }
        for (size_t k = 0; k < s->vms[i].signal_count; k++) {
            free(s->vms[i].signals[k].to_name);
        }
        for (size_t k = 0; k < s->vms[i].portal_count; k++) {
            free(s->vms[i].portals[k].name);
        }
        for (size_t k = 0; k < s->vms[i].capability_count; k++) {
            free(s->vms[i].capabilities[k].portal_name);
            free(s->vms[i].capabilities[k].semaphore_name);
        }
        for (size_t m = 0; m < s->vms[i].module_count; m++) {
            free(s->vms[i].modules[m].image);
            free(s->vms[i].modules[m].compatible);
            free(s->vms[i].modules[m].cmdline);
        }
    }
    system_free_sets(s);
    system_free_places(s);
    for (unsigned core = 0; core < SYSTEM_CORES_MAX; core++) {
        for (size_t k = 0; k < s->schedules[core].slot_count; k++) {
            free(s->schedules[core].slots[k].vm_names);
        }
    }
    for (size_t i = 0; i < s->semaphore_count; i++) {
        free(s->semaphores[i].name);
        free(s->semaphores[i].device_name);
    }
    free(s->name);
    free(s->file);
    free(s);
}

int system_find_vm(const struct system *s, const char *name)
{
    for (size_t i = 0; i < s->vm_count; i++) {
        if (!strcmp(s->vms[i].name, name)) {
            return i;
        }
    }
    return -1;
}

int system_find_iommu(const struct system *s)
{
    for (size_t i = 0; i < s->device_count; i++) {
        if (!strcmp(s->devices[i].type, "smmuv3")) {
            return i;
        }
    }
    return -1;
}

int system_find_device(const struct system *s, const char *name)
{
    for (size_t i = 0; i < s->device_count; i++) {
        if (!strcmp(s->devices[i].name, name)) {
            return i;
        }
    }
    return -1;
}
