/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of this room: a small run of dmaq0 and uart0, and a view of it
 */
#ifndef INGOT_VIEW_TESTING_H
#define INGOT_VIEW_TESTING_H

#include <string>

#include <cstring>

#include "traces/format.h"
#include "traces/testing.h"
#include "view.h"

enum { UART = 0, DMAQ = 1, LR = 1, HANDLER = 2 };

struct Made {
    struct trace_writer *w;
    void put(uint64_t ns, int core, enum trace_kind kind, uint32_t id, uint64_t addr, uint64_t value, const char *data = nullptr)
    {
        struct trace_record r = {};
        r.time_ps = ns * 1000;
        r.core = core < 0 ? TRACE_NO_CORE : (uint8_t)core;
        r.insn = core < 0 ? 0 : ns;
        r.kind = (uint16_t)kind;
        r.id = id;
        r.addr = addr;
        r.value = value;
        r.size = kind == TRACE_READ || kind == TRACE_WRITE ? 4 : 0;
        r.aux = data ? (uint32_t)strlen(data) : 0;
        trace_put_data(w, &r, data);
    }
};

/* 15 records after 6 of names: a descriptor is fetched, data is written, the interrupt goes its way. */
inline void small_run(struct trace_writer *w)
{
    Made r = { w };
    trace_name(w, 0, TRACE_NAME_DEVICE, UART, "uart0");
    trace_name(w, 0, TRACE_NAME_TYPE, UART, "uart16550");
    trace_name(w, 0, TRACE_NAME_DEVICE, DMAQ, "dmaq0");
    trace_name(w, 0, TRACE_NAME_TYPE, DMAQ, "dmaq");
    trace_name(w, 0, TRACE_NAME_PROBE, LR, "lr");
    trace_name(w, 0, TRACE_NAME_PROBE, HANDLER, "dmaq irq");
    r.put(100, 0, TRACE_WRITE, DMAQ, 0x08, 3);                      /*  6: CTRL */
    r.put(100, -1, TRACE_STEP, 0, 0, 17, "send uart0 \"x\"");       /*  7 */
    r.put(150, 1, TRACE_READ, UART, 0, 'x');                        /*  8: RBR */
    r.put(200, -1, TRACE_DMA_READ, DMAQ, 0x40001000, 0xabc, "desc");/*  9 */
    r.put(300, -1, TRACE_DMA_WRITE, DMAQ, 0x40002000, 0xdef, "payload"); /* 10 */
    r.put(400, -1, TRACE_IRQ, DMAQ, 211, 1);                        /* 11 */
    r.put(410, 0, TRACE_PROBE, LR, 0x1000, UINT64_C(3) << 61 | UINT64_C(211) << 32 | 40);
    r.put(420, 0, TRACE_PROBE, HANDLER, 0x2000, 0);                 /* 13 */
    r.put(430, 0, TRACE_READ, DMAQ, 0x24, 1);                       /* 14: IRQ_STATUS */
    r.put(440, 0, TRACE_WRITE, DMAQ, 0x24, 1);                      /* 15 */
    r.put(440, -1, TRACE_IRQ, DMAQ, 211, 0);                        /* 16 */
    r.put(500, 1, TRACE_CONSOLE, UART, 0, 'o');
    r.put(600, 1, TRACE_CONSOLE, UART, 0, 'k');
    r.put(700, 1, TRACE_CONSOLE, UART, 0, '\n');                    /* 19 */
    r.put(800, -1, TRACE_NOTE, DMAQ, 3, UINT64_MAX);                /* 20 */
}

/* The same on a board with VMs: linux has core 0 and dmaq0; rt and tiny share core 1; uart0 is the hypervisor's. 15 names before it. */
inline void run_with_vms(struct trace_writer *w)
{
    trace_name(w, 0, TRACE_NAME_SYSTEM, 0, "two");
    trace_name(w, 0, TRACE_NAME_VM, 1, "linux");
    trace_name(w, 0, TRACE_NAME_VCPU, trace_vcpu_id(1, 0), "0");
    trace_name(w, 0, TRACE_NAME_VM, 2, "rt");
    trace_name(w, 0, TRACE_NAME_VCPU, trace_vcpu_id(2, 1), "0");
    trace_name(w, 0, TRACE_NAME_VM, 3, "tiny");
    trace_name(w, 0, TRACE_NAME_VCPU, trace_vcpu_id(3, 1), "0");
    trace_name(w, 0, TRACE_NAME_OWNER, UART, "hypervisor");
    trace_name(w, 0, TRACE_NAME_OWNER, DMAQ, "linux");
    small_run(w);                           /* its records: 15 to 29 */
    Made r = { w };
    r.put(900, 1, TRACE_PROBE, HANDLER, 0x2000, 0);     /* 30: on a core of two VMs, and no VMID */
    struct trace_record tiny = {};
    tiny.time_ps = 910000;
    tiny.insn = 910;
    tiny.kind = TRACE_PROBE;
    tiny.core = 1;
    tiny.id = HANDLER;
    tiny.addr = 0x2000;
    tiny.size = 2;
    tiny.result = 3;
    trace_put(w, &tiny);                                /* 31: at EL2, for VMID 3 */
    r.put(920, 0, TRACE_READ, 7, 0, 1);                 /* 32: a device that nobody owns, from linux's core */
}

/* The run, looked at with this repository's registers. */
struct Seen {
    Written file;
    struct view *v;
    struct view_filter f = {};
    char err[1024] = "";
    int rc = 0;
    explicit Seen(const std::function<void(struct trace_writer *)> &fill = small_run)
        : file(fill), v(view_new(file.trace.get(), nullptr, INGOT_SOURCE "/vdevices", stderr))
    {
    }
    Seen(const Seen &) = delete;
    ~Seen() { view_free(v); }

    using Look = std::function<int(FILE *out)>;
    std::string text(const Look &look)
    {
        char *bytes = nullptr;
        size_t len = 0;
        FILE *out = open_memstream(&bytes, &len);
        rc = look(out);
        fclose(out);
        std::string s(bytes, len);
        free(bytes);
        return s;
    }
    std::string show(unsigned data = 0) { return text([&](FILE *o) { return view_show(v, &f, data, o, err, sizeof err); }); }
    std::string stat() { return text([&](FILE *o) { return view_stat(v, &f, o, err, sizeof err); }); }
    std::string json() { return text([&](FILE *o) { return view_json(v, &f, o, err, sizeof err); }); }
    std::string vcd() { return text([&](FILE *o) { return view_vcd(v, &f, o, err, sizeof err); }); }
    std::string perfetto(const std::vector<struct view_handler> &h = {})
    {
        return text([&](FILE *o) { return view_perfetto(v, &f, h.data(), h.size(), o, err, sizeof err); });
    }
};

inline size_t count(const std::string &text, const std::string &part)
{
    size_t n = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        n++;
    return n;
}

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

/* A flipped bit in the second of two chunks. */
inline void damage(const Written &x)
{
    std::string bytes = x.file.bytes();
    bytes[x.trace->chunks[1].offset + 60] ^= 4;
    x.file.write(bytes);
}

#endif
