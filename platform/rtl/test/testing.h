// SPDX-License-Identifier: GPL-2.0-or-later
// What the adapter's tests share: a core on its adapter with a memory and a record of what it did, and a bare loop
#ifndef INGOT_RTL_TESTING_H
#define INGOT_RTL_TESTING_H

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "platform/rtl/run_ahead.h"

ingot::RtlCore *ingot_rtl_probe(const char *instance);
ingot::RtlCore *ingot_rtl_plain(const char *instance);

enum probe_reg { ID = 0x00, SCRATCH = 0x04, COUNTDOWN = 0x08, IRQ = 0x0c, STAMP = 0x10, WAIT = 0x14, AWAKE = 0x18, CLOCKS = 0x1c,
                 SRC = 0x20, DST = 0x28, COPY = 0x30, RESP = 0x34, DONE = 0x38, BREAK = 0x3c, STAMP_HI = 0x40 };
enum probe_break { SILENT = 1, DROP_AR, BAD_LAST, WRAP, FINISH, UNASKED, CHANGE_AW, EXOKAY, DROP_AW, DROP_W };

static const seam_ps clk = 10000;

// The same tests are built for both.
#ifdef INGOT_RUN_AHEAD
using Adapter = ingot::RunAhead;
#else
using Adapter = ingot::RtlAdapter;
#endif

struct Rig : ingot::RtlAdapter::Client {
    explicit Rig(ingot::RtlCore *core = ingot_rtl_probe("probe"), ingot::Clock clock = ingot::Clock::of_period(clk))
        : adapter(std::unique_ptr<ingot::RtlCore>(core), clock, 2, *this)
    {
        adapter.reset(0);
    }

    seam_result dma_read(uint64_t addr, void *buf, size_t len) override
    {
        log.push_back("read " + std::to_string(addr) + " " + std::to_string(len));
        if (refusal != SEAM_OK || addr + len > sizeof ram) {
            return refusal != SEAM_OK ? refusal : SEAM_DECODE_ERROR;
        }
        memcpy(buf, ram + addr, len);
        return SEAM_OK;
    }
    seam_result dma_write(uint64_t addr, const void *buf, size_t len) override
    {
        log.push_back("write " + std::to_string(addr) + " " + std::to_string(len));
        if (refusal != SEAM_OK || addr + len > sizeof ram) {
            return refusal != SEAM_OK ? refusal : SEAM_DECODE_ERROR;
        }
        memcpy(ram + addr, buf, len);
        return SEAM_OK;
    }
    void irq(seam_ps at, unsigned line, bool level) override
    {
        log.push_back("irq " + std::to_string(at) + " " + std::to_string(line) + " " + std::to_string(level));
    }
    void broken(const std::string &what) override { reasons.push_back(what); }

    // As the CPU: what is due, the access, and time goes on to its end.
    seam_result access(bool write, uint64_t offset, uint64_t &value)
    {
        delay = 0;
        adapter.run(now);
        seam_result r = adapter.access(write, offset, 4, now, &value, &delay);
        now += delay;
        return r;
    }
    uint32_t read(uint64_t offset)
    {
        uint64_t v = 0;
        EXPECT_EQ(SEAM_OK, access(false, offset, v)) << offset;
        return v;
    }
    void write(uint64_t offset, uint64_t value) { EXPECT_EQ(SEAM_OK, access(true, offset, value)) << offset; }
    void run(seam_ps to)
    {
        adapter.run(to);
        now = to;
    }
    // Every event by itself, up to `to`.
    void run_by_events(seam_ps to)
    {
        for (seam_ps next; (next = adapter.next_event()) <= to;) {
            adapter.run(next);
        }
        now = to;
    }
    std::string text() const
    {
        std::string all;
        for (const std::string &l : log) {
            all += l + "\n";
        }
        return all;
    }

    seam_ps now = 0, delay = 0;
    seam_result refusal = SEAM_OK;
    uint8_t ram[0x4000] = {};
    std::vector<std::string> log, reasons;
    Adapter adapter;
};

#endif
