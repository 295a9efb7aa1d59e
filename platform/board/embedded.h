/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where libvirt's embedded driver keeps its files
 */
#ifndef INGOT_EMBEDDED_H
#define INGOT_EMBEDDED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EMBEDDED_PATH_MAX 4096

struct embedded {
    int lock;                           /* of the slot, or -1 */
    char slot[EMBEDDED_PATH_MAX];       /* the folder itself */
    char root[EMBEDDED_PATH_MAX];       /* as libvirt is told: the same, or a short link to it */
};

/* Takes a free slot below cache_dir/libvirt and writes its qemu.conf. 0, or -1 and a line in err. */
int embedded_take(struct embedded *e, const char *cache_dir, const char *runtime_dir, char *err, size_t err_len);
void embedded_release(struct embedded *e);
/* What QEMU itself said at its last start as domain `name`, from libvirt's log; "" if nothing. */
void embedded_qemu_words(const struct embedded *e, const char *name, char *words, size_t words_len);

#ifdef __cplusplus
}
#endif
#endif
