// SPDX-License-Identifier: GPL-2.0-or-later
// Hold and control: time stands still until the engine says go
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "board.h"
#include "platform/seam/seam.h"

namespace {

BoardOptions pulses(int cores = 1)
{
    BoardOptions o;
    o.guest = "pulses" + std::to_string(cores) + ".elf";
    o.cores = cores;
    return o;
}

BoardOptions spin()
{
    BoardOptions o;
    o.guest = "spin.elf";
    return o;
}

TEST(Hold, BeginsAtTimeZeroWithReasonStart)
{
    Board b(pulses());
    Held h = b.held();
    EXPECT_EQ(0u, h.time_ps);
    EXPECT_EQ("start", h.reason);
    EXPECT_EQ("ok 1 0", b.ask("cores"));
}

TEST(Hold, StopAndContByTheMonitorDoNotMoveTime)
{
    Board b(pulses(2));
    b.held();
    b.ok("watch a time 2000000000");
    Held first = b.go();
    std::string cores = b.ask("cores");
    for (int i = 0; i < 3; i++) {
        b.qmp("stop");
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        b.qmp("cont");
    }
    EXPECT_EQ(cores, b.ask("cores"));
    b.ok("watch b time " + std::to_string(first.time_ps));
    EXPECT_EQ(first.time_ps, b.go().time_ps);
}

TEST(Hold, StopAndContWhileRunningChangeNothing)
{
    auto run = [](bool disturbed) {
        Board b(pulses(2));
        b.held();
        b.ok("go");
        for (int i = 0; disturbed && i < 10; i++) {
            b.qmp("stop");
            b.qmp("query-cpus-fast");
            b.qmp("cont");
        }
        EXPECT_EQ("poweroff", b.held().reason);
        return b.trace();
    };
    EXPECT_EQ("", first_difference(run(false), run(true)));
}

TEST(Hold, ManyAskedForAtAnyTimeChangeNothing)
{
    auto run = [](bool disturbed) {
        Board b(pulses(2));
        Held h = b.held();
        while (h.reason != "poweroff") {
            b.ok("go");
            if (disturbed)
                b.ok("hold");
            h = b.held();
        }
        return b.trace();
    };
    EXPECT_EQ("", first_difference(run(false), run(true)));
}

TEST(Hold, OfAnInstantIsExact)
{
    Board b(spin());
    b.held();
    b.ok("watch a time 1234567000");
    Held h = b.go();
    EXPECT_EQ(1234567000u, h.time_ps);
    EXPECT_EQ("watch a", h.reason);
    EXPECT_EQ("ok 1 1234567", b.ask("cores"));      // one instruction a ns
    b.ok("watch a time 1234567999");                // the next whole ns
    EXPECT_EQ(1234568000u, b.go().time_ps);
}

TEST(Hold, OfAnInstructionCountIsExact)
{
    Board b(pulses(2));
    b.held();
    b.ok("watch a insn 1 12345");
    Held h = b.go();
    EXPECT_EQ("watch a", h.reason);
    const std::string cores = b.ask("cores");
    EXPECT_EQ(" 12345", cores.substr(cores.rfind(' '))) << cores;
    EXPECT_EQ("ok " + std::to_string(h.time_ps) + cores.substr(2), b.ask("where"));
    EXPECT_EQ(0u, b.ask("watch a insn 1 12345").rfind("error ", 0)) << "it has them already";
    EXPECT_EQ(0u, b.ask("watch a insn 2 12345").rfind("error ", 0)) << "no such core";
    b.ok("watch a insn 1 12346");
    b.go();
    const std::string next = b.ask("cores");
    EXPECT_EQ(" 12346", next.substr(next.rfind(' '))) << next;
}

/* A replay names them by their time. */
TEST(Hold, AskedForIsWhatAWatchOfThatTimeFinds)
{
    std::vector<Held> holds;
    std::vector<std::string> where;
    auto look = [](Board &b) { return b.ask("where") + b.ask("state 0") + b.ask("state 1"); };
    Board a(pulses(2));
    a.held();
    for (int i = 0; i < 40; i++) {
        a.ok("go");
        a.ok("hold");
        holds.push_back(a.held());
        where.push_back(look(a));
        if (holds.back().reason != "asked")
            break;
        a.ask("send uart0 x");
    }
    EXPECT_GT(holds.size(), 3u);
    Board b(pulses(2));
    b.held();
    for (size_t i = 0; i < holds.size(); i++) {
        if (holds[i].reason == "asked")
            b.ok("watch w time " + std::to_string(holds[i].time_ps));
        ASSERT_EQ(holds[i].time_ps, b.go().time_ps) << i;
        ASSERT_EQ(where[i], look(b)) << i;
        b.ask("send uart0 x");
    }
    EXPECT_EQ("", first_difference(a.trace(), b.trace()));
}

TEST(Hold, OfAProbeIsBeforeItsInstruction)
{
    Board b(pulses(2));
    b.held();
    b.ok("probe 7 vector pc 1 2 0x40080a80");
    b.ok("watch a probe vector 10");
    Held h = b.go();
    EXPECT_EQ(9u, records_of(b.trace(), TRACE_PROBE).size());
    std::string pc = b.qmp("human-monitor-command", "{\"command-line\":\"info registers\",\"cpu-index\":1}");
    EXPECT_NE(std::string::npos, pc.find("PC=0000000040080a80")) << pc;
    b.ok("watch a probe vector 1");
    Held next = b.go();
    EXPECT_GT(next.time_ps, h.time_ps);
    auto probes = records_of(b.trace(), TRACE_PROBE);
    ASSERT_EQ(10u, probes.size());
    EXPECT_EQ(h.time_ps, probes.back().time_ps);
}

TEST(Hold, WatchesOfProbesDoNotChangeTheRun)
{
    auto run = [](bool watched) {
        Board b(pulses(2));
        b.held();
        b.ok("probe 7 vector pc 1 2 0x40080a80");
        b.ok("probe 8 handler pc 1 2 0x40080180");
        Held h;
        do {
            if (watched)
                b.ok("watch a probe vector 37"), b.ok("watch b probe handler 41");
            h = b.go();
            if (watched && h.reason != "poweroff")
                b.ask("unwatch a"), b.ask("unwatch b");
        } while (h.reason != "poweroff");
        return b.trace();
    };
    EXPECT_EQ("", first_difference(run(false), run(true)));
}

TEST(Hold, OfACrossingIsAtItsInstant)
{
    Board b(pulses());
    b.held();
    b.ok("watch a trace irq pulse0 3");     // up, down, up
    Held h = b.go();
    EXPECT_EQ(h.time_ps, records_of(b.trace(), TRACE_IRQ).back().time_ps);
    EXPECT_EQ(3u, records_of(b.trace(), TRACE_IRQ).size());
}

TEST(Hold, OfConsoleTextComesAfterThatText)
{
    Board b(pulses());
    b.held();
    b.ok("watch a console uart0 **");
    EXPECT_EQ("watch a", b.go().reason);
    EXPECT_EQ("**", b.console());
}

TEST(Control, RefusesWhatCannotBeDone)
{
    Board b(pulses());
    b.held();
    for (const char *command : { "nonsense", "watch a time 1x", "watch a console nobody x", "watch a probe 9 1", "send nobody x",
                                 "probe 1 p pc 5 2 0", "probe 1 p eye 0", "unprobe 4", "unwatch z", "watch a trace fall pulse0 1",
                                 "watch a trace irq pulse0 0", "watch a console uart0 %zz" })
        EXPECT_EQ(0u, b.ask(command).rfind("error ", 0)) << command;
    b.ok("watch a time 5000");
    EXPECT_EQ(0u, b.ask("watch a time 6000").rfind("error ", 0));
    b.go();
    EXPECT_EQ(0u, b.ask("watch a time 4000").rfind("error ", 0));
}

TEST(Control, WhileItRunsOnlyHoldAndQuitAreTaken)
{
    Board b(spin());
    b.held();
    b.ok("go");
    EXPECT_EQ(0u, b.ask("cores").rfind("error ", 0));
    EXPECT_EQ(0u, b.ask("where").rfind("error ", 0)) << "it is nowhere while it runs";
    b.ok("hold");
    EXPECT_EQ("asked", b.held().reason);
}

TEST(Control, TheEndOfTheSocketEndsAHeldBoard)
{
    Board b(spin());
    b.held();
    b.close_control();
    EXPECT_EQ(1, b.exit_code(1000));
}

TEST(Control, TheEndOfTheSocketEndsASpinningBoard)
{
    Board b(spin());
    b.held();
    b.ok("go");
    b.close_control();
    EXPECT_EQ(1, b.exit_code(1000));
}

TEST(Control, QuitEndsWithZero)
{
    Board b(spin());
    b.held();
    b.ok("go");
    b.ok("quit");
    EXPECT_EQ(0, b.exit_code(1000));
}

TEST(Board, RunsFreelyWithoutAnEngine)
{
    BoardOptions o = pulses();
    o.control = false;
    Board b(o);
    EXPECT_EQ(0, b.exit_code(20000));
    EXPECT_EQ("***************D", b.output());
}

TEST(Bus, ARefusedAccessIsASynchronousExternalAbort)
{
    BoardOptions o;
    o.guest = "abort.elf";
    Board b(o);
    b.held();
    EXPECT_EQ("poweroff", b.go().reason);
    EXPECT_EQ("A", b.console());
    auto reads = records_of(b.trace(), TRACE_READ);
    ASSERT_EQ(1u, reads.size());
    EXPECT_EQ(uint32_t(SEAM_SLAVE_ERROR), reads[0].result);
}

TEST(Board, AResetTakesNoTimeAndResetsTheDevices)
{
    for (int i = 0; i < 10; i++) {
        BoardOptions o;
        o.guest = "reset.elf";
        Board b(o);
        b.held();
        Held end = b.go();
        EXPECT_EQ("poweroff", end.reason);
        EXPECT_EQ("RS", b.console());
        EXPECT_LT(end.time_ps, 1000u * 1000);     // the instructions, not the pulse
        EXPECT_EQ(1u, records_of(b.trace(), TRACE_RESET).size());
    }
}

TEST(Dma, OutsideTheStreamsWindowsIsDeniedAndRecorded)
{
    BoardOptions o;
    o.guest = "denied.elf";
    Board b(o);
    b.held();
    EXPECT_EQ("poweroff", b.go().reason);
    EXPECT_EQ("H", b.console());
    auto reads = records_of(b.trace(), TRACE_DMA_READ);
    ASSERT_EQ(1u, reads.size());
    EXPECT_EQ(0x48000000u, reads[0].addr);
    EXPECT_EQ(32u, reads[0].aux);
    EXPECT_EQ(uint32_t(SEAM_DENIED), reads[0].result);
    EXPECT_EQ(0u, reads[0].value);
}

TEST(Control, AStateIsToldAndReadingItChangesNothing)
{
    BoardOptions o;
    o.guest = "virtual.elf";
    Board b(o);
    b.held();
    b.ok("probe 1 vector guest-vector *");
    b.ok("watch w probe vector 2");
    ASSERT_EQ("watch w", b.go().reason);
    std::string state = b.ask("state 0");
    EXPECT_EQ(state, b.ask("state 0"));
    EXPECT_EQ(0u, state.find("ok pc=0x")) << state;
    EXPECT_NE(std::string::npos, state.find(" ICH_LR1_EL2=0x5080000000000021 ")) << state;     // pending, INTID 33
    EXPECT_NE(std::string::npos, state.find(" ICH_HCR_EL2=0x1 ")) << state;
    for (const char *name : { "ICH_AP1R0_EL2", "ICH_MISR_EL2", "CNTV_CTL", "CNTV_CVAL", "CNTHCTL_EL2", "GICR_ISPENDR0" })
        EXPECT_NE(std::string::npos, state.find(" " + std::string(name) + "=0x")) << state;
    for (const char *wrong : { "state", "state 1", "state x", "state 0 0", "state 99999999999" })
        EXPECT_EQ(0u, b.ask(wrong).find("error ")) << wrong;
}

TEST(Control, AGdbThatCannotListenIsAnError)
{
    BoardOptions o;
    o.guest = "spin.elf";
    Board b(o);
    b.held();
    EXPECT_EQ(0u, b.ask("gdb").find("error "));
    EXPECT_EQ(0u, b.ask("gdb /nowhere/at/all").find("error "));
    b.ok("watch w time 1000000");
    EXPECT_EQ("watch w", b.go().reason);
}

}  // namespace
