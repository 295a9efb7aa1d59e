// SPDX-License-Identifier: GPL-2.0-or-later
// A bench: the CPU's side of the seam without QEMU, for tests of devices
//
// Time stands still unless the test moves it: run_until, or an access, which first runs what is due and then adds the
// bus's delay to now(). Everything that a device does is in log(), with its exact time.
#ifndef INGOT_BENCH_H
#define INGOT_BENCH_H

#include <functional>
#include <string>
#include <vector>

#include "platform/seam/seam.h"

namespace ingot {

struct BenchEvent {
    enum Kind { Irq, DmaRead, DmaWrite, Console, Note, Stop } kind;
    seam_ps at;
    unsigned device;
    uint64_t a, b;              // Irq: SPI, level; Dma*: address, length; Note: code, value; Console: byte
    seam_result result;         // Dma*
    std::string text;           // Stop: reason

    std::string words() const;  // one line, for messages and comparison
    bool operator==(const BenchEvent &o) const { return words() == o.words(); }
};

class Bench {
public:
    // One per process (bench_testing.h runs each test in a process of its own). Errors throw std::runtime_error.
    explicit Bench(size_t ram_size = 1 << 20, uint64_t ram_base = 0x40000000);
    ~Bench();
    Bench(const Bench &) = delete;

    struct Options {
        const char *impl = nullptr;
        uint64_t base = 0, size = 0;            // base 0: the next free window from 0x0b000000
        unsigned spi = 0;                       // 0: the next free one from 176
        uint32_t stream = 0;
        seam_ps clock_ps = 0;
        uint64_t clock_hz = 0;
    };
    unsigned add(const char *name, const char *type, Options options);
    unsigned add(const char *name, const char *type) { return add(name, type, Options()); }
    void elaborate();                           // done by the first access or run_until if not called
    // DMA of the stream to [ipa, ipa+size) goes to pa; anything else is SEAM_DENIED; outside of RAM SEAM_DECODE_ERROR. On a board with an
    // IOMMU that decides instead.
    void window(uint32_t stream, uint64_t ipa, uint64_t pa, uint64_t size);
    unsigned spi(unsigned device) const { return spis_[device]; }

    seam_ps now() const { return now_; }
    void run_until(seam_ps to);                 // every event at its own time; then now() == to
    void run_in_one(seam_ps to);                // one seam_advance for all; the log's times are then all `to`
    bool run_until_irq(unsigned device, seam_ps limit, unsigned line = 0);    // now() is then the edge's time, or limit
    seam_ps next_event();

    // As the CPU does: what is due runs first, then the access, then now() is its end.
    seam_result read(unsigned device, uint64_t offset, unsigned size, uint64_t *value);
    seam_result write(unsigned device, uint64_t offset, unsigned size, uint64_t value);
    uint32_t read32(unsigned device, uint64_t offset);      // throws on an error response
    void write32(unsigned device, uint64_t offset, uint32_t value);
    seam_ps delay() const { return delay_; }    // of the last access
    seam_result peek(unsigned device, uint64_t offset, unsigned size, uint64_t *value);
    size_t input(unsigned device, const std::string &bytes);
    void reset();

    uint8_t *ram(uint64_t pa, size_t len);      // throws if it is not all RAM
    bool level(unsigned device, unsigned line = 0) const;
    const std::vector<BenchEvent> &log() const { return log_; }
    std::vector<BenchEvent> log_of(BenchEvent::Kind kind) const;
    std::string console(unsigned device) const;
    std::string log_text() const;               // a line an event
    void clear_log() { log_.clear(); }

    // Everything: time, RAM, levels, devices. load is into a bench of the same devices, before or after other use.
    std::string save();
    void load(const std::string &bytes);

    seam_devices *devices() { return devices_; }

private:
    struct Window { uint32_t stream; uint64_t ipa, pa, size; };
    static seam_cpu callbacks(Bench *bench);
    void put(BenchEvent event);
    bool find(unsigned device, uint32_t stream, uint64_t addr, size_t len, bool write, uint64_t *pa, uint64_t *length);
    seam_result dma(unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len, bool write);
    void access_begin();

    seam_cpu cpu_;
    seam_devices *devices_ = nullptr;
    bool elaborated_ = false;
    seam_ps now_ = 0, delay_ = 0;
    uint64_t ram_base_, next_base_ = 0x0b000000;
    unsigned next_spi_ = 176;
    std::vector<uint8_t> ram_;
    std::vector<Window> windows_;
    std::vector<unsigned> spis_;
    std::vector<uint8_t> levels_;               // by SPI
    std::vector<BenchEvent> log_;
};

}  // namespace ingot

#endif
