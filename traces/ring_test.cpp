/* SPDX-License-Identifier: GPL-2.0-or-later
 * The ring: exactly the last records, whatever their sizes, wherever it is cut off, and after kill -9
 */
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "format.h"
#include "testing.h"

namespace {

constexpr uint64_t kMs = 1000000000;

/* Record i of a run: the same whenever it is asked for. */
Item made(uint64_t i, uint64_t step_ps, uint32_t largest)
{
    std::mt19937_64 random(i);
    Item x = {};
    x.r.time_ps = i * step_ps;
    x.r.insn = 7 * i;
    x.r.value = i;
    x.r.kind = TRACE_WRITE;
    if (largest && random() % 3 == 0) {
        x.r.kind = TRACE_DMA_WRITE;
        x.r.aux = (uint32_t)(random() % largest + 1);
        x.data.resize(x.r.aux);
        for (size_t at = 0; at < x.data.size(); at += 8) {
            uint64_t noise = random();
            memcpy(&x.data[at], &noise, std::min<size_t>(8, x.data.size() - at));
        }
    }
    return x;
}

int put(struct trace_writer *w, const Item &x) { return trace_put_data(w, &x.r, x.data.empty() ? nullptr : x.data.data()); }

struct Ring {
    TempFile file;
    struct trace_writer *w;
    explicit Ring(uint64_t last_ps, uint64_t room = TRACE_RING_ROOM_MIN)
    {
        char err[300] = "";
        w = trace_open_ring(file.path.c_str(), last_ps, room, err, sizeof err);
        EXPECT_NE(w, nullptr) << err;
    }
    ~Ring()
    {
        if (w)
            trace_close(w);
    }
};

TracePtr loaded(const std::string &path)
{
    char err[600] = "";
    TracePtr t(trace_load(path.c_str(), err, sizeof err));
    EXPECT_NE(t, nullptr) << err;
    return t;
}

/* What is behind the cut; `first`: its index in the run. */
std::vector<Item> kept(const struct trace *t, uint64_t &first)
{
    std::string why;
    std::vector<Item> all = items(t, &why);
    EXPECT_EQ(why, "");
    first = trace_cut(t, nullptr);
    size_t at = 0;
    while (first && at < all.size() && all[at].r.kind != TRACE_CUT)
        EXPECT_EQ(all[at++].r.kind, TRACE_NAME);
    all.erase(all.begin(), all.begin() + (first ? at + 1 : 0));
    return all;
}

bool same(const Item &a, const Item &b) { return !memcmp(&a.r, &b.r, sizeof a.r) && a.data == b.data; }

/* Copies, and reads the copy. */
TracePtr copied(const struct trace *t, uint64_t last_ps, const TempFile &to)
{
    char err[600] = "";
    struct trace_writer *w = trace_open(to.path.c_str(), err, sizeof err);
    EXPECT_EQ(trace_copy(w, t, last_ps, err, sizeof err), 0) << err;
    EXPECT_EQ(trace_close(w), 0);
    return loaded(to.path);
}

struct Case {
    const char *name;
    uint64_t count, step_ps, last_ps;
    uint32_t largest;       /* bytes of data with a record */
    uint64_t looks;
    friend std::ostream &operator<<(std::ostream &out, const Case &c) { return out << c.name; }
};
struct Kept : testing::TestWithParam<Case> {};

/* Looked at every so often, as a kill would find it. */
TEST_P(Kept, AreTheLastRecordsAndNoneIsMissing)
{
    const Case c = GetParam();
    Ring ring(c.last_ps);
    uint64_t most = 0;
    for (uint64_t i = 0; i < c.count; i++) {
        ASSERT_EQ(put(ring.w, made(i, c.step_ps, c.largest)), 0) << i;
        if (i % (c.count / c.looks) && i + 1 < c.count)
            continue;
        uint64_t first;
        TracePtr t = loaded(ring.file.path);
        std::vector<Item> all = kept(t.get(), first);
        ASSERT_EQ(first + all.size(), i + 1);
        for (uint64_t k = 0; k < all.size(); k++)
            ASSERT_TRUE(same(all[k], made(first + k, c.step_ps, c.largest))) << first + k;
        most = std::max<uint64_t>(most, first);
        if (c.largest <= 1000) {        /* the time decides, not the room: all that is young enough, and one chunk at most before it */
            uint64_t now = i * c.step_ps, from = now > c.last_ps ? now - c.last_ps : 0;
            EXPECT_LE(first * c.step_ps, from);
            EXPECT_GE((first + 2 * FORMAT_CHUNK_BYTES / sizeof(struct trace_record)) * c.step_ps, from);
        }
        TempFile to;
        TracePtr exact = copied(t.get(), c.last_ps, to);
        uint64_t exact_first;
        std::vector<Item> tail = kept(exact.get(), exact_first);
        uint64_t now = i * c.step_ps, wanted = now > c.last_ps ? (now - c.last_ps + c.step_ps - 1) / c.step_ps : 0;
        EXPECT_EQ(exact_first, std::max(first, wanted)) << "to the record";
        ASSERT_EQ(exact_first + tail.size(), i + 1);
        EXPECT_TRUE(same(tail.back(), all.back()));
        EXPECT_TRUE(exact->closed);
    }
    EXPECT_GT(most, c.count / 4) << "the ring has never lost anything: this tests little";
    struct stat st;
    ASSERT_EQ(stat(ring.file.path.c_str(), &st), 0);
    EXPECT_LE((uint64_t)st.st_blocks * 512, TRACE_RING_ROOM_MIN + (640u << 10)) << "bytes on the disk";
}

INSTANTIATE_TEST_SUITE_P(Ring, Kept, testing::Values(
    Case{ "Small", 100000, 1000, 20000 * UINT64_C(1000), 0, 40 }, Case{ "WithData", 20000, 1000, 3000 * UINT64_C(1000), 1000, 40 },
    Case{ "Slow", 4000, 100 * kMs, 1000 * kMs, 0, 40 }, Case{ "Noise", 3000, 1000, UINT64_MAX, 300000, 9 }, Case{ "Huge", 30, 1000, UINT64_MAX, TRACE_DATA_MAX, 6 }),
    [](const auto &c) { return std::string(c.param.name); });

TEST(Ring, WithoutALossItIsTheWholeTrace)
{
    auto fill = [](struct trace_writer *w) {
        trace_name(w, 0, TRACE_NAME_DEVICE, 0, "dmaq0");
        for (uint64_t i = 0; i < 5000; i++)
            put(w, made(i, 1000, 500));
    };
    Written plain(fill);
    Ring ring(kMs);
    fill(ring.w);
    TracePtr t = loaded(ring.file.path);
    EXPECT_EQ(trace_cut(t.get(), nullptr), 0u);
    TempFile to;
    copied(t.get(), kMs, to);
    EXPECT_TRUE(to.bytes() == plain.file.bytes()) << "to the byte";
}

TEST(Ring, NamesOutliveTheirChunk)
{
    Ring ring(1000);
    const std::string longer(100, 'l');
    trace_name(ring.w, 0, TRACE_NAME_DEVICE, 0, "dmaq0");
    for (uint64_t i = 1; i < 20000; i++) {
        put(ring.w, made(i, 1000, 0));
        if (i == 5000)
            trace_name(ring.w, 5000, TRACE_NAME_PROBE, 1, longer.c_str());
    }
    TracePtr t = loaded(ring.file.path);
    TempFile to;
    TracePtr copy = copied(t.get(), 1000, to);
    for (const struct trace *x : { t.get(), copy.get() }) {
        EXPECT_GT(trace_cut(x, nullptr), 10000u);
        EXPECT_STREQ(trace_find_name(x, TRACE_NAME_DEVICE, 0), "dmaq0");
        EXPECT_EQ(trace_find_name(x, TRACE_NAME_PROBE, 1), longer);
    }
}

TEST(Ring, SeeksByIndexAndByTime)
{
    Ring ring(3000 * 1000);
    for (uint64_t i = 0; i < 20000; i++)
        put(ring.w, made(i, 1000, 0));
    TracePtr t = loaded(ring.file.path);
    struct trace_cursor *c = trace_cursor_new(t.get());
    struct trace_item item;
    for (size_t at : { t->count - 1, size_t(1), t->count / 2 }) {
        trace_seek(c, at);
        ASSERT_EQ(trace_next(c, &item), 1);
        EXPECT_EQ(item.index, at);
        EXPECT_EQ(item.r.value, trace_cut(t.get(), nullptr) + at - 1);
    }
    trace_seek_time(c, 19990 * 1000);
    ASSERT_EQ(trace_next(c, &item), 1);
    EXPECT_GT(item.r.time_ps, 18000u * 1000);
    trace_cursor_free(c);
}

/* All that trace_put has returned from is there, whenever the process dies. */
TEST(Ring, KilledProcessLosesNothing)
{
    auto *done = static_cast<std::atomic<uint64_t> *>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    std::mt19937 random(1);
    uint64_t lost = 0;
    for (int round = 0; round < 40; round++) {
        TempFile f;
        *done = 0;
        pid_t pid = fork();
        if (pid == 0) {
            char err[300];
            struct trace_writer *w = trace_open_ring(f.path.c_str(), 4000 * 1000, TRACE_RING_ROOM_MIN, err, sizeof err);
            for (uint64_t i = 0; w && put(w, made(i, 1000, 300)) == 0; i++)
                *done = i + 1;
            _exit(1);
        }
        uint64_t target = 1 + random() % (round < 20 ? 2000 : 30000);
        while (*done < target && waitpid(pid, nullptr, WNOHANG) == 0) {
        }
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        uint64_t first, put_back = *done;
        TracePtr t = loaded(f.path);
        EXPECT_EQ(t->damage, std::string());
        EXPECT_FALSE(t->closed);
        std::vector<Item> all = kept(t.get(), first);
        ASSERT_GE(first + all.size(), put_back) << "round " << round;
        ASSERT_LE(first + all.size(), put_back + 1);
        for (uint64_t k = 0; k < all.size(); k++)
            ASSERT_TRUE(same(all[k], made(first + k, 1000, 300))) << first + k;
        lost += first;
    }
    munmap(done, 4096);
    EXPECT_GT(lost, 0u) << "no ring had wrapped: this tests little";
}

TEST(Ring, EndsInOrder)
{
    Ring ring(kMs);
    put(ring.w, made(0, 1, 0));
    EXPECT_FALSE(loaded(ring.file.path)->closed);
    EXPECT_EQ(trace_close(ring.w), 0);
    ring.w = nullptr;
    EXPECT_TRUE(loaded(ring.file.path)->closed);
    EXPECT_EQ(loaded(ring.file.path)->count, 1u);
}

/* The room on the disk is taken away by RLIMIT_FSIZE, in a child: the errno is the only difference to a full disk. */
void write_past_the_limit(const char *path)
{
    char err[300];
    struct rlimit limit = { 800000, RLIM_INFINITY };
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    struct trace_writer *w = trace_open_ring(path, kMs, TRACE_RING_ROOM_MIN, err, sizeof err);
    uint64_t i = 0;
    while (w && i < 1000000 && put(w, made(i, 1000, 500)) == 0)
        i++;
    if (!w || errno != EFBIG || trace_flush(w) != -1 || errno != EFBIG)
        _exit(1);
    for (uint64_t k = 0; k < 5000; k++)
        put(w, made(i + k, 1000, 0));
    _exit(trace_close(w) == -1 && errno == EFBIG ? 0 : 2);
}

TEST(Ring, FullDiskIsToldAndWhatIsThereReads)
{
    TempFile f;
    EXPECT_EXIT(write_past_the_limit(f.path.c_str()), testing::ExitedWithCode(0), "");
    uint64_t first;
    TracePtr t = loaded(f.path);
    std::vector<Item> all = kept(t.get(), first);
    EXPECT_FALSE(t->closed);
    EXPECT_EQ(first, 0u);
    ASSERT_GT(all.size(), 1000u);
    for (uint64_t k = 0; k < all.size(); k++)
        ASSERT_TRUE(same(all[k], made(k, 1000, 500))) << k;
}

TEST(Ring, WhatCannotBeOneIsToldAtOpen)
{
    char err[300] = "";
    TempFile f;
    EXPECT_EQ(trace_open_ring("/nonexistent/x", kMs, TRACE_RING_ROOM_MIN, err, sizeof err), nullptr);
    EXPECT_STREQ(err, "/nonexistent/x: cannot write the trace: No such file or directory");
    EXPECT_EQ(trace_open_ring("/dev/full", kMs, TRACE_RING_ROOM_MIN, err, sizeof err), nullptr);
    EXPECT_EQ(std::string(err).rfind("/dev/full: cannot write the trace: ", 0), 0u) << err;
    EXPECT_EQ(trace_open_ring(f.path.c_str(), kMs, TRACE_RING_ROOM_MIN - 1, err, sizeof err), nullptr);
    EXPECT_NE(std::string(err).find("a ring needs room for 32 MiB"), std::string::npos) << err;
}

/* docs/trace-format.md, by hand: another program's eyes. */
TEST(Ring, FileIsAsDocumented)
{
    Ring ring(20 * 1000);
    trace_name(ring.w, 0, TRACE_NAME_DEVICE, 3, "dmaq0");
    for (uint64_t i = 1; i < 5000; i++)
        put(ring.w, made(i, 1000, 0));
    std::string b = ring.file.bytes();
    auto u32 = [&](size_t at) { uint32_t v; memcpy(&v, &b[at], 4); return v; };
    auto u64 = [&](size_t at) { uint64_t v; memcpy(&v, &b[at], 8); return v; };
    EXPECT_EQ(b.substr(0, 20), std::string("INGOTRG1\2\0\0\0\x30\0\0\0\0\0\1\0", 20));
    EXPECT_EQ(u32(20), trace_crc32c(0, b.data(), 20));
    EXPECT_EQ(u64(24), 20000u);
    EXPECT_EQ(u64(32), 32u << 20);
    uint64_t tail = u64(40), head = u64(48);
    EXPECT_EQ(u64(56), 1u) << "names";
    EXPECT_EQ(b.substr(4096 + 24, 5), "dmaq0");
    const size_t room = 593920;
    EXPECT_GT(tail, 0u);
    EXPECT_EQ(b.substr(room + tail, 4), "ICHK");
    EXPECT_EQ(tail + 56 + u32(room + tail + 8), head) << "one chunk: the others are too old";
    EXPECT_EQ(u64(64), u32(room + tail + 20) + 1u) << "the open chunk's number";
    EXPECT_EQ(u64(72), u64(room + tail + 32) + u32(room + tail + 24)) << "its first record";
    EXPECT_EQ(u64(80), 48 * (5000 - u64(72)));
    EXPECT_EQ(u64(528384 + 32), u64(72)) << "the value of its first record";
    EXPECT_EQ(u64(88), 0u) << "not closed";
}

/* Each byte of the first page's fields, and seeded ones of all that is used: an error, or records; never a crash. */
TEST(Ring, DamageIsToldOrCutOff)
{
    TempFile f;
    std::string whole;
    {
        Ring ring(5000 * 1000);
        trace_name(ring.w, 0, TRACE_NAME_DEVICE, 0, "dmaq0");
        for (uint64_t i = 1; i < 20000; i++)
            put(ring.w, made(i, 1000, 200));
        whole = ring.file.bytes();
    }
    std::vector<size_t> places;
    for (size_t at = 0; at < sizeof(struct format_ring); at++)
        places.push_back(at);
    std::mt19937 random(3);
    for (int i = 0; i < 60; i++) {
        places.push_back(FORMAT_RING_ROOM + random() % (whole.size() - FORMAT_RING_ROOM));
        places.push_back(FORMAT_RING_OPEN + random() % FORMAT_CHUNK_BYTES);
        places.push_back(FORMAT_RING_NAMES + random() % 48);
    }
    unsigned told = 0;
    for (size_t at : places) {
        std::string flipped = whole;
        flipped[at] ^= (char)(1 << random() % 8);
        f.write(flipped);
        char err[600] = "";
        TracePtr t(trace_load(f.path.c_str(), err, sizeof err));
        std::string why;
        if (t)
            items(t.get(), &why);
        told += !t || !why.empty();
        if (at >= FORMAT_RING_ROOM && t && why.empty()) {       /* in a chunk that had given way already */
            uint64_t first;
            for (const Item &x : kept(t.get(), first))
                ASSERT_TRUE(x.r.kind == TRACE_NAME || same(x, made(x.r.value, 1000, 200)));
        }
    }
    EXPECT_GT(told, 60u);
    for (size_t len : { size_t(8), size_t(24), size_t(96), size_t(FORMAT_RING_OPEN), size_t(FORMAT_RING_ROOM) - 1 }) {
        f.write(whole.substr(0, len));
        char err[600] = "";
        EXPECT_EQ(TracePtr(trace_load(f.path.c_str(), err, sizeof err)), nullptr) << len;
        EXPECT_EQ(std::string(err).rfind(f.path + ": ", 0), 0u) << err;
    }
}

}  // namespace
