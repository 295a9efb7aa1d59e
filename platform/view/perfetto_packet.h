/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets of a Perfetto trace (protos/perfetto/trace/trace_packet.proto): tracks, slices, arrows
 */
#ifndef INGOT_VIEW_PERFETTO_PACKET_H
#define INGOT_VIEW_PERFETTO_PACKET_H

#include <stdbool.h>
#include <stdio.h>

#include "protobuf.h"

/* A group of tracks: what Perfetto calls a process. All its versions fold it, and show its number. */
void packet_group(FILE *out, uint64_t uuid, const char *name, unsigned number);
/* group 0: of none. Tracks of one group are shown in the order of their ranks (since 2024; before, in that of their names). */
void packet_track(FILE *out, uint64_t uuid, uint64_t group, const char *name, unsigned rank);

/* What the next slice has: arguments, and arrows that begin here, pass, or end (flows; the first slice of an id is its begin). */
struct packet {
    struct protobuf event;
};
void packet_text(struct packet *p, const char *name, const char *text);
void packet_hex(struct packet *p, const char *name, uint64_t v);
void packet_number(struct packet *p, const char *name, uint64_t v);
void packet_flow(struct packet *p, uint64_t id, bool ends);

/* A slice, with what p has, which is empty then; its end. Times become whole ns, as Perfetto's are. */
void packet_begin(FILE *out, struct packet *p, uint64_t track, uint64_t ps, const char *category, const char *name, size_t len);
void packet_end(FILE *out, uint64_t track, uint64_t ps);

#endif
