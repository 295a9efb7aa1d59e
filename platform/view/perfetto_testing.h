/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of this room: a Perfetto file read back, packet by packet
 */
#ifndef INGOT_PERFETTO_TESTING_H
#define INGOT_PERFETTO_TESTING_H

#include <map>

#include "view_testing.h"

/* A message: its fields in their order. */
struct Fields {
    struct Field {
        uint64_t number, value;
        std::string bytes;
    };
    std::vector<Field> all;
    explicit Fields(const std::string &s)
    {
        size_t at = 0;
        while (at < s.size()) {
            Field f = {};
            uint64_t key = varint(s, at);
            f.number = key >> 3;
            if ((key & 7) == 2) {
                uint64_t len = varint(s, at);
                EXPECT_LE(len, s.size() - at);
                f.bytes = s.substr(at, len);
                at += len;
            } else {
                EXPECT_EQ(key & 7, 0u) << "neither varint nor bytes";
                f.value = varint(s, at);
            }
            all.push_back(f);
        }
    }
    static uint64_t varint(const std::string &s, size_t &at)
    {
        uint64_t v = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            EXPECT_LT(at, s.size()) << "cut";
            uint8_t byte = at < s.size() ? (uint8_t)s[at++] : 0;
            v |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
            if (!(byte & 0x80))
                return v;
        }
        ADD_FAILURE() << "a varint has no end";
        return v;
    }
    const Field *find(uint64_t number) const
    {
        for (const Field &f : all)
            if (f.number == number)
                return &f;
        return nullptr;
    }
    uint64_t value(uint64_t number) const { return find(number) ? find(number)->value : 0; }
    std::string text(uint64_t number) const { return find(number) ? find(number)->bytes : ""; }
    std::vector<uint64_t> values(uint64_t number) const
    {
        std::vector<uint64_t> some;
        for (const Field &f : all)
            if (f.number == number)
                some.push_back(f.value);
        return some;
    }
};

/* Field numbers: protos/perfetto/trace, trace_packet, track_descriptor, track_event, debug_annotation. */
struct Perfetto {
    struct Track {
        std::string name, group;
        uint64_t rank, pid;
    };
    struct Event {
        uint64_t ns, type;
        std::string track, group, name, category;
        std::vector<uint64_t> flows, ends;
        std::map<std::string, std::string> arguments;
    };
    std::map<uint64_t, Track> tracks;
    std::vector<Event> events;

    explicit Perfetto(const std::string &bytes)
    {
        for (const Fields::Field &packet : Fields(bytes).all) {
            EXPECT_EQ(packet.number, 1u);
            Fields p(packet.bytes);
            EXPECT_EQ(p.value(10), 1u) << "sequence";
            if (p.find(60))
                track(Fields(p.text(60)));
            else
                event(p.value(8), Fields(p.text(11)));
        }
    }
    /* The slices' begins of a track. */
    std::vector<Event> of(const std::string &group, const std::string &track) const
    {
        std::vector<Event> some;
        for (const Event &e : events)
            if (e.group == group && e.track == track && e.type == 1)
                some.push_back(e);
        return some;
    }

private:
    void track(const Fields &d)
    {
        Fields process(d.text(3));
        uint64_t uuid = d.value(1), parent = d.value(5);
        EXPECT_EQ(tracks.count(uuid), 0u) << "declared twice";
        EXPECT_TRUE(!parent || tracks.count(parent)) << "its group comes first";
        tracks[uuid] = { d.find(3) ? process.text(6) : d.text(2), parent ? tracks[parent].name : "", d.value(12), process.value(1) };
        EXPECT_FALSE(tracks[uuid].name.empty());
    }
    void event(uint64_t ns, const Fields &e)
    {
        EXPECT_EQ(tracks.count(e.value(11)), 1u) << "its track comes first";
        Event out = { ns, e.value(9), tracks[e.value(11)].name, tracks[e.value(11)].group, e.text(23), e.text(22), e.values(36), e.values(42), {} };
        EXPECT_TRUE(out.type == 1 || out.type == 2);
        for (const Fields::Field &f : e.all)
            if (f.number == 4) {
                Fields a(f.bytes);
                out.arguments[a.text(10)] = a.find(6) ? a.text(6) : std::to_string(a.value(3));
            }
        events.push_back(out);
    }
};

#endif
