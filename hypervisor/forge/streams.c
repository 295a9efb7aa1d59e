/* SPDX-License-Identifier: GPL-2.0-or-later
 * The SMMU's stream table: for each device's stream the stage 2 of the VM that owns it (Arm IHI 0070, 5.1 and 5.2)
 *
 * Two levels, so that any 16-bit stream ID costs one page at most.
 */
#include "forge.h"

#include <inttypes.h>

#define SIDSIZE 16
#define SPLIT 6                     /* streams of one second-level table: 64, 4 KiB */
#define GROUPS (1u << (SIDSIZE - SPLIT))
#define FMT_TWO_LEVELS 1u
#define SPAN (SPLIT + 1)            /* 2^(SPAN-1) entries are there */

/* Entry, doublewords 0 and 2: valid, stage 2 translates; VMID, S2T0SZ 25, SL0 level 1, write-back inner shareable walks, 40-bit output,
 * AArch64, faults are recorded */
#define STE_S2 (1ul | 6ul << 1)
#define STE_S2_WORD(vmid) ((uint64_t)(vmid) | 25ul << 32 | 1ul << 38 | 1ul << 40 | 1ul << 42 | 3ul << 44 | 2ul << 48 | 1ul << 51 | 1ul << 58)

uint32_t forge_stream_table_cfg(void) { return SIDSIZE | SPLIT << 6 | FMT_TWO_LEVELS << 16; }

static const struct system_device *owner_of(const struct system *s, uint32_t stream)
{
    for (size_t i = 0; i < s->device_count; i++) {
        if (s->devices[i].stream == stream && s->devices[i].owner >= 0) {
            return &s->devices[i];
        }
    }
    return NULL;
}

static bool used(const struct system *s, uint32_t group)
{
    for (uint32_t n = 0; n < 1u << SPLIT; n++) {
        if ((group || n) && owner_of(s, (group << SPLIT) + n)) {
            return true;
        }
    }
    return false;
}

static void second_level(FILE *out, const struct system *s, uint32_t group)
{
    fprintf(out, "    .balign 4096\nstreams_%u:\n", group);
    for (uint32_t n = 0; n < 1u << SPLIT; n++) {
        const struct system_device *d = group || n ? owner_of(s, (group << SPLIT) + n) : NULL;
        if (d) {
            fprintf(out, "    .quad 0x%lx, 0, 0x%016" PRIx64 ", hyp_s2_%d, 0, 0, 0, 0      /* stream %u: %s of %s */\n", STE_S2, STE_S2_WORD(d->owner + 1),
                    d->owner, d->stream, d->name, s->vms[d->owner].name);
        } else {
            fprintf(out, "    .fill 8, 8, 0\n");
        }
    }
}

void forge_streams(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s */\n    .file \"streams.S\"\n    .section .rodata.streams, \"a\"\n    .balign %u\n    .global hyp_stream_table\nhyp_stream_table:\n",
            s->name, GROUPS * 8);
    if (s->hyp_iommu < 0) {
        return;
    }
    for (uint32_t group = 0; group < GROUPS; group++) {
        if (used(s, group)) {
            fprintf(out, "    .quad streams_%u + %u\n", group, SPAN);
        } else {
            fprintf(out, "    .quad 0\n");
        }
    }
    for (uint32_t group = 0; group < GROUPS; group++) {
        if (used(s, group)) {
            second_level(out, s, group);
        }
    }
}
