// SPDX-License-Identifier: GPL-2.0-or-later
// What a user sees of a device that fails
#include "platform/qemu/test/board.h"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

namespace {

const char ticker[] = "ingot-vdev,id=broken0,vdev=ticker,impl=model,addr=0x0b020000,spi=180";

BoardOptions with(const char *guest, const std::string &device, bool control = true)
{
    BoardOptions o;
    o.guest = guest;
    o.control = control;
    o.devices = { device };
    return o;
}

void expect_said(Board &b, const std::string &text) { EXPECT_NE(std::string::npos, b.output().find(text)) << b.output(); }

TEST(Fault, AModelThatAssertsIsNamedAndEndsTheBoard)
{
    Board b(with("assert.elf", ticker, false));
    EXPECT_EQ(128 + SIGABRT, b.exit_code(60000));
    expect_said(b, "ingot: broken0: a failed assertion");
}

TEST(Fault, AWildPointerOfAModelIsNamed)
{
    Board b(with("wild.elf", ticker, false));
    EXPECT_EQ(128 + SIGSEGV, b.exit_code(60000));
    expect_said(b, "ingot: broken0: a wild pointer");
}

TEST(Fault, ARingEndsWithTheAccessThatCrashed)
{
    BoardOptions o = with("late.elf", ticker);
    Board whole(o);
    o.more = ",last-ps=1000000000";
    Board ring(o);
    for (Board *b : { &whole, &ring }) {
        b->held();
        b->ok("go");
        EXPECT_EQ(128 + SIGABRT, b->exit_code(60000));
    }
    expect_said(whole, "the trace ends shortly before");
    EXPECT_EQ(0u, records_of(whole.trace(), TRACE_READ).size());
    expect_said(ring, "run it under gdb, the trace ends with it");
    auto kept = ring.trace();
    EXPECT_EQ(100u, records_of(kept, TRACE_READ).size());
    const trace_record &last = kept.back();
    EXPECT_EQ(TRACE_WRITE, last.kind);
    EXPECT_EQ(0x20u, last.addr);
    EXPECT_EQ(13u, last.value);
    EXPECT_EQ(uint32_t(TRACE_ENDED), last.result);
    EXPECT_EQ((last.insn + 1) * 1000, last.time_ps) << "its instant, with its own instruction";
}

TEST(Fault, ATimerThatLoopsAtOneInstantStopsTheBoard)
{
    Board b(with("loop.elf", ticker));
    EXPECT_EQ("start", b.held().reason);
    Held h = b.go();
    EXPECT_EQ(0u, h.reason.find("stop broken0 it%20arms%20a%20timer%20at%20its%20own%20instant")) << h.reason;
    b.ok("quit");
    EXPECT_EQ(0, b.exit_code(60000));
}

TEST(Fault, ACoreThatHangsIsAnErrorAndNamed)
{
    Board b(with("silent.elf", "ingot-vdev,id=core0,vdev=probe,addr=0x0b020000,spi=180"));
    EXPECT_EQ("start", b.held().reason);
    Held h = b.go();
    EXPECT_EQ(0u, h.reason.find("stop core0 no%20s_axi_arready%20within%201024%20clocks")) << h.reason;
    EXPECT_EQ("poweroff", b.go().reason);       // the guest has had an external abort
    b.ok("quit");
    EXPECT_EQ(0, b.exit_code(60000));
}

TEST(Fault, ADeviceThatCannotBeSavedRefusesTheCheckpointAndGoesOn)
{
    Board b(with("loop.elf", "ingot-vdev,id=stubborn0,vdev=unsavable,addr=0x0b030000,spi=190"));
    EXPECT_EQ("start", b.held().reason);
    const std::string state = testing::TempDir() + "ingot-unsavable";
    EXPECT_THROW(b.checkpoint(state), std::runtime_error);
    expect_said(b, "stubborn0");
    remove(state.c_str());
    b.ok("watch 1 time 1000");
    EXPECT_EQ("watch 1", b.go().reason);
    b.ok("quit");
    EXPECT_EQ(0, b.exit_code(60000));
}

}  // namespace
