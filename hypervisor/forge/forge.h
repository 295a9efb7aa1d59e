/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge: from a checked system to one image; what its files share
 */
#ifndef INGOT_FORGE_H
#define INGOT_FORGE_H

#include <stdbool.h>
#include <stdio.h>

#include "platform/board/system.h"

#define FORGE_REGION 0x200000ul     /* text, rodata, data: 2 MiB each, from hyp_base up */

/* pages.c: all page tables as assembly: symbols hyp_el2_root and hyp_s2_VM */
void forge_pages(FILE *out, const struct system *s);
/* tables.c: the constant structs of hypervisor/include/tables.h as C */
void forge_tables(FILE *out, const struct system *s);
/* tree.c: a VM's flattened device tree (Devicetree Specification 0.3); -1 with a message if it does not fit */
int forge_tree(const char *path, const struct system *s, int vm);
/* link.c: linker script, payloads, and the compiler's call */
void forge_script(FILE *out, const struct system *s);
void forge_payloads(FILE *out, const struct system *s, const char *dir);
int forge_run(char *const argv[]);  /* 0, or -1 with a message */
/* explain.c: memory map and interrupt routes in words */
void forge_explain(FILE *out, const struct system *s);

#endif
