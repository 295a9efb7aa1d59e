/* SPDX-License-Identifier: GPL-2.0-or-later
 * Budgets: visits of EL2 in made-up traces, lines of source
 */
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "budget.h"
#include "traces/trace.h"

namespace {

constexpr uint64_t kVectors = 0x40200000, kSync = kVectors + 0x400, kIrq = kVectors + 0x480;
enum : uint32_t { kEl2 = 1, kVectorIrq, kStart, kEnd };

budget_row &row(const char *name)
{
    budget_row *r = budget_rows;
    while (strcmp(r->name, name))
        r++;
    return *r;
}

/* A made-up trace of one row's path. */
class Path : public testing::Test {
  protected:
    void SetUp() override
    {
        char err[256];
        char name[] = "/tmp/ingot-test-XXXXXX";
        close(mkstemp(name));
        path_ = name;
        trace_ = trace_open(name, err, sizeof err);
        ASSERT_NE(nullptr, trace_) << err;
    }

    void TearDown() override { unlink(path_.c_str()); }

    void wants(const char *name)
    {
        budget_row &r = row(name);
        r.wanted = true;
        row_ = &r;
        trace_name(trace_, 0, TRACE_NAME_PROBE, kEl2, "el2");
        trace_name(trace_, 0, TRACE_NAME_PROBE, kVectorIrq, "hyp_vector_irq");
        trace_name(trace_, 0, TRACE_NAME_PROBE, kStart, r.start);
        trace_name(trace_, 0, TRACE_NAME_PROBE, kEnd, r.end);
        hit(kVectorIrq, kIrq);                          // tells where the vectors are
    }

    void hit(uint32_t id, uint64_t pc)
    {
        trace_record r = {};
        r.kind = TRACE_PROBE, r.id = id, r.insn = insn_, r.addr = pc;
        trace_put(trace_, &r);
    }

    void guest(uint32_t id)
    {
        hit(id, 0x40000000);
        insn_++;
    }

    /* `n` instructions at EL2, the first at `entry`, the others one after the other from `more`. */
    void visit(uint64_t entry, uint32_t n, uint64_t more)
    {
        for (uint32_t i = 0; i < n; i++, insn_++)
            hit(kEl2, i ? more + 4 * (i - 1) : entry);
    }

    void skip() { insn_++; }

    const budget_row &measure()
    {
        EXPECT_EQ(0, trace_close(trace_));
        budget_paths(path_.c_str(), row_->script);
        row_->wanted = false;
        return *row_;
    }

    std::string path_;
    trace_writer *trace_ = nullptr;
    budget_row *row_ = nullptr;
    uint64_t insn_ = 1000;
};

TEST_F(Path, IsCountedFromTheExceptionsEntryToItsEret)
{
    wants("irq.spi");
    for (uint32_t i = 0; i < 14; i++) {
        guest(kStart);
        guest(0);
        visit(kIrq, i == 10 ? 33 : 19, kIrq + 4);
        guest(0);
        guest(kEnd);
        visit(kIrq, 500, kIrq + 4);                     // between runs: not the path's
    }
    const budget_row &r = measure();
    EXPECT_STREQ("", r.why);
    EXPECT_EQ(19u, r.value);
    EXPECT_EQ(33u, r.maximum);
    EXPECT_TRUE(budget_met(&r));
}

TEST_F(Path, ThatExceedsItsBudgetOnceHasNotMetIt)
{
    wants("irq.timer");
    for (uint32_t i = 0; i < 14; i++) {
        guest(kStart);
        visit(kIrq, i == 10 ? 65 : 19, kIrq + 4);
        guest(kEnd);
    }
    const budget_row &r = measure();
    EXPECT_EQ(19u, r.value);
    EXPECT_EQ(65u, r.maximum);
    EXPECT_FALSE(budget_met(&r));
}

TEST_F(Path, IsNotLongerByAnInstructionThatIsRetried)
{
    wants("vgic.ctlr-read");
    for (uint32_t i = 0; i < 14; i++) {
        guest(kStart);
        visit(kSync, 20, kVectors + 0x1000);
        insn_--;
        visit(kVectors + 0x1000 + 4 * 18, 1, 0);        // the last one again
        visit(kIrq, 19, kIrq + 4);                      // right after the ERET; it is another's
        guest(kEnd);
    }
    EXPECT_EQ(20u, measure().maximum);
}

TEST_F(Path, TouchesLinesAndPagesOfCode)
{
    wants("irq.lines");
    for (uint32_t i = 0; i < 14; i++) {
        guest(kStart);
        visit(kIrq, 18, kVectors + 0x1ff8);             // a line, then two lines of two pages
        guest(kEnd);
    }
    EXPECT_EQ(3u, measure().maximum);
}

TEST_F(Path, WithAGapInTheTraceIsNotMeasured)
{
    wants("vgic.typer-read");
    for (uint32_t i = 0; i < 14; i++) {
        guest(kStart);
        visit(kSync, 10, kVectors + 0x1000);
        skip();
        visit(kVectors + 0x2000, 10, kVectors + 0x2004);
        guest(kEnd);
    }
    const budget_row &r = measure();
    EXPECT_EQ(0u, r.runs);
    EXPECT_FALSE(budget_met(&r));
    EXPECT_NE(nullptr, strstr(r.why, "not in the trace"));
}

TEST(Lines, AreThoseThatAreNeitherBlankNorComment)
{
    char name[] = "/tmp/ingot-test-XXXXXX";
    close(mkstemp(name));
    std::ofstream(name) << "/* a\n   b */\n\n   \nint a; /* c */\n// d\n/* e */ int b;\nconst char *s = \"/*\";\nint c = 4 / 2; // f\n#define X '\"'\n"
                           "/* * / */\n    mov x0, #1    // g\nconst char *t = \"\\\\\"; /*\n*/\nint last;";
    EXPECT_EQ(8, budget_lines(name));
    unlink(name);
    EXPECT_EQ(-1, budget_lines(name));
}

}  // namespace
