/* SPDX-License-Identifier: GPL-2.0-or-later
 * Messages in protobuf's wire format
 */
#include "protobuf.h"

#include <string.h>

enum { VARINT = 0, LEN = 2 };   /* wire types */
#define VARINT_MAX 10u          /* bytes */

static void varint(struct protobuf *m, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        m->bytes[m->len++] = (uint8_t)(v | 0x80);
    m->bytes[m->len++] = (uint8_t)v;
}

/* A field that has no room is left out whole. */
static int room(const struct protobuf *m, size_t len) { return m->len + 2 * VARINT_MAX + len <= sizeof m->bytes; }

void protobuf_number(struct protobuf *m, unsigned field, uint64_t value)
{
    if (!room(m, 0))
        return;
    varint(m, (uint64_t)field << 3 | VARINT);
    varint(m, value);
}

void protobuf_text(struct protobuf *m, unsigned field, const char *text, size_t len)
{
    len = len < PROTOBUF_MAX / 4 ? len : PROTOBUF_MAX / 4;
    if (!room(m, len))
        return;
    varint(m, (uint64_t)field << 3 | LEN);
    varint(m, len);
    for (size_t i = 0; i < len; i++)
        m->bytes[m->len++] = text[i] >= ' ' && text[i] <= '~' ? (uint8_t)text[i] : '?';
}

void protobuf_message(struct protobuf *m, unsigned field, const struct protobuf *inner)
{
    if (!room(m, inner->len))
        return;
    varint(m, (uint64_t)field << 3 | LEN);
    varint(m, inner->len);
    memcpy(m->bytes + m->len, inner->bytes, inner->len);
    m->len += inner->len;
}
