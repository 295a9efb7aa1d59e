/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge: from a checked system to one image; what its files share
 */
#ifndef INGOT_FORGE_H
#define INGOT_FORGE_H

#include <stdbool.h>
#include <stdio.h>

#include "platform/board/system.h"

#define FORGE_REGION 0x200000ul     /* text, rodata, data: 2 MiB each, from hyp_base up */

/* stages.h: the stages from the system to its page tables, as XML */
/* streams.c: the SMMU's stream table as assembly: symbol hyp_stream_table; and its STRTAB_BASE_CFG */
void forge_streams(FILE *out, const struct system *s);
uint32_t forge_stream_table_cfg(void);
/* tables.c: the constant structs of hypervisor/include/tables.h as C */
void forge_tables(FILE *out, const struct system *s);
/* sets.c, places.c: pools and sets, placements, as C; the capabilities for them, behind the VM's signals; in words, the first with selector n */
#define FORGE_VMID_CLEAR 255u           /* of what clears pools: VMs and monitors have 1 and up */
bool forge_has_sets(const struct system *s);
void forge_set_tables(FILE *out, const struct system *s);
void forge_set_caps(FILE *out, const struct system *s, const struct system_vm *vm);
void forge_explain_pools(FILE *out, const struct system *s);
size_t forge_explain_sets(FILE *out, const struct system *s, const struct system_vm *vm, size_t n);    /* the next selector */
bool forge_has_placements(const struct system *s);
void forge_place_tables(FILE *out, const struct system *s);
void forge_place_caps(FILE *out, const struct system *s, const struct system_vm *vm);
int forge_placed_on(const struct system *s, unsigned core);     /* number of the first vCPU that a placement brings there, or -1 */
void forge_explain_places(FILE *out, const struct system *s, unsigned core);
size_t forge_explain_moves(FILE *out, const struct system *s, const struct system_vm *vm, size_t n);
/* tree.c: a VM's flattened device tree (Devicetree Specification 0.3), malloc'd; NULL with a message if it does not fit */
void *forge_tree(const struct system *s, int vm);
/* bare.c: the image of a board without our hypervisor */
void forge_bare(FILE *out, const struct system *s, const void *tree);
/* source.c: a flattened tree as source (.dts), for reading */
void forge_source(FILE *out, const void *tree);
/* link.c: linker script, payloads, and the compiler's call */
void forge_script(FILE *out, const struct system *s);
void forge_payloads(FILE *out, const struct system *s);
int forge_link(const struct system *s, const char *dir, const char *cross, const char *hyp, bool head);     /* 0, or -1 with a message */
/* modules.c: ends of the hooks of modules that the system does not use, as assembly */
void forge_modules(FILE *out, const struct system *s);
char *forge_wraps(const struct system *s);              /* the linker's options that take no more than it uses; malloc'd */
/* explain.c: memory map and interrupt routes in words */
void forge_explain(FILE *out, const struct system *s);

/* output.c: the result's folder. All is made in DIR/.forge and goes to its place at the end, file by file, the image
 * last: a failed run leaves the old result. These functions end the program with a message where they fail. */
const char *output_begin(const char *dir, bool keep);   /* the folder to work in; keep: it stays if the run fails */
FILE *output_create(const char *name, const char *ending);
void output_finish(FILE *f);
void output_publish(const char *image);                 /* image: the name that goes last, or NULL */
_Noreturn void output_fail(void);

/* signals.c: SIGINT, SIGTERM and SIGHUP wait until forge has cleaned up */
void signals_hold(void);
bool signals_pending(void);
void signals_release(void);
int signals_run(char *const argv[], const char *remedy);    /* runs a program; 0, or -1 with a message */

#endif
