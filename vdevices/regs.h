/* SPDX-License-Identifier: GPL-2.0-or-later
 * Registers of a device: what its regs.xml (IP-XACT, IEEE 1685-2014) says
 *
 * Read by regsgen, which writes C headers, and by the conformance test, which asks the device.
 */
#ifndef INGOT_REGS_H
#define INGOT_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum regs_access { REGS_READ_ONLY, REGS_READ_WRITE, REGS_WRITE_ONLY };

struct regs_field {
    char *name;
    unsigned shift, width;      /* bits */
    enum regs_access access;
    bool reset_known;           /* false: undefined, or not a constant */
    uint64_t reset;             /* value of the field, not shifted */
    bool is_volatile;           /* the device changes it by itself */
    bool one_to_clear;          /* writing 1 clears, writing 0 does nothing */
    uint64_t minimum, maximum;  /* writeValueConstraint: others are taken as the nearest */
    int line;
};

struct regs_register {
    char *name;
    char *group;                /* alternateGroup in which it takes the place of another, or NULL */
    uint64_t offset;            /* bytes */
    unsigned size;              /* bits: 8, 16, 32 or 64 */
    enum regs_access access;
    struct regs_field *fields;
    size_t field_count;
    int line;
};

struct regs {
    char *name;                 /* of the component: "dmaq" */
    uint64_t range;             /* bytes of its one address block */
    struct regs_register *registers;
    size_t register_count;
};

/* Reads and checks a file. Returns NULL after printing each error as "FILE:LINE: what is wrong: what to do" to
 * `errors`. Free with regs_free. */
struct regs *regs_load(const char *path, FILE *errors);
void regs_free(struct regs *r);

/* Mask of a field, in place. */
static inline uint64_t regs_mask(const struct regs_field *f)
{
    return (f->width == 64 ? UINT64_MAX : (UINT64_C(1) << f->width) - 1) << f->shift;
}

#ifdef __cplusplus
}
#endif
#endif
