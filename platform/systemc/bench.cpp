// SPDX-License-Identifier: GPL-2.0-or-later
// A bench: RAM, DMA windows and a record of what devices do
#include "platform/systemc/bench.h"

#include <cstring>
#include <stdexcept>

namespace ingot {

static constexpr unsigned spi_count = 988;
static constexpr uint64_t page = 4096;

std::string BenchEvent::words() const
{
    static const char *const kinds[] = { "irq", "dma-read", "dma-write", "console", "note", "stop" };
    char line[160];
    snprintf(line, sizeof line, "%llu %s device %u %llu %llu %d", static_cast<unsigned long long>(at), kinds[kind], device,
             static_cast<unsigned long long>(a), static_cast<unsigned long long>(b), static_cast<int>(result));
    return line + (text.empty() ? "" : " " + text);
}

seam_cpu Bench::callbacks(Bench *bench)
{
    seam_cpu c = {};
    c.opaque = bench;
    c.irq = [](void *o, unsigned d, unsigned spi, bool level) {
        Bench *b = static_cast<Bench *>(o);
        b->levels_.at(spi) = level;
        b->put({ BenchEvent::Irq, 0, d, spi, level, SEAM_OK, "" });
    };
    c.dma_read = [](void *o, unsigned d, uint32_t stream, uint64_t addr, void *buf, size_t len) {
        return static_cast<Bench *>(o)->dma(d, stream, addr, buf, len, false);
    };
    c.dma_write = [](void *o, unsigned d, uint32_t stream, uint64_t addr, const void *buf, size_t len) {
        return static_cast<Bench *>(o)->dma(d, stream, addr, const_cast<void *>(buf), len, true);
    };
    c.console = [](void *o, unsigned d, const uint8_t *bytes, size_t len) {
        for (size_t i = 0; i < len; i++) {
            static_cast<Bench *>(o)->put({ BenchEvent::Console, 0, d, bytes[i], 0, SEAM_OK, "" });
        }
    };
    c.note = [](void *o, unsigned d, uint32_t code, uint64_t value) {
        static_cast<Bench *>(o)->put({ BenchEvent::Note, 0, d, code, value, SEAM_OK, "" });
    };
    c.stop = [](void *o, unsigned d, const char *reason) {
        static_cast<Bench *>(o)->put({ BenchEvent::Stop, 0, d, 0, 0, SEAM_OK, reason });
    };
    return c;
}

Bench::Bench(size_t ram_size, uint64_t ram_base) : cpu_(callbacks(this)), ram_base_(ram_base), ram_(ram_size), levels_(spi_count)
{
    char err[256];
    devices_ = seam_devices_new(&cpu_, err, sizeof err);
    if (!devices_) {
        throw std::runtime_error(err);
    }
}

Bench::~Bench() { seam_devices_free(devices_); }

unsigned Bench::add(const char *name, const char *type, Options o)
{
    char err[256];
    seam_device_desc desc = { name, type, o.impl, o.base ? o.base : next_base_, o.size, o.spi ? o.spi : next_spi_, o.stream, o.clock_ps, o.clock_hz };
    int index = seam_devices_add(devices_, &desc, err, sizeof err);
    if (index < 0) {
        throw std::runtime_error(err);
    }
    spis_.push_back(desc.spi);
    next_base_ = std::max(next_base_, desc.base + seam_devices_window(devices_, index));
    next_spi_ = std::max(next_spi_, desc.spi + seam_devices_lines(devices_, index));
    return index;
}

void Bench::elaborate()
{
    char err[256];
    if (!elaborated_ && seam_devices_elaborate(devices_, err, sizeof err) < 0) {
        throw std::runtime_error(err);
    }
    elaborated_ = true;
}

void Bench::window(uint32_t stream, uint64_t ipa, uint64_t pa, uint64_t size) { windows_.push_back({ stream, ipa, pa, size }); }

void Bench::put(BenchEvent e)
{
    e.at = now_;
    log_.push_back(e);
}

bool Bench::find(unsigned device, uint32_t stream, uint64_t addr, size_t len, bool write, uint64_t *pa, uint64_t *length)
{
    int iommu = seam_iommu(devices_);
    *pa = addr;
    *length = len;
    if (iommu >= 0) {
        return iommu == static_cast<int>(device) || seam_translate(devices_, stream, addr, write, pa, length) == SEAM_OK;
    }
    for (const Window &w : windows_) {
        if (stream && w.stream == stream && addr >= w.ipa && len <= w.size && addr - w.ipa <= w.size - len) {
            *pa = addr - w.ipa + w.pa;
            return true;
        }
    }
    return false;
}

seam_result Bench::dma(unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len, bool write)
{
    seam_result r = SEAM_OK;
    std::vector<std::pair<uint64_t, size_t>> pieces;    // in RAM
    for (uint64_t done = 0, pa = 0, n = 0; r == SEAM_OK && done < len; done += n) {
        if (!find(device, stream, addr + done, len - done, write, &pa, &n)) {
            r = SEAM_DENIED;
        } else if (n = std::min<uint64_t>(n, len - done), pa - ram_base_ >= ram_.size() || n > ram_.size() - (pa - ram_base_)) {
            r = SEAM_DECODE_ERROR;
        }
        pieces.push_back({ pa - ram_base_, n });
    }
    uint8_t *bytes = static_cast<uint8_t *>(buf);
    for (auto [at, n] : pieces) {
        if (r == SEAM_OK) {
            memcpy(write ? &ram_[at] : bytes, write ? bytes : &ram_[at], n);
            bytes += n;
        }
    }
    put({ write ? BenchEvent::DmaWrite : BenchEvent::DmaRead, 0, device, addr, len, r, "" });
    return r;
}

seam_ps Bench::next_event()
{
    elaborate();
    return seam_next_event(devices_);
}

void Bench::run_until(seam_ps to)
{
    for (seam_ps next; (next = next_event()) <= to && next != SEAM_NEVER;) {
        now_ = next;
        seam_advance(devices_, next);
    }
    now_ = std::max(now_, to);
}

void Bench::run_in_one(seam_ps to)
{
    elaborate();
    now_ = std::max(now_, to);
    seam_advance(devices_, now_);
}

bool Bench::run_until_irq(unsigned device, seam_ps limit, unsigned line)
{
    while (!level(device, line)) {
        seam_ps next = next_event();
        if (next > limit) {
            now_ = std::max(now_, limit);
            return false;
        }
        run_until(next);
    }
    return true;
}

void Bench::access_begin()
{
    run_until(now_);
    delay_ = 0;
}

seam_result Bench::read(unsigned device, uint64_t offset, unsigned size, uint64_t *value)
{
    access_begin();
    seam_result r = seam_read(devices_, device, offset, size, now_, value, &delay_);
    now_ += delay_;
    return r;
}

seam_result Bench::write(unsigned device, uint64_t offset, unsigned size, uint64_t value)
{
    access_begin();
    seam_result r = seam_write(devices_, device, offset, size, now_, value, &delay_);
    now_ += delay_;
    return r;
}

static void expect_ok(seam_result r, const char *what, uint64_t offset)
{
    if (r != SEAM_OK) {
        throw std::runtime_error(std::string(what) + " at offset " + std::to_string(offset) + ": response " + std::to_string(r));
    }
}

uint32_t Bench::read32(unsigned device, uint64_t offset)
{
    uint64_t value = 0;
    expect_ok(read(device, offset, 4, &value), "read", offset);
    return value;
}

void Bench::write32(unsigned device, uint64_t offset, uint32_t value) { expect_ok(write(device, offset, 4, value), "write", offset); }

seam_result Bench::peek(unsigned device, uint64_t offset, unsigned size, uint64_t *value)
{
    elaborate();
    return seam_peek(devices_, device, offset, size, value);
}

size_t Bench::input(unsigned device, const std::string &bytes)
{
    run_until(now_);
    return seam_input(devices_, device, now_, reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
}

void Bench::reset()
{
    run_until(now_);
    seam_reset(devices_, now_);
}

uint8_t *Bench::ram(uint64_t pa, size_t len)
{
    if (pa < ram_base_ || len > ram_.size() || pa - ram_base_ > ram_.size() - len) {
        throw std::runtime_error("not RAM: " + std::to_string(pa));
    }
    return &ram_[pa - ram_base_];
}

bool Bench::level(unsigned device, unsigned line) const { return levels_[spis_[device] + line]; }

std::vector<BenchEvent> Bench::log_of(BenchEvent::Kind kind) const
{
    std::vector<BenchEvent> some;
    for (const BenchEvent &e : log_) {
        if (e.kind == kind) {
            some.push_back(e);
        }
    }
    return some;
}

std::string Bench::console(unsigned device) const
{
    std::string text;
    for (const BenchEvent &e : log_) {
        if (e.kind == BenchEvent::Console && e.device == device) {
            text += static_cast<char>(e.a);
        }
    }
    return text;
}

std::string Bench::log_text() const
{
    std::string text;
    for (const BenchEvent &e : log_) {
        text += e.words() + "\n";
    }
    return text;
}

std::string Bench::save()
{
    char err[256];
    struct state s = {};
    run_until(now_);
    state_put_u64(&s, "bench-now", now_);
    state_put(&s, "bench-ram", ram_.data(), ram_.size());
    state_put(&s, "bench-levels", levels_.data(), levels_.size());
    int failed = seam_save(devices_, now_, &s, err, sizeof err);
    std::string bytes(s.data, s.data + s.len);
    state_free(&s);
    if (failed) {
        throw std::runtime_error(err);
    }
    return bytes;
}

void Bench::load(const std::string &bytes)
{
    char err[256] = "a damaged state of a bench";
    std::vector<uint8_t> copy(bytes.begin(), bytes.end());
    struct state s = { copy.data(), copy.size(), copy.size(), 0, 0 };
    elaborate();
    seam_ps then = state_get_u64(&s, "bench-now");
    state_get(&s, "bench-ram", ram_.data(), ram_.size());
    state_get(&s, "bench-levels", levels_.data(), levels_.size());
    if (s.bad || seam_load(devices_, then, &s, err, sizeof err) < 0) {
        throw std::runtime_error(err);
    }
    now_ = then;
}

}  // namespace ingot
