/* SPDX-License-Identifier: GPL-2.0-or-later
 * Saved state: named, length-checked sections, little-endian on every host
 */
#include "platform/seam/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct state *s, const void *data, size_t len)
{
    if (s->len + len > s->cap) {
        size_t cap = (s->len + len) * 2;
        uint8_t *grown = realloc(s->data, cap);
        if (!grown) {
            fprintf(stderr, "ingot: out of memory for %zu bytes of saved state\n", cap);
            exit(1);
        }
        s->data = grown;
        s->cap = cap;
    }
    if (len) {
        memcpy(s->data + s->len, data, len);
    }
    s->len += len;
}

static void append_number(struct state *s, uint64_t v, unsigned bytes)
{
    uint8_t b[8];
    for (unsigned i = 0; i < bytes; i++) {
        b[i] = v >> 8 * i;
    }
    append(s, b, bytes);
}

static uint64_t number(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++) {
        v |= (uint64_t)p[i] << 8 * i;
    }
    return v;
}

void state_put(struct state *s, const char *name, const void *data, size_t len)
{
    append_number(s, strlen(name), 4);
    append(s, name, strlen(name));
    append_number(s, len, 8);
    append(s, data, len);
}

/* Place of the data of the next section if it is called `name` and is all there; *len gets its length. */
static const uint8_t *section(const struct state *s, const char *name, size_t *len)
{
    size_t left = s->len - s->pos, name_len = strlen(name);
    const uint8_t *p = s->data + s->pos;
    if (s->bad || left < 12 || number(p, 4) != name_len || left - 12 < name_len || memcmp(p + 4, name, name_len)) {
        return NULL;
    }
    uint64_t data_len = number(p + 4 + name_len, 8);
    if (data_len > left - 12 - name_len) {
        return NULL;
    }
    *len = data_len;
    return p + 12 + name_len;
}

size_t state_next(const struct state *s, const char *name)
{
    size_t len;
    return section(s, name, &len) ? len : SIZE_MAX;
}

void state_get(struct state *s, const char *name, void *data, size_t len)
{
    size_t have;
    const uint8_t *p = section(s, name, &have);
    if (!p || have != len) {
        s->bad = 1;
        return;
    }
    if (len) {
        memcpy(data, p, len);
    }
    s->pos = p + len - s->data;
}

void state_put_u64(struct state *s, const char *name, uint64_t v)
{
    size_t start = s->len;
    state_put(s, name, &v, 8);
    s->len = start + 12 + strlen(name);
    append_number(s, v, 8);
}

uint64_t state_get_u64(struct state *s, const char *name)
{
    uint8_t b[8] = { 0 };
    state_get(s, name, b, 8);
    return s->bad ? 0 : number(b, 8);
}

void state_free(struct state *s)
{
    free(s->data);
    memset(s, 0, sizeof *s);
}
