/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as signals: VCD and FST say the same, and what the trace says
 */
#include <gtkwave/fstapi.h>
#include <map>
#include <sstream>

#include "view_testing.h"

namespace {

/* Reads the VCD as a viewer would: values and events by name. */
struct Vcd {
    std::map<std::string, std::string> names, types;        /* by code */
    std::map<std::string, std::vector<std::pair<uint64_t, std::string>>> changes;
    explicit Vcd(const std::string &text)
    {
        std::istringstream in(text);
        std::string word, scope, type, bits, code, name;
        std::vector<std::string> scopes;
        uint64_t now = 0;
        while (in >> word) {
            if (word == "$scope") {
                in >> word >> name >> word;
                scopes.push_back(name);
            } else if (word == "$upscope") {
                scopes.pop_back();
            } else if (word == "$var") {
                in >> type >> bits >> code >> name >> word;
                EXPECT_EQ(word, "$end");
                EXPECT_EQ(names.count(code), 0u) << code << " is given twice";
                names[code] = scopes.back() + "." + name;
                types[code] = type;
            } else if (word[0] == '#') {
                uint64_t next = std::stoull(word.substr(1));
                EXPECT_GE(next, now);
                now = next;
            } else if (word[0] == 'b') {
                in >> code;
                EXPECT_EQ(types[code], "reg") << code;
                size_t one = std::min(word.find_first_not_of('0', 1), word.size() - 1);     /* leading zeros say nothing */
                changes[names[code]].push_back({ now, word.substr(one) });
            } else if (strchr("01x", word[0])) {
                EXPECT_TRUE(names.count(word.substr(1))) << word;
                changes[names[word.substr(1)]].push_back({ now, word.substr(0, 1) });
            } else if (word == "$timescale") {
                in >> bits;
                if (bits == "1")
                    in >> word, bits += word;
                EXPECT_EQ(bits, "1ps");
            }
        }
        EXPECT_TRUE(scopes.empty());
    }
};

TEST(Waves, VcdHasLinesStrobesAndProbes)
{
    Seen s;
    Vcd vcd(s.vcd());
    EXPECT_EQ(s.rc, 0) << s.err;
    using Changes = std::vector<std::pair<uint64_t, std::string>>;
    EXPECT_EQ(vcd.changes["dmaq0.irq211"], (Changes{ { 0, "0" }, { 400000, "1" }, { 440000, "0" } }));
    EXPECT_EQ(vcd.changes["dmaq0.write"], (Changes{ { 100000, "1" }, { 440000, "1" } }));
    EXPECT_EQ(vcd.changes["dmaq0.dma_read"], (Changes{ { 200000, "1" } }));
    EXPECT_EQ(vcd.changes["core0.lr"], (Changes{ { 410000, "1" } }));
    EXPECT_EQ(vcd.changes["core0.dmaq_irq"], (Changes{ { 420000, "1" } }));
    EXPECT_EQ(vcd.changes["dmaq0.addr"][1], std::make_pair(UINT64_C(100000), std::string("1000")));
    EXPECT_EQ(vcd.changes["dmaq0.value"].back().second, std::string(64, '1'));
    EXPECT_EQ(vcd.changes["uart0.console"].size(), 3u);
}

TEST(Waves, VcdOfALaterWindowDoesNotGuessLevels)
{
    Seen s;
    s.f.from_ps = 430000;
    Vcd vcd(s.vcd());
    EXPECT_EQ(vcd.changes["dmaq0.irq211"][0], std::make_pair(UINT64_C(430000), std::string("x")));
    EXPECT_EQ(vcd.changes["dmaq0.irq211"][1], std::make_pair(UINT64_C(440000), std::string("0")));
}

TEST(Waves, VcdWithManyLinesHasCodesOfItsOwnForEach)
{
    Seen s([](auto *w) {
        Made r = { w };
        for (uint32_t i = 0; i < 150; i++)
            r.put(i, -1, TRACE_IRQ, i, 32 + i, 1);
    });
    Vcd vcd(s.vcd());
    EXPECT_EQ(vcd.names.size(), 150u * 10);
    s.f.kinds = 1u << TRACE_IRQ;
    EXPECT_EQ(vcd.changes["device#149.irq181"].size(), 2u);
}

/* What GTKWave's own reader finds in the file, as it writes VCD. */
std::string read_fst(const std::string &path)
{
    TempFile text;
    FILE *out = fopen(text.path.c_str(), "w");
    void *reader = fstReaderOpen(path.c_str());
    EXPECT_NE(reader, nullptr);
    if (reader) {
        EXPECT_TRUE(fstReaderProcessHier(reader, out));
        fstReaderSetFacProcessMaskAll(reader);
        EXPECT_TRUE(fstReaderIterBlocks(reader, nullptr, nullptr, out));
        fstReaderClose(reader);
    }
    fclose(out);
    return text.bytes();
}

/* An event is a 1, and nothing between. */
std::vector<std::pair<uint64_t, std::string>> known(const std::vector<std::pair<uint64_t, std::string>> &all)
{
    std::vector<std::pair<uint64_t, std::string>> some;
    for (const auto &c : all)
        if (c.second.find('x') == std::string::npos)
            some.push_back(c);
    return some;
}

TEST(Waves, FstSaysWhatVcdSays)
{
    for (auto run : { small_run, run_with_vms }) {
        Seen s(run);
        TempFile out;
        ASSERT_EQ(view_fst(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), 0) << s.err;
        Vcd vcd(s.vcd()), fst(read_fst(out.path));
        EXPECT_GE(vcd.names.size(), 20u);
        EXPECT_EQ(vcd.names.size(), fst.names.size());
        for (const auto &[name, changes] : vcd.changes)
            EXPECT_EQ(known(changes), known(fst.changes[name])) << name;
        EXPECT_EQ(known(fst.changes["dmaq0.irq211"]).size(), 3u);
    }
}

TEST(Waves, DevicesAreInTheScopeOfTheirOwner)
{
    Seen s(run_with_vms);
    std::string text = s.vcd();
    EXPECT_HAS(text, "$scope module board $end\n$scope module linux $end\n$scope module dmaq0 $end\n");
    EXPECT_HAS(text, "$upscope $end\n$upscope $end\n$scope module hypervisor $end\n$scope module uart0 $end\n");
    EXPECT_HAS(text, "$upscope $end\n$upscope $end\n$scope module device#7 $end\n");
}

TEST(Waves, EqualTracesAreEqualFstFiles)
{
    Seen s;
    TempFile one, two;
    ASSERT_EQ(view_fst(s.v, &s.f, one.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    ASSERT_EQ(view_fst(s.v, &s.f, two.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    EXPECT_TRUE(one.bytes() == two.bytes());
    EXPECT_GT(one.bytes().size(), 200u);
}

TEST(Waves, WhatCannotBeWrittenIsTold)
{
    Seen s;
    EXPECT_EQ(view_fst(s.v, &s.f, "/nonexistent/x.fst", s.err, sizeof s.err), -1);
    EXPECT_STREQ(s.err, "/nonexistent/x.fst: cannot be written: No such file or directory");
    EXPECT_EQ(view_fst(s.v, &s.f, testing::TempDir().c_str(), s.err, sizeof s.err), -1);
    EXPECT_EQ(s.err, testing::TempDir() + ": is no ordinary file, as this format needs: choose another name");
    Seen back([](auto *w) { Made r = { w }; r.put(2, 0, TRACE_WRITE, 0, 0, 0); r.put(1, 0, TRACE_WRITE, 0, 0, 0); });
    TempFile out;
    EXPECT_EQ(view_fst(back.v, &back.f, out.path.c_str(), back.err, sizeof back.err), -1);
    EXPECT_NE(std::string(back.err).find("time goes back"), std::string::npos) << back.err;
    back.vcd();
    EXPECT_EQ(back.rc, -1);
}

}
