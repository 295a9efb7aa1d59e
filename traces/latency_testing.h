/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the latency tests: a trace in the making, and its analysis
 */
#ifndef INGOT_LATENCY_TESTING_H
#define INGOT_LATENCY_TESTING_H

#include <vector>

#include "latency.h"
#include "testing.h"

enum { VECTOR = 1, LR, GUEST, HANDLER_A, EOI, HANDLER_B };
enum { DEV_A = 0, DEV_B = 1, INTID_A = 212, INTID_B = 211, ACK_A = 0x10, ACK_B = 0x24 };

/* A trace in the making: times in ns, the core's instructions given apart. */
struct Script {
    struct trace_writer *w;
    explicit Script(struct trace_writer *writer) : w(writer)
    {
        const char *probes[] = { "el2-vector", "lr", "guest-vector", "pulse-handler", "guest-eoi", "dmaq-handler" };
        trace_name(w, 0, TRACE_NAME_DEVICE, DEV_A, "pulse0");
        trace_name(w, 0, TRACE_NAME_DEVICE, DEV_B, "dmaq0");
        for (uint32_t i = 0; i < 6; i++)
            trace_name(w, 0, TRACE_NAME_PROBE, i + 1, probes[i]);
    }
    void put(uint64_t ns, int core, uint64_t insn, enum trace_kind kind, uint32_t id, uint64_t addr, uint64_t value)
    {
        struct trace_record r = {};
        r.time_ps = ns * 1000;
        r.core = core < 0 ? TRACE_NO_CORE : (uint8_t)core;
        r.insn = insn;
        r.kind = (uint16_t)kind;
        r.id = id;
        r.addr = addr;
        r.value = value;
        trace_put(w, &r);
    }
    void rise(uint64_t ns, int dev = DEV_A) { put(ns, -1, 0, TRACE_IRQ, (uint32_t)dev, dev ? INTID_B : INTID_A, 1); }
    void fall(uint64_t ns, int dev = DEV_A) { put(ns, -1, 0, TRACE_IRQ, (uint32_t)dev, dev ? INTID_B : INTID_A, 0); }
    void probe(uint64_t ns, uint64_t insn, uint32_t id, uint64_t value = 0, int core = 0)
    {
        put(ns, core, insn, TRACE_PROBE, id, 0x1000, value);
    }
    /* HW=1, pending; the vINTID is another number on purpose. */
    void lr(uint64_t ns, uint64_t insn, int dev = DEV_A, int core = 0)
    {
        probe(ns, insn, LR, UINT64_C(3) << 61 | (uint64_t)(dev ? INTID_B : INTID_A) << 32 | 40, core);
    }
    void ack(uint64_t ns, uint64_t insn, int dev = DEV_A, int core = 0)
    {
        put(ns, core, insn, TRACE_WRITE, (uint32_t)dev, dev ? ACK_B : ACK_A, 1);
        fall(ns, dev);
    }
    /* From EL2's vector on, one instruction a ns: 0, 70, 100, 130, 140, 150 after `ns`. */
    void deliver(uint64_t ns, uint64_t insn, int core = 0)
    {
        probe(ns, insn, VECTOR, 0, core);
        lr(ns + 70, insn + 70, DEV_A, core);
        probe(ns + 100, insn + 100, GUEST, 0, core);
        probe(ns + 130, insn + 130, HANDLER_A, 0, core);
        ack(ns + 140, insn + 140, DEV_A, core);
        probe(ns + 150, insn + 150, EOI, 0, core);
    }
};

inline struct latency_query query_a()
{
    return { nullptr, "pulse0", INTID_A, "el2-vector", "lr", "guest-vector", "pulse-handler", "guest-eoi", ACK_A };
}

inline struct latency_query query_b()
{
    return { nullptr, "dmaq0", 0, "el2-vector", "lr", "guest-vector", "dmaq-handler", "guest-eoi", ACK_B };
}

struct Analysed {
    Written file;
    struct latency_report r;
    char err[300] = "";
    int rc;
    explicit Analysed(const std::function<void(Script &)> &fill, struct latency_query q = query_a())
        : file([&](auto *w) { Script s(w); fill(s); })
    {
        rc = latency_analyse(file.trace.get(), &q, &r, err, sizeof err);
        if (rc == 0) {
            EXPECT_EQ(r.raises, r.count + r.merged + r.withdrawn + r.lost + r.incomplete);
        }
    }
    ~Analysed() { latency_free(&r); }
    std::string printed() const
    {
        char *text = nullptr;
        size_t len = 0;
        FILE *f = open_memstream(&text, &len);
        latency_print(f, &r);
        fclose(f);
        std::string s(text, len);
        free(text);
        return s;
    }
    std::vector<uint64_t> insn(size_t i = 0) const { return { r.paths[i].insn, r.paths[i].insn + LATENCY_STAGES }; }
    std::vector<uint64_t> ns(size_t i = 0) const
    {
        std::vector<uint64_t> v;
        for (uint64_t ps : r.paths[i].ps)
            v.push_back(ps / 1000);
        return v;
    }
};

using Stages = std::vector<uint64_t>;

#endif
