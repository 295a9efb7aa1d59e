// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq on a bench, driven as a driver would
#ifndef INGOT_DMAQ_BENCH_H
#define INGOT_DMAQ_BENCH_H

#include <cstring>

#include "dmaq_regs.h"
#include "vdevices/device_test.h"

struct DmaqDescriptor {
    uint64_t source, destination;
    uint32_t length, flags, status, crc;
};

// CRC-32C bit by bit (RFC 3720 B.4), on purpose not the way either implementation does it.
inline uint32_t crc32c_bitwise(const uint8_t *p, size_t len)
{
    uint32_t crc = UINT32_MAX;
    while (len--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++) {
            crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
        }
    }
    return ~crc;
}

// RAM at `base`, all of it open to the device's stream; the ring at its start.
class DmaqBench {
public:
    static constexpr uint64_t base = 0x40000000, ring = base, data = base + 0x10000;
    static constexpr seam_ps clock_ps = 10000, second = UINT64_C(1000000000000);

    explicit DmaqBench(const char *impl, size_t ram = 4 << 20) : bench(ram, base)
    {
        ingot::Bench::Options options;
        options.impl = impl;
        options.stream = 1;
        options.clock_ps = clock_ps;
        index = bench.add("dmaq0", "dmaq", options);
        bench.window(1, base, base, ram);
    }
    void write(uint64_t offset, uint32_t value) { bench.write32(index, offset, value); }
    uint32_t read(uint64_t offset) { return bench.read32(index, offset); }
    void set_up(unsigned log2, uint32_t coalesce = 0, uint64_t at = ring)
    {
        size_log2 = log2;
        tail = 0;
        write(DMAQ_CTRL, DMAQ_CTRL_RESET);
        write(DMAQ_RING_LO, static_cast<uint32_t>(at));
        write(DMAQ_RING_HI, static_cast<uint32_t>(at >> 32));
        write(DMAQ_RING_SIZE, log2);
        write(DMAQ_COALESCE, coalesce);
        write(DMAQ_IRQ_ENABLE, DMAQ_IRQ_ENABLE_DONE | DMAQ_IRQ_ENABLE_ERROR);
        write(DMAQ_CTRL, DMAQ_CTRL_ENABLE);
    }
    DmaqDescriptor *descriptor(unsigned i) { return reinterpret_cast<DmaqDescriptor *>(bench.ram(ring + i * 32, 32)); }
    unsigned post(uint64_t source, uint64_t destination, uint32_t length, uint32_t flags = 0)
    {
        unsigned i = tail;
        *descriptor(i) = { source, destination, length, flags, 0, 0 };
        tail = (tail + 1) & ((1u << size_log2) - 1);
        return i;
    }
    void doorbell() { write(DMAQ_TAIL, tail); }
    void settle() { bench.run_until(bench.now() + second); }
    uint32_t take_irqs()
    {
        uint32_t status = read(DMAQ_IRQ_STATUS);
        write(DMAQ_IRQ_STATUS, status);
        return status;
    }
    uint8_t *memory(uint64_t at, size_t len) { return bench.ram(at, len); }
    void fill(uint64_t at, size_t len, uint32_t seed)
    {
        uint8_t *p = memory(at, len);
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            p[i] = static_cast<uint8_t>(seed >> 24);
        }
    }
    bool copied(unsigned i)
    {
        const DmaqDescriptor *d = descriptor(i);
        return d->status == 1 && !memcmp(memory(d->source, d->length), memory(d->destination, d->length), d->length) &&
               d->crc == crc32c_bitwise(memory(d->source, d->length), d->length);
    }

    ingot::Bench bench;
    unsigned index, size_log2 = 1, tail = 0;
};

#endif
