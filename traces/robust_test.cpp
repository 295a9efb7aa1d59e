/* SPDX-License-Identifier: GPL-2.0-or-later
 * Damaged traces: at thousands of seeded places, an error or a correct prefix, never a crash and never a wrong record
 */
#include <cstring>
#include <random>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "compare.h"
#include "format.h"
#include "latency.h"
#include "testing.h"

namespace {

/* All kinds, names, data, several chunks; small, so that a place is often one that matters. */
void small_run(struct trace_writer *w)
{
    trace_name(w, 0, TRACE_NAME_DEVICE, 0, "dmaq0");
    trace_name(w, 0, TRACE_NAME_TYPE, 0, "dmaq");
    trace_name(w, 0, TRACE_NAME_PROBE, 1, "a-probe-with-a-name-of-more-than-one-record");
    std::mt19937 random(5);
    for (unsigned i = 0; i < 120; i++) {
        struct trace_record r = {};
        uint8_t data[64];
        r.time_ps = 1000 * i;
        r.insn = 3 * i;
        r.kind = (uint16_t)(TRACE_READ + i % (TRACE_KINDS - TRACE_READ));
        r.core = i % 3 ? 0 : TRACE_NO_CORE;
        r.id = r.kind == TRACE_PROBE;
        r.addr = random() % 64;
        r.value = random();
        r.aux = random() % sizeof data + 1;
        for (uint8_t &byte : data)
            byte = (uint8_t)random();
        bool with = r.kind == TRACE_DMA_READ || r.kind == TRACE_DMA_WRITE || r.kind == TRACE_STEP;
        trace_put_data(w, &r, with ? data : nullptr);
        if (i % 25 == 24)
            trace_flush(w);
    }
}

/* A file in memory: a disk would take longer than everything else here. */
struct MemoryFile {
    int fd = memfd_create("ingot-robust", MFD_CLOEXEC);
    std::string path = "/proc/self/fd/" + std::to_string(fd);
    MemoryFile() = default;
    MemoryFile(const MemoryFile &) = delete;
    ~MemoryFile() { close(fd); }
    void write(const std::string &bytes) const
    {
        ASSERT_EQ(ftruncate(fd, 0), 0);
        ASSERT_EQ(pwrite(fd, bytes.data(), bytes.size(), 0), (ssize_t)bytes.size());
    }
};

/* All that reads a trace, on this file. */
void use(const struct trace *t)
{
    struct compare_side a = {}, b = {};
    a.label = b.label = "x";
    ASSERT_EQ(compare_add(&a, t, 0, SIZE_MAX), 0);
    ASSERT_EQ(compare_add(&b, t, 0, compare_before(t, t)), 0);
    char *text = nullptr, err[600];
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    struct compare_report r = compare(&a, &b);
    compare_print(f, &a, &b, &r, 5);
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    while (trace_next(c, &item) == 1)
        compare_words_item(f, &a, &item);
    trace_cursor_free(c);
    struct latency_query q = { nullptr, "dmaq0", 0, nullptr, nullptr, nullptr, "a-probe-with-a-name-of-more-than-one-record", nullptr, 0x10 };
    struct latency_report latency;
    latency_analyse(t, &q, &latency, err, sizeof err);
    latency_free(&latency);
    fclose(f);
    free(text);
}

/* Reads bytes as a file. What is read must be the beginning of `whole`; all of it only without an error or a cut. */
void read_damaged(const MemoryFile &f, const std::string &bytes, const std::vector<Item> &whole, const std::string &how)
{
    f.write(bytes);
    char err[600] = "";
    TracePtr t(trace_load(f.path.c_str(), err, sizeof err));
    if (!t) {
        EXPECT_EQ(std::string(err).rfind(f.path + ": ", 0), 0u) << how << ": " << err;
        return;
    }
    std::string why;
    std::vector<Item> got = items(t.get(), &why);
    ASSERT_LE(got.size(), whole.size()) << how;
    for (size_t i = 0; i < got.size(); i++)
        ASSERT_TRUE(memcmp(&got[i].r, &whole[i].r, sizeof got[i].r) == 0 && got[i].data == whole[i].data) << how << ", record " << i;
    if (got.size() < whole.size()) {
        EXPECT_TRUE(!why.empty() || !t->closed) << how << ": records are missing and nobody says so";
    }
    if (!why.empty()) {
        EXPECT_EQ(why.rfind(f.path + ": chunk ", 0), 0u) << how << ": " << why;
    }
    static unsigned cases;
    if (cases++ % 8 == 0)       /* these are slower than reading */
        use(t.get());
}

class Robust : public testing::Test {
protected:
    Written made{ small_run };
    std::string good = made.file.bytes();
    std::vector<Item> whole = items(made.trace.get());
    MemoryFile f;
    std::mt19937 random{ 20 };
    size_t below(size_t n) { return random() % n; }
};

TEST_F(Robust, EveryFlippedBitIsFoundOrHarmless)
{
    for (size_t bit = 0; bit < 8 * good.size() && !HasFatalFailure(); bit++) {
        std::string bytes = good;
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        read_damaged(f, bytes, whole, "bit " + std::to_string(bit));
    }
}

TEST_F(Robust, EveryLengthReadsItsPrefix)
{
    for (size_t len = 0; len < good.size() && !HasFatalFailure(); len++)
        read_damaged(f, good.substr(0, len), whole, "cut at " + std::to_string(len));
}

TEST_F(Robust, OverwrittenMovedAndRepeatedBytesAreFound)
{
    for (int i = 0; i < 4000 && !HasFatalFailure(); i++) {
        std::string bytes = good;
        size_t at = below(bytes.size()), len = 1 + below(std::min<size_t>(64, bytes.size() - at));
        switch (i % 4) {
        case 0:
            for (size_t k = 0; k < len; k++)
                bytes[at + k] = (char)random();
            break;
        case 1: bytes.erase(at, len); break;
        case 2: bytes.insert(at, good, below(good.size()), len); break;
        case 3: bytes.replace(at, len, len, i % 8 < 4 ? '\0' : '\xff'); break;
        }
        read_damaged(f, bytes, whole, "case " + std::to_string(i) + " at " + std::to_string(at) + ", " + std::to_string(len));
    }
}

/* Not damage, but malice: the checksums are right, what they cover is not. Anything may be read, nothing may crash. */
TEST_F(Robust, ForgedChunksWithRightChecksumsDoNoHarm)
{
    for (int i = 0; i < 4000 && !HasFatalFailure(); i++) {
        const struct trace_chunk &chunk = made.trace->chunks[below(made.trace->chunk_count)];
        size_t frame = chunk.offset + sizeof chunk.header;
        std::string raw(chunk.header.raw, 0);
        ASSERT_EQ(ZSTD_decompress(&raw[0], raw.size(), &good[frame], chunk.header.stored), raw.size());
        for (size_t n = 1 + below(8); n; n--)
            raw[below(raw.size())] = i % 2 ? (char)random() : '\xff';
        if (i % 16 == 0)
            raw.resize(below(raw.size() + 1));
        std::string packed(ZSTD_compressBound(raw.size()), 0);
        packed.resize(ZSTD_compress(&packed[0], packed.size(), raw.data(), raw.size(), 1));
        struct format_chunk h = chunk.header;
        h.raw = (uint32_t)(i % 32 == 1 ? random() : raw.size());
        h.count = i % 32 == 2 ? random() : h.count;
        h.kinds = ~0u;
        h.stored = (uint32_t)packed.size();
        h.stored_crc = trace_crc32c(0, packed.data(), packed.size());
        h.header_crc = format_chunk_crc(&h);
        f.write(good.substr(0, chunk.offset) + std::string((const char *)&h, sizeof h) + packed + good.substr(frame + chunk.header.stored));
        char err[600];
        std::string why;
        TracePtr t(trace_load(f.path.c_str(), err, sizeof err));
        if (t && i % 4 == 0)
            use(t.get());
        else if (t)
            items(t.get(), &why);
    }
}

/* The index alone is forged: it must not lead outside the file. */
TEST_F(Robust, ForgedIndexDoesNoHarm)
{
    struct format_trailer tail;
    memcpy(&tail, &good[good.size() - sizeof tail], sizeof tail);
    for (int i = 0; i < 4000 && !HasFatalFailure(); i++) {
        std::string bytes = good;
        for (size_t n = 1 + below(4); n; n--)
            bytes[tail.offset + below(tail.length)] = i % 2 ? (char)random() : '\xff';
        struct format_trailer forged = tail;
        forged.crc = trace_crc32c(0, &bytes[tail.offset], tail.length);
        memcpy(&bytes[bytes.size() - sizeof forged], &forged, sizeof forged);
        read_damaged(f, bytes, whole, "index " + std::to_string(i));
    }
}

}
