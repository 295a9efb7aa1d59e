/* SPDX-License-Identifier: GPL-2.0-or-later
 * The interrupt path: hand-made traces with known stages, and the cases that must not be dropped
 */
#include "latency_testing.h"

TEST(Latency, OnePathHasItsStages)
{
    Analysed x([](Script &s) { s.rise(1000); s.deliver(1000, 900); });
    ASSERT_EQ(x.rc, 0) << x.err;
    ASSERT_EQ(x.r.count, 1u);
    EXPECT_EQ(x.insn(), (Stages{ 0, 0, 70, 30, 30, 10, 10 }));
    EXPECT_EQ(x.ns(), (Stages{ 0, 0, 70, 30, 30, 10, 10 }));
    EXPECT_EQ(x.r.paths[0].total_insn, 150u);
    EXPECT_EQ(x.r.paths[0].total_ps, 150000u);
    EXPECT_EQ(x.r.paths[0].core, 0);
    EXPECT_FALSE(x.r.paths[0].chained);
}

TEST(Latency, WaitForTheCoresTurnIsAStageOfItsOwn)
{
    Analysed x([](Script &s) {
        s.probe(500, 400, HANDLER_B, 0, 1);     /* core 1 has executed 400 + 300 instructions when core 0 takes over */
        s.rise(1000);
        s.deliver(3000, 900, 1);                /* 2,000 ns later it has its turn, none of them its own */
    });
    ASSERT_EQ(x.r.count, 1u) << x.err;
    EXPECT_EQ(x.ns()[LATENCY_TURN], 2000u);
    EXPECT_EQ(x.insn()[LATENCY_TURN], 0u);
    EXPECT_EQ(x.ns()[LATENCY_EL2_VECTOR], 0u);
    EXPECT_EQ(x.r.paths[0].core, 1);
}

TEST(Latency, InterruptsMaskedAtEl2AreTheCoresOwnInstructions)
{
    Analysed x([](Script &s) {
        s.probe(900, 800, HANDLER_B);
        s.rise(1000);                           /* its core runs on for 25 instructions before it takes the interrupt */
        s.deliver(1025, 925);
    });
    ASSERT_EQ(x.r.count, 1u) << x.err;
    EXPECT_EQ(x.ns()[LATENCY_TURN], 0u);
    EXPECT_EQ(x.insn()[LATENCY_EL2_VECTOR], 25u);
    EXPECT_EQ(x.ns()[LATENCY_EL2_VECTOR], 25u);
}

TEST(Latency, StagesAreInTheCoresOwnInstructionsWhileTimeIsShared)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.probe(1000, 900, VECTOR);
        s.lr(1070, 970);
        s.probe(1100, 1000, GUEST);
        s.probe(2130, 1030, HANDLER_A);         /* another core had a turn of 1,000 ns */
        s.ack(2140, 1040);
        s.probe(2150, 1050, EOI);
    });
    ASSERT_EQ(x.r.count, 1u) << x.err;
    EXPECT_EQ(x.insn()[LATENCY_HANDLER], 30u);
    EXPECT_EQ(x.ns()[LATENCY_HANDLER], 1030u);
}

TEST(Latency, RaiseWhileEl2IsAtWorkIsChainedAndBeginsAtTheRaise)
{
    Analysed x([](Script &s) {
        s.probe(960, 860, VECTOR);              /* for something else; its handler finds ours too */
        s.rise(1000);
        s.lr(1040, 940);
        s.probe(1060, 960, GUEST);
        s.probe(1090, 990, HANDLER_A);
        s.ack(1100, 1000);
        s.probe(1110, 1010, EOI);
    });
    ASSERT_EQ(x.r.count, 1u) << x.err;
    EXPECT_EQ(x.r.chained, 1u);
    EXPECT_EQ(x.insn(), (Stages{ 0, 0, 40, 20, 30, 10, 10 }));
    EXPECT_EQ(x.ns(), (Stages{ 0, 0, 40, 20, 30, 10, 10 }));
}

TEST(Latency, RaisesBeforeTheAcknowledgeMergeIntoTheFirst)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.probe(1000, 900, VECTOR);
        s.lr(1070, 970);
        s.fall(1080);                           /* polled by somebody, then up again: one handler serves both */
        s.rise(1090);
        s.rise(1095);                           /* told again while high */
        s.probe(1100, 1000, GUEST);
        s.probe(1130, 1030, HANDLER_A);
        s.ack(1140, 1040);
        s.probe(1150, 1050, EOI);
    });
    EXPECT_EQ(x.r.raises, 3u);
    EXPECT_EQ(x.r.count, 1u);
    EXPECT_EQ(x.r.merged, 2u);
    EXPECT_EQ(x.r.paths[0].raise_ps, 1000000u);
}

TEST(Latency, LineThatFallsBeforeItsDeliveryIsWithdrawn)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.fall(1010);
        s.rise(5000);
        s.deliver(5000, 4900);
        s.rise(9000);
        s.fall(9001);
    });
    EXPECT_EQ(x.r.raises, 3u);
    EXPECT_EQ(x.r.withdrawn, 2u);
    ASSERT_EQ(x.r.count, 1u);
    EXPECT_EQ(x.r.paths[0].raise_ps, 5000000u);
}

TEST(Latency, PathThatTheTraceCutsOffIsIncomplete)
{
    for (int cut = 0; cut < 4; cut++) {
        Analysed x([&](Script &s) {
            s.rise(100);
            s.deliver(100, 90);
            s.rise(1000);
            if (cut > 0) s.probe(1000, 900, VECTOR), s.lr(1070, 970);
            if (cut > 1) s.probe(1100, 1000, GUEST), s.probe(1130, 1030, HANDLER_A);
            if (cut > 2) s.ack(1140, 1040);
        });
        EXPECT_EQ(x.r.raises, 2u) << cut;
        EXPECT_EQ(x.r.count, 1u) << cut;
        EXPECT_EQ(x.r.incomplete, 1u) << cut;
    }
}

TEST(Latency, NextRaiseMayComeBetweenAcknowledgeAndEoi)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.probe(1000, 900, VECTOR);
        s.lr(1070, 970);
        s.probe(1100, 1000, GUEST);
        s.probe(1130, 1030, HANDLER_A);
        s.ack(1140, 1040);
        s.rise(1145);
        s.probe(1150, 1050, EOI);               /* deactivates: the second is taken now */
        s.deliver(1151, 1051);
    });
    ASSERT_EQ(x.r.count, 2u);
    EXPECT_EQ(x.insn(0), (Stages{ 0, 0, 70, 30, 30, 10, 10 }));
    EXPECT_EQ(x.insn(1), (Stages{ 0, 6, 70, 30, 30, 10, 10 }));
}

TEST(Latency, MissingEoiIsLostWhenTheNextPathIsAcknowledged)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.probe(1000, 900, VECTOR);
        s.lr(1070, 970);
        s.probe(1100, 1000, GUEST);
        s.probe(1130, 1030, HANDLER_A);
        s.ack(1140, 1040);
        s.rise(2000);
        s.deliver(2000, 1900);
    });
    EXPECT_EQ(x.r.raises, 2u);
    EXPECT_EQ(x.r.lost, 1u);
    ASSERT_EQ(x.r.count, 1u);
    EXPECT_EQ(x.r.paths[0].raise_ps, 2000000u);
}

TEST(Latency, DeliveryWithNoNewRaiseIsCountedApart)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.probe(1000, 900, VECTOR);
        s.lr(1070, 970);
        s.probe(1100, 1000, GUEST);
        s.probe(1130, 1030, HANDLER_A);
        s.put(1140, 0, 1040, TRACE_WRITE, DEV_A, ACK_A, 1);     /* clears one of two causes: the line stays high */
        s.probe(1150, 1050, EOI);
        s.deliver(1151, 1051);
    });
    EXPECT_EQ(x.r.raises, 1u);
    EXPECT_EQ(x.r.count, 1u);
    EXPECT_EQ(x.r.unraised, 1u);
}

/* Both in one visit to EL2; the guest takes dmaq0 first and pulse0 after its EOI. */
static void two_devices_on_one_core(Script &s)
{
    s.rise(1000, DEV_B);
    s.rise(1000, DEV_A);
    s.probe(1000, 900, VECTOR);
    s.lr(1060, 960, DEV_B);
    s.lr(1080, 980, DEV_A);
    s.probe(1100, 1000, GUEST);
    s.probe(1150, 1050, HANDLER_B);
    s.put(1155, 0, 1055, TRACE_READ, DEV_A, ACK_A, 1);          /* a read is no acknowledge */
    s.put(1156, 1, 700, TRACE_WRITE, DEV_B, ACK_B, 1);          /* nor is another core's write */
    s.ack(1160, 1060, DEV_B);
    s.probe(1180, 1080, EOI);
    s.probe(1200, 1100, GUEST);
    s.probe(1230, 1130, HANDLER_A);
    s.ack(1240, 1140, DEV_A);
    s.probe(1250, 1150, EOI);
}

TEST(Latency, TwoDevicesOnOneCoreKeepTheirOwnPaths)
{
    Analysed a(two_devices_on_one_core), b(two_devices_on_one_core, query_b());
    ASSERT_EQ(a.r.count, 1u) << a.err;
    ASSERT_EQ(b.r.count, 1u) << b.err;
    EXPECT_EQ(b.r.intid, (uint32_t)INTID_B);
    EXPECT_EQ(b.insn(), (Stages{ 0, 0, 60, 40, 50, 10, 20 }));
    EXPECT_EQ(a.insn(), (Stages{ 0, 0, 80, 20, 130, 10, 10 }));
}

TEST(Latency, ListRegisterWithoutHardwareLinkIsKnownByItsVintid)
{
    Analysed x([](Script &s) {
        s.rise(1000);
        s.probe(1000, 900, VECTOR);
        s.probe(1020, 920, LR, UINT64_C(1) << 62 | UINT64_C(1) << 41 | INTID_B);    /* bit 41: EOI maintenance */
        s.probe(1030, 930, LR, UINT64_C(2) << 62 | INTID_A);                        /* active only */
        s.probe(1070, 970, LR, UINT64_C(1) << 62 | UINT64_C(1) << 41 | INTID_A);
        s.probe(1100, 1000, GUEST);
        s.probe(1130, 1030, HANDLER_A);
        s.ack(1140, 1040);
        s.probe(1150, 1050, EOI);
    });
    ASSERT_EQ(x.r.count, 1u) << x.err;
    EXPECT_EQ(x.insn(), (Stages{ 0, 0, 70, 30, 30, 10, 10 }));
}

TEST(Latency, StagesWithoutAProbeAreLeftOut)
{
    struct latency_query q = query_a();
    q.el2_vector = q.lr = q.eoi = nullptr;
    q.ack_offset = LATENCY_NO_ACK;
    Analysed x([](Script &s) { s.rise(1000); s.deliver(1000, 900); }, q);
    ASSERT_EQ(x.r.count, 1u) << x.err;
    EXPECT_EQ(x.insn(), (Stages{ 0, 0, 0, 100, 30, 0, 0 }));
    EXPECT_EQ(x.printed().find("list register"), std::string::npos);
}

TEST(Latency, PercentilesAreByNearestRank)
{
    Analysed x([](Script &s) {
        for (uint64_t i = 1; i <= 200; i++) {
            s.rise(10000 * i);
            s.deliver(10000 * i + i, 10000 * i);    /* i ns of waiting, in no particular instructions */
        }
    });
    ASSERT_EQ(x.r.count, 200u);
    EXPECT_EQ(x.r.total_ps.min, 151000u);
    EXPECT_EQ(x.r.total_ps.median, 250000u);
    EXPECT_EQ(x.r.total_ps.p99, 348000u);
    EXPECT_EQ(x.r.total_ps.max, 350000u);
    EXPECT_EQ(x.r.total_ps.worst, 199u);
}

TEST(Latency, TableFitsAHundredColumnsAndNamesTheWorst)
{
    Analysed x([](Script &s) {
        for (uint64_t i = 1; i <= 3; i++) {
            s.rise(10000000 * i);
            s.deliver(10000000 * i, 9000000 * i);
        }
        s.rise(90000000);
    });
    EXPECT_EQ(x.printed(),
        "Interrupt path of pulse0 (INTID 212): 4 raised, 3 complete\n"
        "                                      instructions of its core                                   ns\n"
        "raise, then to         count       min  median     p99     max       min   median      p99      max\n"
        "---------------------------------------------------------------------------------------------------\n"
        "core's turn                3         0       0       0       0         0        0        0        0\n"
        "EL2 vector                 3         0       0       0       0         0        0        0        0\n"
        "list register written      3        70      70      70      70        70       70       70       70\n"
        "guest vector               3        30      30      30      30        30       30       30       30\n"
        "driver's handler           3        30      30      30      30        30       30       30       30\n"
        "acknowledge                3        10      10      10      10        10       10       10       10\n"
        "EOI                        3        10      10      10      10        10       10       10       10\n"
        "---------------------------------------------------------------------------------------------------\n"
        "total                      3       150     150     150     150       150      150      150      150\n"
        "worst: number 1, raised at 10.000000 ms (record 8), on core 0\n"
        "     1 incomplete: on the way when the trace ended, not in the table\n");
}

TEST(Latency, NamesMayComeFromAnotherTrace)
{
    Written names([](auto *w) { Script s(w); });
    Written whole([](auto *w) {
        Script s(w);
        s.rise(1000);
        s.deliver(1000, 900);
    });
    Written restored([&](auto *w) {         /* no names */
        for (const Item &i : items(whole.trace.get()))
            if (i.r.kind != TRACE_NAME)
                trace_put(w, &i.r);
    });
    char err[300] = "";
    const TracePtr &t = restored.trace;
    struct latency_query q = query_a();
    struct latency_report r;
    EXPECT_EQ(latency_analyse(t.get(), &q, &r, err, sizeof err), -1);
    latency_free(&r);
    q.names = names.trace.get();
    ASSERT_EQ(latency_analyse(t.get(), &q, &r, err, sizeof err), 0) << err;
    EXPECT_EQ(r.count, 1u);
    latency_free(&r);
}

TEST(Latency, RefusesWhatItCannotFollow)
{
    struct latency_query q = query_a();
    q.handler = "no-such-probe";
    EXPECT_EQ(Analysed([](Script &s) { s.rise(1); }, q).rc, -1);
    q = query_a();
    q.device = "pulse9";
    Analysed unknown([](Script &s) { s.rise(1); }, q);
    EXPECT_STREQ(unknown.err, "pulse9: no device of that name in the trace: see the system's XML for its devices");
    Analysed quiet([](Script &s) { s.rise(1); }, query_b());
    EXPECT_STREQ(quiet.err, "dmaq0: it never raised its interrupt in this trace: give one in which it does");
    Analysed back([](Script &s) { s.rise(2); s.fall(1); });
    EXPECT_STREQ(back.err, "record 9: time goes back, from 2000 ps to 1000 ps: the trace is damaged; record it again");
    Analysed core([](Script &s) { s.probe(1, 1, EOI, 0, 9); });
    EXPECT_NE(std::string(core.err).find("core 9"), std::string::npos);
    Analysed none([](Script &) {});
    EXPECT_EQ(none.rc, 0);
    EXPECT_EQ(none.r.count, 0u);
}
