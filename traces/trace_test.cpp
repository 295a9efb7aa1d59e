/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trace files: what is written is read back, and what is no trace is refused
 */
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/resource.h>

#include "crc32c.h"
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

TEST(Trace, ReadsBackEveryRecordAcrossManyBuffers)
{
    const uint64_t count = 100000;
    Written x([&](auto *w) { for (uint64_t i = 0; i < count; i++) put(w, 1000 * i, i * i); });
    ASSERT_EQ(x.trace->count, count);
    EXPECT_FALSE(x.trace->torn);
    for (uint64_t i = 0; i < count; i++) {
        ASSERT_EQ(x.trace->records[i].time_ps, 1000 * i);
        ASSERT_EQ(x.trace->records[i].value, i * i);
    }
}

TEST(Trace, EqualRunsWriteEqualBytes)
{
    auto fill = [](auto *w) { trace_name(w, 0, TRACE_NAME_DEVICE, 3, "dmaq0"); put(w, 5, 6); };
    EXPECT_EQ(Written(fill).file.bytes(), Written(fill).file.bytes());
}

TEST(Trace, HeaderIsAsDocumented)
{
    std::string b = Written([](auto *) {}).file.bytes();
    EXPECT_EQ(b, std::string("INGOTTR1\1\0\0\0\x30\0\0\0", 16));
}

TEST(Trace, TornFileReadsUpToTheLastWholeRecord)
{
    Written x([](auto *w) { for (int i = 0; i < 10; i++) put(w, i, i); });
    x.file.write(x.file.bytes().substr(0, 16 + 48 * 7 + 47));
    char err[200] = "";
    TracePtr t(trace_load(x.file.path.c_str(), err, sizeof err));
    ASSERT_NE(t, nullptr) << err;
    EXPECT_EQ(t->count, 7u);
    EXPECT_TRUE(t->torn);
    EXPECT_EQ(t->records[6].value, 6u);
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
}

TEST(Trace, RefusesAnotherVersionAndAnotherRecordSize)
{
    TempFile f;
    f.write(std::string("INGOTTR1\2\0\0\0\x30\0\0\0", 16));
    EXPECT_NE(refusal(f).find("version"), std::string::npos);
    f.write(std::string("INGOTTR1\1\0\0\0\x38\0\0\0", 16));
    EXPECT_NE(refusal(f).find("version"), std::string::npos);
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
    struct rlimit limit = { 16 + 48 * 1000, RLIM_INFINITY };
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    struct trace_writer *w = trace_open(path, err, sizeof err);
    for (int i = 0; w && i < 100000; i++)
        put(w, i, i);
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
    EXPECT_EQ(t->count, 1000u);
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
