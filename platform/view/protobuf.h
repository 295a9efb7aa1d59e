/* SPDX-License-Identifier: GPL-2.0-or-later
 * Messages in protobuf's wire format (protobuf.dev, "Encoding"), as much as is written here
 */
#ifndef INGOT_VIEW_PROTOBUF_H
#define INGOT_VIEW_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#define PROTOBUF_MAX 8192       /* bytes of a message; a text that would not fit is cut */

/* Zero-initialise; len 0 begins it anew. */
struct protobuf {
    size_t len;
    uint8_t bytes[PROTOBUF_MAX];
};

void protobuf_number(struct protobuf *m, unsigned field, uint64_t value);                   /* varint: bool, enum, intN, uintN */
void protobuf_text(struct protobuf *m, unsigned field, const char *text, size_t len);       /* string; bytes that are not ASCII become '?' */
void protobuf_message(struct protobuf *m, unsigned field, const struct protobuf *inner);

#endif
