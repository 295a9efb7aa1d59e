/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets of a Perfetto trace
 */
#include "perfetto_packet.h"

#include <inttypes.h>
#include <string.h>

/* Fields, by their messages' names in protos/perfetto/trace. The flows are those that all versions of the UI read: it also knows
 * flow_ids (47) since 2022, one or the other. */
enum { TRACE_PACKET = 1 };
enum { PACKET_TIMESTAMP = 8, PACKET_SEQUENCE = 10, PACKET_EVENT = 11, PACKET_DESCRIPTOR = 60 };
enum { DESCRIPTOR_UUID = 1, DESCRIPTOR_NAME = 2, DESCRIPTOR_PROCESS = 3, DESCRIPTOR_PARENT = 5, DESCRIPTOR_CHILD_ORDERING = 11, DESCRIPTOR_RANK = 12 };
enum { PROCESS_PID = 1, PROCESS_NAME = 6 };
enum { EVENT_ANNOTATIONS = 4, EVENT_TYPE = 9, EVENT_TRACK = 11, EVENT_CATEGORIES = 22, EVENT_NAME = 23, EVENT_FLOW = 36, EVENT_FLOW_ENDS = 42 };
enum { ANNOTATION_UINT = 3, ANNOTATION_STRING = 6, ANNOTATION_NAME = 10 };
enum { TYPE_SLICE_BEGIN = 1, TYPE_SLICE_END };
enum { ORDER_EXPLICIT = 3 };
#define SEQUENCE 1      /* all packets are of one writer */

static void put(FILE *out, const struct protobuf *packet)
{
    static struct protobuf trace;
    trace.len = 0;
    protobuf_message(&trace, TRACE_PACKET, packet);
    fwrite(trace.bytes, trace.len, 1, out);
}

static void put_descriptor(FILE *out, struct protobuf *d, uint64_t uuid, unsigned rank)
{
    struct protobuf packet;
    packet.len = 0;
    protobuf_number(d, DESCRIPTOR_UUID, uuid);
    protobuf_number(d, DESCRIPTOR_RANK, rank);
    protobuf_number(&packet, PACKET_SEQUENCE, SEQUENCE);
    protobuf_message(&packet, PACKET_DESCRIPTOR, d);
    put(out, &packet);
}

void packet_group(FILE *out, uint64_t uuid, const char *name, unsigned number)
{
    struct protobuf d, process;
    d.len = process.len = 0;
    protobuf_number(&process, PROCESS_PID, number);
    protobuf_text(&process, PROCESS_NAME, name, strlen(name));
    protobuf_message(&d, DESCRIPTOR_PROCESS, &process);
    protobuf_number(&d, DESCRIPTOR_CHILD_ORDERING, ORDER_EXPLICIT);
    put_descriptor(out, &d, uuid, number);
}

void packet_track(FILE *out, uint64_t uuid, uint64_t group, const char *name, unsigned rank)
{
    struct protobuf d;
    d.len = 0;
    protobuf_text(&d, DESCRIPTOR_NAME, name, strlen(name));
    if (group)
        protobuf_number(&d, DESCRIPTOR_PARENT, group);
    put_descriptor(out, &d, uuid, rank);
}

static void annotate(struct packet *p, const char *name, unsigned field, uint64_t v, const char *text)
{
    struct protobuf a;
    a.len = 0;
    protobuf_text(&a, ANNOTATION_NAME, name, strlen(name));
    if (text)
        protobuf_text(&a, field, text, strlen(text));
    else
        protobuf_number(&a, field, v);
    protobuf_message(&p->event, EVENT_ANNOTATIONS, &a);
}

void packet_text(struct packet *p, const char *name, const char *text) { annotate(p, name, ANNOTATION_STRING, 0, text); }

/* As text: the UI shows the type for pointers without its upper half. */
void packet_hex(struct packet *p, const char *name, uint64_t v)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, v);
    packet_text(p, name, text);
}

void packet_number(struct packet *p, const char *name, uint64_t v) { annotate(p, name, ANNOTATION_UINT, v, NULL); }
void packet_flow(struct packet *p, uint64_t id, bool ends) { protobuf_number(&p->event, ends ? EVENT_FLOW_ENDS : EVENT_FLOW, id); }

static void event(FILE *out, struct protobuf *e, unsigned type, uint64_t track, uint64_t ps)
{
    struct protobuf packet;
    packet.len = 0;
    protobuf_number(e, EVENT_TYPE, type);
    protobuf_number(e, EVENT_TRACK, track);
    protobuf_number(&packet, PACKET_TIMESTAMP, ps / 1000);
    protobuf_number(&packet, PACKET_SEQUENCE, SEQUENCE);
    protobuf_message(&packet, PACKET_EVENT, e);
    put(out, &packet);
}

void packet_begin(FILE *out, struct packet *p, uint64_t track, uint64_t ps, const char *category, const char *name, size_t len)
{
    protobuf_text(&p->event, EVENT_CATEGORIES, category, strlen(category));
    protobuf_text(&p->event, EVENT_NAME, name, len);
    event(out, &p->event, TYPE_SLICE_BEGIN, track, ps);
    p->event.len = 0;
}

void packet_end(FILE *out, uint64_t track, uint64_t ps)
{
    struct protobuf e;
    e.len = 0;
    event(out, &e, TYPE_SLICE_END, track, ps);
}
