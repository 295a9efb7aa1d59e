/* SPDX-License-Identifier: GPL-2.0-or-later
 * The SMMU's stream table: every stream ID that there can be (Arm IHI 0070, 5.1 and 5.2)
 */
#include "check.h"

#include <string.h>

#include "hypervisor/include/tables.h"

#define STREAMS 0x10000u
#define ENTRY 64u               /* bytes of a stream table entry */

/* Fields of doubleword 2 of an entry. */
static const struct { const char *name; unsigned high, low; uint64_t wanted; } fields[] = {
    { "S2T0SZ (39 bits)", 37, 32, 25 }, { "S2SL0 (start at level 1)", 39, 38, 1 }, { "S2IR0 (write-back)", 41, 40, 1 }, { "S2OR0 (write-back)", 43, 42, 1 },
    { "S2SH0 (inner shareable)", 45, 44, 3 }, { "S2TG (4 KiB)", 47, 46, 0 }, { "S2PS (40 bits)", 50, 48, 2 }, { "S2AA64", 51, 51, 1 },
    { "S2ENDI, S2AFFD, S2PTW, S2HD, S2HA, S2S", 57, 52, 0 }, { "S2R (faults are recorded)", 58, 58, 1 }, { "what is reserved (63:59)", 63, 59, 0 },
    { "what is reserved (31:16)", 31, 16, 0 } };

static const struct wanted_device *owned(const struct wanted *w, uint32_t stream)
{
    for (size_t n = 0; n < w->device_count; n++) {
        if (stream && w->devices[n].stream == stream && w->devices[n].owner >= 0) {
            return &w->devices[n];
        }
    }
    return NULL;
}

static void check_entry(const struct wanted *w, uint32_t stream, const uint64_t e[8], const uint64_t *root)
{
    const struct wanted_device *d = owned(w, stream);
    if (!d) {
        for (unsigned n = 0; n < 8; n++) {
            if (e[n]) {
                differs(0, "stream %u is nobody's, and word %u of its entry is 0x%016lx", stream, n, e[n]);
            }
        }
        return;
    }
    const char *vm = w->vms[d->owner].name;
    if (e[0] != (1 | 6ul << 1)) {
        differs(d->line, "stream %u of '%s' (vm '%s'): word 0 is 0x%016lx, not valid with stage 2 alone", stream, d->name, vm, e[0]);
    }
    if ((e[2] & 0xffff) != d->owner + 1u) {
        differs(d->line, "stream %u of '%s': VMID %lu, not that of vm '%s', %d", stream, d->name, e[2] & 0xffff, vm, d->owner + 1);
    }
    for (size_t n = 0; n < sizeof fields / sizeof fields[0]; n++) {
        uint64_t is = e[2] << (63 - fields[n].high) >> (63 - fields[n].high + fields[n].low);
        if (is != fields[n].wanted) {
            differs(d->line, "stream %u of '%s': %s is %lu and not %lu", stream, d->name, fields[n].name, is, fields[n].wanted);
        }
    }
    if (e[3] != root[d->owner]) {
        differs(d->line, "stream %u of '%s' is translated by 0x%lx, not as vm '%s' by 0x%lx", stream, d->name, e[3], vm, root[d->owner]);
    }
    if (e[1] | e[4] | e[5] | e[6] | e[7]) {
        differs(d->line, "stream %u of '%s': words 1 and 4 to 7 of its entry are not all 0", stream, d->name);
    }
}

static void check_table(const struct image *i, const struct wanted *w, uint64_t table, const uint64_t *root)
{
    for (uint32_t first = 0; first < STREAMS; first += 64) {
        uint64_t l1, e[8];
        if (!image_memory(i, table + first / 64 * 8, &l1, sizeof l1)) {
            differs(0, "the stream table at 0x%lx is not in the image", table);
            return;
        }
        if (l1 && ((l1 & 31) != 7 || l1 & 0xfe0 || l1 >> 52)) {
            differs(0, "streams %u to %u: their descriptor 0x%016lx is not one for 64 entries in one page", first, first + 63, l1);
            continue;
        }
        for (uint32_t n = 0; n < 64; n++) {
            memset(e, 0, sizeof e);
            if (l1 && !image_memory(i, (l1 & ~31ul) + n * ENTRY, e, sizeof e)) {
                differs(0, "streams from %u: their entries at 0x%lx are not in the image", first, l1 & ~31ul);
                break;
            }
            if (!l1 && owned(w, first + n)) {
                differs(owned(w, first + n)->line, "stream %u of '%s' has no entry: its DMA is blocked", first + n, owned(w, first + n)->name);
            } else {
                check_entry(w, first + n, e, root);
            }
        }
    }
}

static void check_names(const struct image *i, const struct wanted *w, const struct hyp_smmu *smmu)
{
    uint64_t at;
    unsigned count = 0;
    for (size_t n = 0; n < w->device_count; n++) {
        count += w->devices[n].stream && w->devices[n].owner >= 0;
    }
    if (smmu->stream_count != count) {
        differs(0, "%u streams have names, and %u have owners", smmu->stream_count, count);
        return;
    }
    for (unsigned n = 0; image_symbol(i, "hyp_streams", &at) && n < count; n++) {
        struct hyp_stream s;
        char name[64] = "";
        if (!image_memory(i, at + n * sizeof s, &s, sizeof s) || !image_memory(i, (uint64_t)s.device, name, sizeof name)) {
            differs(0, "hyp_streams[%u] is not in the image", n);
            return;
        }
        const struct wanted_device *d = owned(w, s.stream);
        if (!d || strncmp(d->name, name, sizeof name) || d->owner != (int)s.vm) {
            differs(0, "hyp_streams[%u] says: stream %u is '%.40s' of VM %u; the XML does not", n, s.stream, name, s.vm);
        }
    }
}

/* On the core of a VM that has its interrupts itself they would be such a VM's delay: another VM's core is better, if there is one. */
static void check_core(const struct wanted *w, const struct wanted_device *d, unsigned core)
{
    bool direct = false, other = false;
    for (size_t v = 0; v < w->vm_count; v++) {
        other |= !w->vms[v].direct;
        for (unsigned n = 0; n < w->vms[v].core_count; n++) {
            direct |= w->vms[v].direct && w->vms[v].cores[n] == core;
        }
    }
    if (direct && other) {
        differs(d->line, "core %u takes the interrupts of '%s', and is one of a VM with interrupts=\"direct\"", core, d->name);
    }
}

void streams_check(const struct image *i, const struct wanted *w, const uint64_t *root)
{
    struct hyp_smmu smmu;
    uint64_t at;
    if (!image_symbol(i, "hyp_smmu", &at) || !image_memory(i, at, &smmu, sizeof smmu)) {
        return;
    }
    if (w->iommu < 0) {
        if (smmu.base) {
            differs(0, "the image programs an SMMU at 0x%lx, and the XML has none", smmu.base);
        }
        return;
    }
    const struct wanted_device *d = &w->devices[w->iommu];
    if (smmu.base != d->base || smmu.intid != d->spi + 32) {
        differs(d->line, "'%s' is at 0x%lx with interrupt %u in the image, not at 0x%lx with %u", d->name, smmu.base, smmu.intid, d->base, d->spi + 32);
    }
    if (smmu.core >= w->cores) {
        differs(d->line, "core %u takes the interrupts of '%s', and there is no such core", smmu.core, d->name);
    }
    check_core(w, d, smmu.core);
    if (smmu.stream_table_cfg != (16u | 6u << 6 | 1u << 16) || smmu.stream_table % 8192) {
        differs(d->line, "'%s': STRTAB_BASE_CFG 0x%x and table 0x%lx are not 16 bits of stream, 64 a page, two levels, aligned to 8 KiB", d->name,
                smmu.stream_table_cfg, smmu.stream_table);
    }
    check_table(i, w, smmu.stream_table, root);
    check_names(i, w, &smmu);
}
