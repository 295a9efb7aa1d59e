/* SPDX-License-Identifier: GPL-2.0-or-later
 * Saved state: a growable buffer of named, length-checked sections
 */
#ifndef INGOT_STATE_H
#define INGOT_STATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero-initialise; data is owned by the struct and freed with state_free. `pos` is the read position. `bad` is set by
 * a get that did not fit (wrong name, wrong length, end of data) and stays set; later gets then do nothing. */
struct state {
    uint8_t *data;
    size_t len, cap, pos;
    int bad;
};

/* Little-endian on every host. Section: u32 name length, name, u64 data length, data. */
void state_put(struct state *s, const char *name, const void *data, size_t len);
/* Reads the next section, which must be called `name` and be exactly len bytes long. */
void state_get(struct state *s, const char *name, void *data, size_t len);
/* Length of the next section if it is called `name`, else SIZE_MAX. Does not move. */
size_t state_next(const struct state *s, const char *name);
void state_put_u64(struct state *s, const char *name, uint64_t v);
uint64_t state_get_u64(struct state *s, const char *name);
void state_free(struct state *s);

#ifdef __cplusplus
}
#endif
#endif
