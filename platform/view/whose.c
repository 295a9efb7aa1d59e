/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose a record is: VM and vCPU
 *
 * A device is its owner's, and so is all that it does and is asked. A probe's hit is of the VM whose stage 2 was in place:
 * at EL2, of the VM for which the hypervisor works there. Where that is not told, a core that only one VM has tells it.
 */
#include "whose.h"

#include <stdlib.h>
#include <string.h>

#define VMS_MAX 255     /* VMIDs that are looked for: they are given from 1 on, without gaps */

struct whose {
    const struct view *v;
    uint32_t vms;               /* VMIDs 1 to this have names */
    uint32_t alone[TRACE_NO_CORE];      /* VMID of the only VM that a core runs, or 0 */
};

struct whose *whose_new(const struct view *v)
{
    struct whose *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->v = v;
    while (w->vms < VMS_MAX && view_name(v, TRACE_NAME_VM, w->vms + 1))
        w->vms++;
    for (unsigned core = 0; core < TRACE_NO_CORE && w->vms; core++)
        for (uint32_t vmid = 1, several = 0; vmid <= w->vms; vmid++)
            if (view_name(v, TRACE_NAME_VCPU, trace_vcpu_id(vmid, (uint8_t)core))) {
                w->alone[core] = several ? 0 : vmid;
                several = 1;
            }
    return w;
}

void whose_free(struct whose *w) { free(w); }

static uint32_t vmid_of(const struct whose *w, const char *name)
{
    for (uint32_t vmid = 1; vmid <= w->vms; vmid++)
        if (!strcmp(view_name(w->v, TRACE_NAME_VM, vmid), name))
            return vmid;
    return 0;
}

static int vcpu_of(const struct whose *w, uint32_t vmid, uint8_t core)
{
    const char *number = vmid && core != TRACE_NO_CORE ? view_name(w->v, TRACE_NAME_VCPU, trace_vcpu_id(vmid, core)) : NULL;
    return number ? atoi(number) : -1;
}

struct view_whose whose_find(const struct whose *w, const struct trace_record *r)
{
    const char *owner = view_has_device(r) ? view_name(w->v, TRACE_NAME_OWNER, r->id) : NULL;
    if (owner)
        return (struct view_whose){ owner, vcpu_of(w, vmid_of(w, owner), r->core) };
    if (r->core == TRACE_NO_CORE || r->kind == TRACE_NAME)
        return (struct view_whose){ NULL, -1 };
    int vcpu = r->kind == TRACE_PROBE ? vcpu_of(w, r->result, r->core) : -1;
    uint32_t vmid = vcpu >= 0 ? r->result : w->alone[r->core];
    return (struct view_whose){ vmid ? view_name(w->v, TRACE_NAME_VM, vmid) : NULL, vcpu_of(w, vmid, r->core) };
}

/* Devices are numbered from 0, without gaps. */
void view_owners(const struct view *v, char *buf, size_t len)
{
    const char *name;
    size_t n = 0;
    bool hypervisor = false;
    *buf = 0;
    for (uint32_t vmid = 1; (name = view_name(v, TRACE_NAME_VM, vmid)) && n < len; vmid++)
        n += (size_t)snprintf(buf + n, len - n, "%s%s", n ? " " : "", name);
    for (uint32_t id = 0; view_name(v, TRACE_NAME_DEVICE, id) && !hypervisor; id++)
        hypervisor = (name = view_name(v, TRACE_NAME_OWNER, id)) && !strcmp(name, "hypervisor");
    if (hypervisor && n < len)
        snprintf(buf + n, len - n, "%shypervisor", n ? " " : "");
}
