/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trace files: what is written is read back, and what is no trace is refused
 */
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/resource.h>

#include "crc32c.h"
#include "format.h"
#include "testing.h"

static void put(struct trace_writer *w, uint64_t time_ps, uint64_t value)
{
    struct trace_record r = {};
    r.time_ps = time_ps;
    r.kind = TRACE_WRITE;
    r.value = value;
    r.size = 4;
    trace_put(w, &r);
}

static std::string refusal(const TempFile &f)
{
    char err[300] = "";
    TracePtr t(trace_load(f.path.c_str(), err, sizeof err));
    EXPECT_EQ(t, nullptr);
    EXPECT_EQ(std::string(err).rfind(f.path + ": ", 0), 0u) << err;
    return err;
}

TEST(Trace, ReadsBackEveryRecordAcrossManyChunks)
{
    const uint64_t count = 100000;
    Written x([&](auto *w) { for (uint64_t i = 0; i < count; i++) put(w, 1000 * i, i * i); });
    ASSERT_EQ(x.trace->count, count);
    EXPECT_TRUE(x.trace->closed);
    EXPECT_FALSE(x.trace->torn);
    EXPECT_GT(x.trace->chunk_count, 70u);
    std::vector<Item> all = items(x.trace.get());
    ASSERT_EQ(all.size(), count);
    for (uint64_t i = 0; i < count; i++) {
        ASSERT_EQ(all[i].r.time_ps, 1000 * i);
        ASSERT_EQ(all[i].r.value, i * i);
    }
}

TEST(Trace, DataComesBackWithItsRecord)
{
    std::vector<std::string> data;
    for (size_t len : { 1, 7, 8, 9, 4096, 65535, 65536, 200000, 3 })
        data.push_back(std::string(len, (char)len) + "x");
    Written x([&](auto *w) {
        for (const std::string &d : data) {
            struct trace_record r = {};
            r.kind = TRACE_DMA_WRITE;
            r.aux = (uint32_t)d.size();
            trace_put_data(w, &r, d.data());
            put(w, 1, 1);
        }
        struct trace_record long_one = {};
        long_one.kind = TRACE_DMA_READ;
        long_one.aux = TRACE_DATA_MAX + 1;
        std::string much(long_one.aux, 'm');
        trace_put_data(w, &long_one, much.data());
    });
    std::vector<Item> all = items(x.trace.get());
    ASSERT_EQ(all.size(), 2 * data.size() + 1);
    for (size_t i = 0; i < data.size(); i++) {
        EXPECT_EQ(all[2 * i].r.kind, TRACE_DMA_WRITE);
        EXPECT_TRUE(all[2 * i].data == data[i]) << i;
        EXPECT_EQ(all[2 * i + 1].r.kind, TRACE_WRITE);
    }
    EXPECT_EQ(all.back().data, "") << "more than TRACE_DATA_MAX: recorded without its data";
}

TEST(Trace, EqualRunsWriteEqualBytes)
{
    auto fill = [](auto *w) {
        trace_name(w, 0, TRACE_NAME_DEVICE, 3, "dmaq0");
        for (int i = 0; i < 5000; i++)
            put(w, i, i % 7);
    };
    EXPECT_EQ(Written(fill).file.bytes(), Written(fill).file.bytes());
}

TEST(Trace, IsSmallerThanItsRecords)
{
    Written x([](auto *w) { for (int i = 0; i < 100000; i++) put(w, 1000 * i, i % 16); });
    EXPECT_LT(x.file.bytes().size(), 48u * 100000 / 4);
}

TEST(Trace, SeeksByIndexAndByTime)
{
    Written x([](auto *w) { for (uint64_t i = 0; i < 10000; i++) put(w, 1000 * (i / 2), i); });
    struct trace_cursor *c = trace_cursor_new(x.trace.get());
    struct trace_item item;
    for (size_t at : { 9999, 0, 1364, 1365, 1366, 5000, 4999 }) {
        trace_seek(c, at);
        ASSERT_EQ(trace_next(c, &item), 1);
        EXPECT_EQ(item.index, at);
        EXPECT_EQ(item.r.value, at);
    }
    trace_seek(c, 10000);
    EXPECT_EQ(trace_next(c, &item), 0);
    for (uint64_t ps : { UINT64_C(0), UINT64_C(2000500), UINT64_C(4999000) }) {
        trace_seek_time(c, ps);
        ASSERT_EQ(trace_next(c, &item), 1);
        EXPECT_LE(item.index, 2 * ((ps + 999) / 1000));
        EXPECT_GT(item.index + 1366, 2 * ((ps + 999) / 1000));
    }
    trace_seek_time(c, 5000000);
    EXPECT_EQ(trace_next(c, &item), 0);
    trace_cursor_free(c);
}

TEST(Trace, ChunksWithoutTheKindsArePassedOver)
{
    Written x([](auto *w) {
        for (int i = 0; i < 5000; i++)
            put(w, i, i);
        struct trace_record irq = {};
        irq.time_ps = 5000;
        irq.kind = TRACE_IRQ;
        trace_put(w, &irq);
    });
    struct trace_cursor *c = trace_cursor_new(x.trace.get());
    trace_only(c, 1u << TRACE_IRQ);
    struct trace_item item;
    size_t read = 0;
    while (trace_next(c, &item) == 1)
        read++;
    trace_cursor_free(c);
    EXPECT_EQ(read, 5001 - 3 * 1365) << "only the chunk with the edge";
}

/* docs/trace-format.md, by hand: another program's eyes. */
TEST(Trace, FileIsAsDocumented)
{
    Written x([](auto *w) { put(w, 5, 6); put(w, 7, 8); });
    std::string b = x.file.bytes();
    auto u32 = [&](size_t at) { uint32_t v; memcpy(&v, &b[at], 4); return v; };
    auto u64 = [&](size_t at) { uint64_t v; memcpy(&v, &b[at], 8); return v; };
    EXPECT_EQ(b.substr(0, 20), std::string("INGOTTR2\2\0\0\0\x30\0\0\0\0\0\1\0", 20));
    EXPECT_EQ(u32(20), trace_crc32c(0, b.data(), 20));
    EXPECT_EQ(b.substr(24, 4), "ICHK");
    EXPECT_EQ(u32(28), trace_crc32c(0, &b[32], 48));
    uint32_t stored = u32(32);
    EXPECT_EQ(u32(36), 96u) << "unpacked";
    EXPECT_EQ(u32(40), trace_crc32c(0, &b[80], stored));
    EXPECT_EQ(u32(44), 0u) << "number";
    EXPECT_EQ(u32(48), 2u) << "records";
    EXPECT_EQ(u32(52), 1u << TRACE_WRITE);
    EXPECT_EQ(u64(56), 0u) << "first record";
    EXPECT_EQ(u64(64), 5u);
    EXPECT_EQ(u64(72), 7u);
    EXPECT_EQ(u32(80), 0xfd2fb528u) << "a zstd frame, RFC 8878 3.1.1";
    size_t index = 80 + stored;
    EXPECT_EQ(b.substr(index, 4), "IIDX");
    EXPECT_EQ(u32(index + 4), 1u);
    EXPECT_EQ(u64(index + 8), 2u);
    EXPECT_EQ(u64(index + 16), 24u) << "offset of the chunk";
    EXPECT_EQ(b.substr(index + 24, 56), b.substr(24, 56)) << "its header again";
    size_t end = index + 80;
    EXPECT_EQ(u64(end), index);
    EXPECT_EQ(u32(end + 8), 80u);
    EXPECT_EQ(u32(end + 12), trace_crc32c(0, &b[index], 80));
    EXPECT_EQ(b.substr(end + 16), "INGOTEND");
}

/* As many records as are in whole chunks, whatever byte the run was killed at. */
TEST(Trace, KilledRunReadsUpToItsLastWholeChunk)
{
    Written x([](auto *w) {
        for (int i = 0; i < 60; i++) {
            put(w, i, i);
            if (i % 10 == 9)
                trace_flush(w);
        }
    });
    std::string whole = x.file.bytes();
    std::vector<uint64_t> ends;
    for (size_t i = 0; i < x.trace->chunk_count; i++)
        ends.push_back(x.trace->chunks[i].offset + sizeof(struct format_chunk) + x.trace->chunks[i].header.stored);
    ASSERT_EQ(ends.size(), 6u);
    for (size_t cut = sizeof(struct format_header); cut < whole.size(); cut++) {
        x.file.write(whole.substr(0, cut));
        char err[300] = "";
        TracePtr t(trace_load(x.file.path.c_str(), err, sizeof err));
        ASSERT_NE(t, nullptr) << err;
        size_t chunks = 0;
        while (chunks < ends.size() && ends[chunks] <= cut)
            chunks++;
        ASSERT_EQ(items(t.get()).size(), 10 * chunks) << cut;
        EXPECT_EQ(t->torn, cut != sizeof(struct format_header) && (!chunks || ends[chunks - 1] != cut)) << cut;
        EXPECT_FALSE(t->closed);
    }
}

TEST(Trace, DamagedChunkIsToldWithItsPlaceAndEndsTheReading)
{
    Written x([](auto *w) {
        for (int i = 0; i < 60; i++) {
            put(w, i, i);
            if (i % 10 == 9)
                trace_flush(w);
        }
    });
    std::string bytes = x.file.bytes();
    uint64_t offset = x.trace->chunks[3].offset;
    for (size_t at : { offset + 5, offset + sizeof(struct format_chunk) + 4 }) {
        std::string flipped = bytes;
        flipped[at] ^= 0x10;
        x.file.write(flipped);
        char err[300] = "";
        TracePtr t(trace_load(x.file.path.c_str(), err, sizeof err));
        ASSERT_NE(t, nullptr) << err;
        std::string why;
        EXPECT_EQ(items(t.get(), &why).size(), 30u);
        EXPECT_EQ(why.rfind(x.file.path + ": chunk 3 at byte " + std::to_string(offset) + ": its ", 0), 0u) << why;
    }
}

TEST(Trace, RunThatIsKilledAtOnceLeavesAReadableFile)
{
    TempFile f;
    char err[200] = "";
    struct trace_writer *w = trace_open(f.path.c_str(), err, sizeof err);
    ASSERT_NE(w, nullptr) << err;
    TracePtr t(trace_load(f.path.c_str(), err, sizeof err));
    ASSERT_NE(t, nullptr) << err;
    EXPECT_EQ(t->count, 0u);
    trace_close(w);
}

TEST(Trace, RefusesAForeignFile)
{
    TempFile f;
    f.write("#!/bin/sh\necho this is not a trace\n");
    EXPECT_NE(refusal(f).find("not a trace"), std::string::npos);
    f.write("INGOT");
    EXPECT_NE(refusal(f).find("not a trace"), std::string::npos);
    f.write("");
    EXPECT_NE(refusal(f).find("not a trace"), std::string::npos);
    f.write("INGOTTR2\2");
    EXPECT_NE(refusal(f).find("ends in its header"), std::string::npos);
}

TEST(Trace, RefusesAnotherVersionAndAnotherRecordSize)
{
    auto sealed = [](uint32_t version, uint32_t record) {
        struct format_header h = { { 'I', 'N', 'G', 'O', 'T', 'T', 'R', '2' }, version, record, 65536, 0 };
        h.crc = trace_crc32c(0, &h, 20);
        return std::string((const char *)&h, sizeof h);
    };
    TempFile f;
    f.write(std::string("INGOTTR1\1\0\0\0\x30\0\0\0", 16));
    EXPECT_NE(refusal(f).find("another format version"), std::string::npos);
    f.write(sealed(3, 48));
    EXPECT_NE(refusal(f).find("another format version"), std::string::npos);
    f.write(sealed(2, 56));
    EXPECT_NE(refusal(f).find("another format version"), std::string::npos);
    f.write(sealed(2, 48).replace(8, 1, "\3"));
    EXPECT_NE(refusal(f).find("damaged"), std::string::npos);
}

TEST(Trace, RefusesWhatIsNoFile)
{
    char err[200] = "";
    EXPECT_EQ(trace_load("/nonexistent/x.trace", err, sizeof err), nullptr);
    EXPECT_STREQ(err, "/nonexistent/x.trace: cannot open the trace: No such file or directory");
    EXPECT_EQ(trace_load("/dev/null", err, sizeof err), nullptr);
    EXPECT_EQ(trace_open("/nonexistent/x.trace", err, sizeof err), nullptr);
    EXPECT_STREQ(err, "/nonexistent/x.trace: cannot create the trace: No such file or directory");
}

TEST(Trace, FullDiskIsToldAtOpen)
{
    char err[200] = "";
    EXPECT_EQ(trace_open("/dev/full", err, sizeof err), nullptr);
    EXPECT_STREQ(err, "/dev/full: cannot write the trace: No space left on device");
}

/* The room on the disk is taken away by RLIMIT_FSIZE, in a child: the errno is the only difference to a full disk. */
static void write_past_the_limit(const char *path)
{
    char err[200];
    struct rlimit limit = { 20000, RLIM_INFINITY };
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    struct trace_writer *w = trace_open(path, err, sizeof err);
    for (int i = 0; w && i < 100000; i++)
        put(w, 7919ull * i, 104729ull * i);
    if (!w || trace_flush(w) != -1 || errno != EFBIG)
        _exit(1);
    _exit(trace_close(w) == -1 && errno == EFBIG ? 0 : 2);
}

TEST(Trace, FullDiskLaterIsToldByClose)
{
    TempFile f;
    EXPECT_EXIT(write_past_the_limit(f.path.c_str()), testing::ExitedWithCode(0), "");
    char err[200] = "";
    TracePtr t(trace_load(f.path.c_str(), err, sizeof err));
    ASSERT_NE(t, nullptr) << err;
    EXPECT_GE(t->count, 1000u);
    EXPECT_EQ(items(t.get()).size(), t->count);
    EXPECT_TRUE(t->torn);
}

TEST(Trace, FindsNamesAndIds)
{
    const std::string exact(24, 'e'), longer(100, 'l');
    Written x([&](auto *w) {
        trace_name(w, 0, TRACE_NAME_DEVICE, 0, "uart0");
        trace_name(w, 0, TRACE_NAME_DEVICE, 1, "dmaq0");
        put(w, 1, 1);
        trace_name(w, 2, TRACE_NAME_PROBE, 1, "lr");
        trace_name(w, 2, TRACE_NAME_PROBE, 2, exact.c_str());
        trace_name(w, 2, TRACE_NAME_PROBE, 3, longer.c_str());
    });
    const struct trace *t = x.trace.get();
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_DEVICE, 1), "dmaq0");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_PROBE, 1), "lr");
    EXPECT_EQ(trace_find_name(t, TRACE_NAME_PROBE, 2), exact);
    EXPECT_EQ(trace_find_name(t, TRACE_NAME_PROBE, 3), longer);
    EXPECT_EQ(trace_find_name(t, TRACE_NAME_DEVICE, 2), nullptr);
    EXPECT_EQ(trace_find_id(t, TRACE_NAME_DEVICE, "dmaq0"), 1);
    EXPECT_EQ(trace_find_id(t, TRACE_NAME_PROBE, longer.c_str()), 3);
    EXPECT_EQ(trace_find_id(t, TRACE_NAME_PROBE, "dmaq0"), -1);
}

TEST(Trace, NameGivenAgainReplacesTheEarlierOne)
{
    Written x([](auto *w) {
        trace_name(w, 0, TRACE_NAME_PROBE, 4, "a-name-that-takes-more-than-one-record");
        trace_name(w, 9, TRACE_NAME_PROBE, 4, "short");
    });
    EXPECT_STREQ(trace_find_name(x.trace.get(), TRACE_NAME_PROBE, 4), "short");
}

/* RFC 3720 B.4, and the check value of the CRC catalogue. */
TEST(Trace, Crc32cIsThatOfRfc3720)
{
    uint8_t zeros[32] = {}, ones[32], up[32];
    memset(ones, 0xff, sizeof ones);
    for (int i = 0; i < 32; i++)
        up[i] = (uint8_t)i;
    EXPECT_EQ(trace_crc32c(0, "123456789", 9), 0xe3069283u);
    EXPECT_EQ(trace_crc32c(0, zeros, 32), 0x8a9136aau);
    EXPECT_EQ(trace_crc32c(0, ones, 32), 0x62a8ab43u);
    EXPECT_EQ(trace_crc32c(0, up, 32), 0x46dd794eu);
    EXPECT_EQ(trace_crc32c(trace_crc32c(0, up, 13), up + 13, 19), 0x46dd794eu);
    EXPECT_EQ(trace_crc32c(0, "", 0), 0u);
}

TEST(Trace, Crc32cByTableEqualsThatByInstruction)
{
    std::string data;
    for (int i = 0; i < 300; i++)
        data += (char)(i * 7 + i / 3);
    EXPECT_EQ(crc32c_by_table(0, "123456789", 9), 0xe3069283u);
    for (size_t from = 0; from < 9; from++)
        for (size_t len = 0; from + len <= data.size(); len++)
            ASSERT_EQ(crc32c_by_table(1, &data[from], len), trace_crc32c(1, &data[from], len)) << from << " " << len;
}
