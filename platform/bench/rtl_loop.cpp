// SPDX-License-Identifier: GPL-2.0-or-later
// The bare Verilated loop: dmaq with nothing around it but a trivial memory, the work of guest/copies.S. Prints the CPU
// time of one clock in ns, the clocks of a ring, and what a mark of the core and going back to it cost in ns.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>

#include "platform/rtl/core.h"

ingot::RtlCore *ingot_rtl_dmaq(const char *instance);

namespace {

constexpr uint64_t ring = 0x41000000, source = 0x41100000, target = 0x41200000, count = 255;

double cpu_s()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

// Clocks, register writes, and AXI4 bursts with the latency of platform/rtl's memory; no checks.
class Loop {
public:
    Loop() : core_(ingot_rtl_dmaq("bare")), p_(core_->pins()), m_(p_.m_axi), ram_(new uint8_t[size]())
    {
        *m_.arready = *m_.awready = 1;
        *p_.aresetn = 0;
        for (int i = 0; i < 16; i++) {
            half(0);
            half(1);
        }
        half(0);
        *p_.aresetn = 1;
        for (uint64_t i = 0; i < 256; i++) {
            uint64_t d[4] = { source, target, 4096, 0 };
            memcpy(at(ring + i * 32), d, sizeof d);
        }
    }

    void clock()
    {
        half(0);
        const bool ar = *m_.arvalid && *m_.arready, r = *m_.rvalid && *m_.rready, aw = *m_.awvalid && *m_.awready, w = *m_.wvalid && *m_.wready,
                   b = *m_.bvalid && *m_.bready;
        const uint64_t raddr = *m_.araddr, waddr = *m_.awaddr, wdata = *m_.wdata;
        const unsigned rlen = *m_.arlen, last = *m_.wlast;
        half(1);
        if (ar) {
            read_ = raddr;
            left_ = rlen + 1;
            wait_ = 3;
            *m_.arready = 0;
        } else if (wait_ && --wait_ == 0) {
            beat();
        } else if (r) {
            read_ += 8;
            if (--left_) {
                beat();
            } else {
                *m_.rvalid = *m_.rlast = 0;
                *m_.arready = 1;
            }
        }
        if (aw) {
            write_ = waddr;
            *m_.awready = 0;
            *m_.wready = 1;
        } else if (w) {
            memcpy(at(write_), &wdata, 8);
            write_ += 8;
            if (last) {
                *m_.wready = 0;
                answer_ = 3;
            }
        } else if (answer_ && --answer_ == 0) {
            *m_.bvalid = 1;
        } else if (b) {
            *m_.bvalid = 0;
            *m_.awready = 1;
        }
        clocks++;
    }

    void write(uint16_t offset, uint32_t value)
    {
        const ingot::AxiLitePins &s = p_.s_axi;
        *s.awaddr = offset;
        *s.wdata = value;
        *s.wstrb = 0xf;
        *s.awvalid = *s.wvalid = *s.bready = 1;
        for (bool done = false; !done;) {
            *p_.aclk = 0;
            core_->eval();
            const bool aw = *s.awready, w = *s.wready;
            done = *s.bvalid;
            clock();
            *s.awvalid &= !aw;
            *s.wvalid &= !w;
        }
        *s.bready = 0;
    }

    bool idle() const { return *p_.idle; }
    ingot::RtlCore &core() { return *core_; }
    uint64_t clocks = 0;

private:
    static constexpr size_t size = 4 << 20;
    uint8_t *at(uint64_t addr) { return &ram_[(addr - ring) % size]; }
    void half(int level)
    {
        *p_.aclk = level;
        core_->eval();
    }
    void beat()
    {
        memcpy(m_.rdata, at(read_), 8);
        *m_.rvalid = 1;
        *m_.rlast = left_ == 1;
    }

    std::unique_ptr<ingot::RtlCore> core_;
    const ingot::RtlPins &p_;
    const ingot::AxiMasterPins &m_;
    std::unique_ptr<uint8_t[]> ram_;
    uint64_t read_ = 0, write_ = 0;
    unsigned left_ = 0, wait_ = 0, answer_ = 0;
};

}  // namespace

int main(int argc, char **argv)
{
    const unsigned rings = argc > 1 ? atoi(argv[1]) : 4;
    Loop loop;
    loop.write(0x10, ring);
    loop.write(0x18, 8);
    loop.write(0x28, 3);
    loop.write(0x2c, 0xff);
    loop.write(0x08, 1);
    uint64_t first = loop.clocks;
    uint32_t tail = 0;
    double begin = cpu_s();
    for (unsigned i = 0; i < rings; i++) {
        tail = (tail + count) & 0xff;
        loop.write(0x1c, tail);
        while (!loop.idle()) {
            loop.clock();
        }
        loop.write(0x24, 3);
    }
    double busy = cpu_s() - begin;
    uint64_t clocks = loop.clocks - first;

    constexpr unsigned marks = 100000;
    begin = cpu_s();
    for (unsigned i = 0; i < marks; i++) {
        loop.core().mark(0);
        loop.core().back(0);
    }
    printf("%.6f %llu %.3f\n", busy / clocks * 1e9, static_cast<unsigned long long>(clocks / rings), (cpu_s() - begin) / marks * 1e9);
}
