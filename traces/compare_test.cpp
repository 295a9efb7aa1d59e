/* SPDX-License-Identifier: GPL-2.0-or-later
 * Comparing traces: equal bytes are equal, and a difference is told in words
 */
#include "compare.h"

#include "testing.h"

static struct trace_record record(uint64_t ns, enum trace_kind kind, uint64_t addr, uint64_t value)
{
    struct trace_record r = {};
    r.time_ps = ns * 1000;
    r.kind = (uint16_t)kind;
    r.core = TRACE_NO_CORE;
    r.size = 4;
    r.id = 1;
    r.addr = addr;
    r.value = value;
    return r;
}

static void put_run(struct trace_writer *w, int from, int to, int odd = -1)
{
    if (from == 0)
        trace_name(w, 0, TRACE_NAME_DEVICE, 1, "dmaq0");
    for (int i = from; i < to; i++) {
        struct trace_record r = record((uint64_t)i / 3, TRACE_WRITE, 0x1c, (uint64_t)(i == odd ? 99 : i));
        trace_put(w, &r);
    }
}

static struct compare_side side(const char *label, const Written &x)
{
    struct compare_side s = {};
    s.label = label;
    EXPECT_EQ(compare_add(&s, x.trace.get(), 0, SIZE_MAX), 0);
    return s;
}

static std::string printed(const struct compare_side &a, const struct compare_side &b, unsigned context)
{
    struct compare_report r = compare(&a, &b);
    char *text = nullptr;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    compare_print(f, &a, &b, &r, context);
    fclose(f);
    std::string s(text, len);
    free(text);
    return s;
}

static std::string words(const struct trace_record &r, const struct compare_side *names = nullptr)
{
    char *text = nullptr;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    compare_words(f, names, &r);
    fclose(f);
    std::string s(text, len);
    free(text);
    return s;
}

TEST(Compare, EqualTracesAreIdentical)
{
    Written x([](auto *w) { put_run(w, 0, 50); }), y([](auto *w) { put_run(w, 0, 50); });
    EXPECT_EQ(printed(side("first", x), side("second", y), 3), "first and second: identical, 51 records\n");
}

TEST(Compare, OfARunsLastSecondsWhatBothHave)
{
    Written whole([](auto *w) { put_run(w, 0, 50); });
    auto last = [&](uint64_t ps) {
        return Written([&](auto *w) {
            char err[200];
            EXPECT_EQ(trace_copy(w, whole.trace.get(), ps, err, sizeof err), 0) << err;
        });
    };
    Written some = last(5000), fewer = last(2000);
    const Written *pairs[][2] = { { &whole, &some }, { &some, &whole }, { &some, &fewer }, { &fewer, &some }, { &whole, &fewer } };
    const char *const said[] = { "first and second: identical, 17 records\n", "first and second: identical, 8 records\n" };
    for (const auto &p : pairs) {
        struct compare_side a = side("first", *p[0]), b = side("second", *p[1]);
        bool short_one = p[0] == &fewer || p[1] == &fewer;
        EXPECT_EQ(compare_align(&a, &b), short_one ? 43u : 34u);
        EXPECT_EQ(printed(a, b, 3), said[short_one]);
    }
    Written other([](auto *w) { put_run(w, 0, 50, 45); });
    struct compare_side a = side("first", other), b = side("second", some);
    compare_align(&a, &b);
    EXPECT_EQ(compare(&a, &b).index, 12u) << "a difference is still one";
}

TEST(Compare, TellsTheFirstDifferenceInWordsWithItsContext)
{
    Written x([](auto *w) { put_run(w, 0, 50); }), y([](auto *w) { put_run(w, 0, 50, 20); });
    EXPECT_EQ(printed(side("model", x), side("rtl", y), 1),
              "model and rtl: first difference at record 21:\n"
              "  both         20  0.000006 ms  dmaq0 write +0x1c (4) = 0x13\n"
              "  model        21  0.000006 ms  dmaq0 write +0x1c (4) = 0x14\n"
              "  rtl          21  0.000006 ms  dmaq0 write +0x1c (4) = 0x63\n"
              "  model        22  0.000007 ms  dmaq0 write +0x1c (4) = 0x15\n"
              "  rtl          22  0.000007 ms  dmaq0 write +0x1c (4) = 0x15\n");
}

TEST(Compare, TellsWhichSideEnds)
{
    Written x([](auto *w) { put_run(w, 0, 5); }), y([](auto *w) { put_run(w, 0, 6); });
    struct compare_side a = side("short", x), b = side("long", y);
    EXPECT_EQ(compare(&a, &b).result, COMPARE_A_ENDS);
    EXPECT_EQ(compare(&b, &a).result, COMPARE_B_ENDS);
    EXPECT_EQ(printed(a, b, 0), "short and long: first difference at record 6, where short ends:\n"
                                "  short         6  (no more records)\n"
                                "  long          6  0.000001 ms  dmaq0 write +0x1c (4) = 0x5\n");
}

TEST(Compare, PrefixAndContinuationEqualTheWhole)
{
    for (int cut = 0; cut <= 30; cut++) {
        Written whole([](auto *w) { put_run(w, 0, 30); });
        Written before([&](auto *w) { put_run(w, 0, 30); });
        Written restored([&](auto *w) { put_run(w, cut ? cut : 0, 30); });
        struct compare_side a = side("uninterrupted", whole), b = {};
        b.label = "restored";
        size_t n = compare_before(before.trace.get(), restored.trace.get());
        ASSERT_EQ(n, cut ? (size_t)cut + 1 : 0);
        ASSERT_EQ(compare_add(&b, before.trace.get(), 0, n), 0);
        ASSERT_EQ(compare_add(&b, restored.trace.get(), 0, SIZE_MAX), 0);
        ASSERT_EQ(compare(&a, &b).result, COMPARE_EQUAL) << cut;
    }
}

TEST(Compare, NamesOfARestoredRunComeFromItsPrefix)
{
    Written whole([](auto *w) { put_run(w, 0, 9); });
    Written before([](auto *w) { put_run(w, 0, 4); }), restored([](auto *w) { put_run(w, 4, 9, 7); });
    struct compare_side a = side("whole", whole), b = side("parts", before);
    ASSERT_EQ(compare_add(&b, restored.trace.get(), 0, SIZE_MAX), 0);
    EXPECT_EQ(printed(a, b, 0), "whole and parts: first difference at record 8:\n"
                                "  whole         8  0.000002 ms  dmaq0 write +0x1c (4) = 0x7\n"
                                "  parts         8  0.000002 ms  dmaq0 write +0x1c (4) = 0x63\n");
}

TEST(Compare, RefusesARangeThatIsNotInTheTrace)
{
    Written x([](auto *w) { put_run(w, 0, 3); });
    struct compare_side s = {};
    EXPECT_EQ(compare_add(&s, x.trace.get(), 5, SIZE_MAX), -1);
    EXPECT_EQ(compare_add(&s, x.trace.get(), 1, 4), -1);
    EXPECT_EQ(compare_add(&s, x.trace.get(), 4, 0), 0);
}

TEST(Compare, EveryKindHasItsWords)
{
    EXPECT_EQ(words(record(1500000, TRACE_READ, 8, 1)), "1.500000 ms  device#1 read +0x8 (4) = 0x1");
    EXPECT_EQ(words(record(5, TRACE_IRQ, 211, 1)), "0.000005 ms  device#1 irq 211 rises");
    EXPECT_EQ(words(record(5, TRACE_IRQ, 211, 0)), "0.000005 ms  device#1 irq 211 falls");
    EXPECT_EQ(words(record(5, TRACE_CONSOLE, 0, 'a')), "0.000005 ms  device#1 console 'a'");
    EXPECT_EQ(words(record(5, TRACE_INPUT, 0, 10)), "0.000005 ms  device#1 input 0x0a");
    EXPECT_EQ(words(record(5, TRACE_NOTE, 3, 17)), "0.000005 ms  device#1 note 3 = 0x11");
    EXPECT_EQ(words(record(5, TRACE_CUT, 0, 17)), "0.000005 ms  the trace begins here: 17 records of the run before it were not kept");
    EXPECT_EQ(words(record(5, TRACE_STEP, 0, 17)), "0.000005 ms  scenario step, command's crc 0x00000011");
    EXPECT_EQ(words(record(5, (enum trace_kind)77, 0, 0)), "0.000005 ms  record of unknown kind 77");
    struct trace_record r = record(0, TRACE_DMA_WRITE, 0x40001000, 0xabc);
    r.time_ps = 1234567;
    r.aux = 128;
    r.result = 3;
    EXPECT_EQ(words(r), "0.001234567 ms  device#1 dma-write 0x40001000, 128 bytes, crc 0x00000abc, denied");
    r = record(7, TRACE_PROBE, 0x4020, 0xff);
    r.core = 1;
    r.insn = 99;
    EXPECT_EQ(words(r), "0.000007 ms  core 1 insn 99  probe probe#1 at 0x4020, value 0xff, aux 0");
    Written x([](auto *w) { trace_name(w, 0, TRACE_NAME_DEVICE, 1, "a-name-of-more-than-24-bytes"); });
    EXPECT_EQ(words(items(x.trace.get())[0].r), "0.000000 ms  name of device#1: a-name-of-more-than-24-b");
    EXPECT_EQ(words(items(x.trace.get())[1].r), "0.000000 ms  name of device#1, continued: ytes");
}

TEST(Compare, DataThatDiffersIsADifference)
{
    auto fill = [](auto *w, const char *bytes) {
        struct trace_record r = record(5, TRACE_DMA_WRITE, 0x40001000, 0xabc);
        r.aux = 4;
        trace_put_data(w, &r, bytes);
    };
    Written x([&](auto *w) { fill(w, "abcd"); }), y([&](auto *w) { fill(w, "abce"); }), z([&](auto *w) { fill(w, "abcd"); });
    Written none([&](auto *w) { fill(w, nullptr); });
    struct compare_side a = side("x", x), b = side("y", y), c = side("z", z), d = side("none", none);
    EXPECT_EQ(compare(&a, &b).result, COMPARE_DIFFERS);
    EXPECT_EQ(compare(&a, &c).result, COMPARE_EQUAL);
    EXPECT_EQ(compare(&a, &d).result, COMPARE_DIFFERS);
}

TEST(Compare, ADamagedTraceIsNeverEqual)
{
    Written x([](auto *w) { put_run(w, 0, 50); }), y([](auto *w) { put_run(w, 0, 50); });
    std::string bytes = y.file.bytes();
    bytes[24 + 56 + 10] ^= 1;
    y.file.write(bytes);
    struct compare_side a = side("whole", x), b = side("flipped", y);
    struct compare_report r = compare(&a, &b);
    EXPECT_EQ(r.result, COMPARE_UNREADABLE);
    EXPECT_NE(std::string(r.error).find("chunk 0 at byte 24: its CRC-32C is wrong"), std::string::npos) << r.error;
    EXPECT_NE(printed(a, b, 3).find("equal for 0 records, then: "), std::string::npos);
}

TEST(Compare, AStepIsItsCommand)
{
    Written x([](auto *w) {
        struct trace_record r = record(5, TRACE_STEP, 0, 17);
        r.aux = 12;
        trace_put_data(w, &r, "send uart0 x");
    });
    struct compare_side s = side("x", x);
    struct trace_cursor *c = trace_cursor_new(x.trace.get());
    struct trace_item item;
    ASSERT_EQ(trace_next(c, &item), 1);
    char *text = nullptr;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    compare_words_item(f, &s, &item);
    fclose(f);
    EXPECT_STREQ(text, "0.000005 ms  scenario step: send uart0 x");
    free(text);
    trace_cursor_free(c);
}
