/* SPDX-License-Identifier: GPL-2.0-or-later
 * smmuv3: what its files share: state, events, tables in memory
 */
#ifndef INGOT_SMMUV3_H
#define INGOT_SMMUV3_H

#include "smmuv3_regs.h"
#include "vdevices/models.h"

#define SMMUV3_STES 16          /* cached stream table entries, by the stream ID's low bits */
#define SMMUV3_TLBS 64          /* cached translations, by bits 17:12 of the address */

/* A stream table entry as it was read (IHI 0070 5.2), the four doublewords that this SMMU looks at. */
struct smmuv3_ste {
    uint64_t key;               /* stream ID + 1; 0: empty */
    uint64_t word[4];
};

struct smmuv3_tlb {
    uint64_t size;              /* bytes that it covers, 4 KiB to 1 GiB; 0: empty */
    uint64_t ipa, pa;
    uint64_t vmid;
    uint64_t descriptor;        /* its attributes */
};

struct smmuv3 {                 /* no holes: each byte is in the field table */
    uint64_t strtab_base, cmdq_base, eventq_base;
    uint32_t cr0, cr1, cr2, gbpa, irq_ctrl, gerror, gerrorn, strtab_base_cfg;
    uint32_t cmdq_prod, cmdq_cons, eventq_prod, eventq_cons;
    struct smmuv3_ste ste[SMMUV3_STES];
    struct smmuv3_tlb tlb[SMMUV3_TLBS];
};

/* Event numbers (7.3) */
enum smmuv3_event_id {
    F_UUT = 0x01, C_BAD_STREAMID = 0x02, F_STE_FETCH = 0x03, C_BAD_STE = 0x04, F_WALK_EABT = 0x0b,
    F_TRANSLATION = 0x10, F_ADDR_SIZE = 0x11, F_ACCESS = 0x12, F_PERMISSION = 0x13,
};

struct smmuv3_event {
    enum smmuv3_event_id id;
    uint32_t stream;
    bool write;
    bool walk;                  /* on the address of a table, not on the transaction's */
    uint64_t addr;              /* input address; of F_STE_FETCH and F_WALK_EABT what could not be read */
};

/* Notes in the trace: what the driver is answered (README) */
enum { SMMUV3_NOTE_EVENT = 1, SMMUV3_NOTE_COMMAND, SMMUV3_NOTE_LOST };

/* smmuv3.c */
void smmuv3_record(struct vdev *dev, const struct smmuv3_event *e);
/* translate.c */
enum seam_result smmuv3_translate(struct vdev *dev, uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length);
/* Cached translations of a VMID that hold `ipa`; any VMID, any address: SMMUV3_ALL */
#define SMMUV3_ALL UINT64_MAX
void smmuv3_forget_tlb(struct smmuv3 *s, uint64_t vmid, uint64_t ipa);
/* Cached entries of stream IDs first .. last */
void smmuv3_forget_ste(struct smmuv3 *s, uint32_t first, uint32_t last);

#endif
