/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of addresses: which function of which program a PC is in
 */
#ifndef INGOT_VIEW_SYMBOLS_H
#define INGOT_VIEW_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;
struct symbols_file;

struct symbols *symbols_new(void);      /* NULL: no memory */
void symbols_free(struct symbols *s);

/* Reads a file's symbols; vm: whose program it is (a VM's name, "hypervisor"), or NULL: anybody's. Taken are an ELF file (its section
 * .text, loaded at `base`, if it is relocatable: has_base), an arm64 Linux Image that has its kallsyms, and text lines "ADDRESS TYPE
 * NAME" (System.map, /proc/kallsyms). How many symbols; or -1 and a line in err. */
int symbols_add(struct symbols *s, const char *vm, const char *path, bool has_base, uint64_t base, char *err, size_t err_len);

/* The symbol that addr is in, and how far behind its begin; or NULL. At EL2 the hypervisor's are asked, at EL1 the VM's, else both.
 * vm: or NULL. data: objects of known size are asked for, not code. */
/* whole: addr is all of it; else its bits 31:0, and the others are those of the file's own symbols. */
const char *symbols_find(const struct symbols *s, const char *vm, unsigned el, uint64_t addr, bool whole, bool data, uint64_t *offset);

/* For the readers of files. end: first address behind it; 0: it reaches to the next one. rank: of several at an address the least is
 * shown. False: no memory. */
bool symbols_put(struct symbols_file *f, uint64_t addr, uint64_t end, bool data, unsigned rank, const char *name);
/* 0; 1: it is not of that sort; -1 and a line in err. */
int symbols_elf(struct symbols_file *f, const char *path, int fd, bool has_base, uint64_t base, char *err, size_t err_len);
int symbols_image(struct symbols_file *f, const char *path, const uint8_t *bytes, size_t len, char *err, size_t err_len);
int symbols_text(struct symbols_file *f, const char *path, const char *text, size_t len, char *err, size_t err_len);

#endif
