/* SPDX-License-Identifier: GPL-2.0-or-later
 * The registers of each type of device, read when they are asked for
 */
#ifndef INGOT_VIEW_REGISTERS_H
#define INGOT_VIEW_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct regs;
struct regs_register;
struct registers;

struct registers *registers_new(const char *folder, FILE *errors);
void registers_free(struct registers *all);
/* NULL: no such file, or one with mistakes, which have been told (once). */
const struct regs *registers_of(struct registers *all, const char *type);
/* The one at an offset that can be accessed this way. Where two share an offset by an alternateGroup, that without. */
const struct regs_register *registers_find(const struct regs *regs, uint64_t offset, bool write);

#ifdef __cplusplus
}
#endif
#endif
