/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace in other formats: each is well-formed, and says what the trace says
 */
#include <map>
#include <random>
#include <sstream>

#include "view_testing.h"

namespace {

/* A JSON text is well-formed: a reader of the grammar (RFC 8259), which keeps nothing. */
struct Json {
    const std::string &s;
    size_t at = 0;
    void blank() { while (at < s.size() && strchr(" \t\r\n", s[at])) at++; }
    bool is(char c) { blank(); return at < s.size() && s[at] == c && ++at; }
    bool string()
    {
        if (!is('"'))
            return false;
        for (; at < s.size() && s[at] != '"'; at++)
            if ((unsigned char)s[at] < ' ' || (unsigned char)s[at] > '~' || (s[at] == '\\' && !strchr("\"\\/bfnrtu", s[++at])))
                return false;
        return is('"');
    }
    bool number()
    {
        size_t from = at;
        while (at < s.size() && strchr("-+.eE0123456789", s[at]))
            at++;
        return at > from;
    }
    bool list(char end, bool keys)
    {
        if (is(end))
            return true;
        do
            if ((keys && (!string() || !is(':'))) || !value())
                return false;
        while (is(','));
        return is(end);
    }
    bool value()
    {
        blank();
        if (at == s.size())
            return false;
        if (s[at] == '"')
            return string();
        return is('{') ? list('}', true) : is('[') ? list(']', false) : number();
    }
    bool whole() { bool good = value(); blank(); return good && at == s.size(); }
};

TEST(Convert, JsonLinesAreObjectsOneARecord)
{
    Seen s;
    s.f.kinds = ~0u;
    std::istringstream text(s.json());
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line); lines.push_back(line))
        EXPECT_TRUE(Json{ line }.whole()) << line;
    EXPECT_EQ(s.rc, 0) << s.err;
    ASSERT_EQ(lines.size(), 21u);
    EXPECT_EQ(lines[2], R"({"n":2,"time_ps":0,"kind":"name","what":1,"id":1,"at":0,"text":"dmaq0"})");
    EXPECT_EQ(lines[6], R"({"n":6,"time_ps":100000,"core":0,"insn":100,"kind":"write","device":"dmaq0","size":4,"offset":8,"value":"0x3",)"
                        R"("register":"CTRL","fields":{"ENABLE":"0x1","RESET":"0x1"}})");
    EXPECT_EQ(lines[7], R"({"n":7,"time_ps":100000,"kind":"step","command":"send uart0 \"x\""})");
    EXPECT_EQ(lines[10], R"({"n":10,"time_ps":300000,"kind":"dma-write","device":"dmaq0","addr":"0x40002000","length":7,"crc":"00000def",)"
                         R"("data":"7061796c6f6164"})");
    EXPECT_EQ(lines[11], R"({"n":11,"time_ps":400000,"kind":"irq","device":"dmaq0","intid":211,"level":1})");
    EXPECT_EQ(lines[20], R"({"n":20,"time_ps":800000,"kind":"note","device":"dmaq0","code":3,"value":"0xffffffffffffffff"})");
}

TEST(Convert, JsonLinesNameVmAndVcpu)
{
    Seen s(run_with_vms);
    std::string text = s.json();
    EXPECT_HAS(text, R"("kind":"write","device":"dmaq0","vm":"linux","vcpu":0,"size":4)");
    EXPECT_HAS(text, R"("kind":"irq","device":"dmaq0","vm":"linux","intid":211)");
    EXPECT_HAS(text, R"("kind":"read","device":"uart0","vm":"hypervisor","size":4)");
    EXPECT_HAS(text, R"({"n":31,"time_ps":910000,"core":1,"insn":910,"kind":"probe","vm":"tiny","vcpu":0,"probe":"dmaq irq","el":2,)"
                     R"("pc":"0x2000","value":"0x0","aux":0})");
}

TEST(Convert, NamesOfAnyBytesStayWellFormed)
{
    Seen s([](auto *w) {
        Made r = { w };
        trace_name(w, 0, TRACE_NAME_DEVICE, 0, "a\"\\\n\xff b");
        trace_name(w, 0, TRACE_NAME_PROBE, 0, "\x01\x02 lr");
        r.put(1, 0, TRACE_WRITE, 0, 8, 3);
        r.put(2, 0, TRACE_IRQ, 0, 40, 1);
        r.put(3, 0, TRACE_PROBE, 0, 8, UINT64_MAX);
        r.put(4, -1, TRACE_CONSOLE, 0, 0, 0x80);
        r.put(4, -1, TRACE_CONSOLE, 0, 0, '\n');
        r.put(5, -1, TRACE_STEP, 0, 0, 0, "\"\x1b\\");
    });
    s.f.kinds = ~0u;
    std::string perfetto = s.perfetto(), line;
    EXPECT_TRUE(Json{ perfetto }.whole()) << perfetto;
    std::istringstream text(s.json());
    while (std::getline(text, line))
        EXPECT_TRUE(Json{ line }.whole()) << line;
    EXPECT_HAS(s.vcd(), "$scope module a\"\\___b $end\n");
}

TEST(Convert, PerfettoHasATrackForEachCoreDeviceAndInterrupt)
{
    Seen s;
    std::string text = s.perfetto();
    EXPECT_EQ(s.rc, 0) << s.err;
    EXPECT_TRUE(Json{ text }.whole()) << text;
    for (const char *track : { "\"core 0\"", "\"core 1\"", "\"dmaq0\"", "\"uart0\"", "\"dmaq0, INTID 211\"" })
        EXPECT_HAS(text, std::string("\"name\":\"thread_name\",\"args\":{\"name\":") + track);
    EXPECT_EQ(count(text, "\"ph\":\"B\""), 1u);
    EXPECT_EQ(count(text, "\"ph\":\"E\""), 1u);
    EXPECT_HAS(text, R"({"ph":"X","pid":2,"tid":1001,"ts":0.500000,"dur":0.200000,"name":"ok"})");
    EXPECT_HAS(text, R"("name":"dmaq0 write CTRL","args":{"value":"0x3","fields":"ENABLE=1 RESET=1")");
}

/* Perfetto drops a slice that begins in another of its track and ends behind it. Its times are whole ns. */
TEST(Convert, PerfettoSlicesOfATrackNest)
{
    Seen s([](auto *w) {
        small_run(w);
        Made r = { w };
        for (uint64_t i = 0; i < 100; i++) {
            r.put(1000 + i, 1, TRACE_WRITE, UART, 0, 'a');
            r.put(1000 + i, 1, TRACE_CONSOLE, UART, 0, i % 7 ? 'a' : '\n');
            r.put(1000 + i, -1, TRACE_DMA_WRITE, DMAQ, 0, 0, "x");
            r.put(1000 + i, -1, TRACE_IRQ, DMAQ, 211, i % 2);
        }
    });
    std::istringstream text(s.perfetto());
    std::map<std::string, std::vector<std::pair<uint64_t, uint64_t>>> tracks;
    for (std::string line; std::getline(text, line);) {
        unsigned long long us, frac, dur_us, dur_frac;
        size_t track = line.find("\"pid\""), ts = line.find("\"ts\":"), dur = line.find("\"dur\":");
        if (line.rfind("{\"ph\":\"X\"", 0) != 0)
            continue;
        ASSERT_EQ(sscanf(&line[ts], "\"ts\":%llu.%6llu", &us, &frac), 2) << line;
        dur_frac = 0;
        ASSERT_GE(sscanf(&line[dur], "\"dur\":%llu.%3llu", &dur_us, &dur_frac), 1) << line;
        uint64_t from = us * 1000 + frac / 1000;
        tracks[line.substr(track, ts - track)].push_back({ from, from + dur_us * 1000 + dur_frac });
    }
    EXPECT_GE(tracks.size(), 5u);
    for (auto &[track, slices] : tracks)
        for (size_t i = 1; i < slices.size(); i++)
            EXPECT_TRUE(slices[i].first >= slices[i - 1].second || slices[i] == slices[i - 1] || slices[i].second <= slices[i - 1].second)
                << track << " " << slices[i].first;
}

TEST(Convert, PerfettoArrowsLeadFromTheRaiseToTheHandler)
{
    Seen s;
    std::string first_access = s.perfetto(), probe = s.perfetto({ { DMAQ, "dmaq irq" } });
    for (const std::string &text : { first_access, probe }) {
        EXPECT_HAS(text, R"({"ph":"s","pid":3,"tid":1,"ts":0.400000,"id":1,)");
        EXPECT_HAS(text, R"({"ph":"t","pid":1,"tid":1,"ts":0.410000,"id":1,)");
        EXPECT_EQ(count(text, "\"ph\":\"f\""), 1u);
    }
    EXPECT_HAS(first_access, R"({"ph":"f","pid":1,"tid":1,"ts":0.430000,"id":1,)");
    EXPECT_HAS(probe, R"({"ph":"f","pid":1,"tid":1,"ts":0.420000,"id":1,)");
}

/* Whatever is in the records of a trace: what is written stays well-formed. */
TEST(Convert, RandomRecordsDoNoHarm)
{
    std::mt19937_64 random(7);
    TempFile out;
    for (int i = 0; i < 300; i++) {
        Seen s([&](auto *w) {
            for (int n = 0; n < 60; n++) {
                struct trace_record r = {};
                char data[40];
                r.time_ps = random() % 4 ? 1000u * n : random();
                r.kind = random() % 20;
                r.core = random() % 3 ? random() % 4 : random();
                r.id = random() % 4 ? random() % 3 : random();
                r.addr = random() % 2 ? random() % 64 : random();
                r.value = random() % 2 ? random() % 256 : random();
                r.size = random();
                r.aux = random() % 40;
                r.result = random() % 5;
                for (char &c : data)
                    c = (char)random();
                trace_put_data(w, &r, random() % 2 ? data : nullptr);
            }
        });
        s.f.kinds = ~0u;
        std::string json = s.json(), perfetto = s.perfetto(), line;
        EXPECT_TRUE(Json{ perfetto }.whole());
        std::istringstream lines(json);
        while (std::getline(lines, line))
            EXPECT_TRUE(Json{ line }.whole()) << line;
        s.vcd();
        view_fst(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err);
        s.show(40);
        s.stat();
        EXPECT_EQ(view_sqlite(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    }
}

TEST(Convert, AFullDiskIsTold)
{
    Seen s;
    for (auto convert : { view_json, view_vcd }) {
        FILE *full = fopen("/dev/full", "w");
        EXPECT_EQ(convert(s.v, &s.f, full, s.err, sizeof s.err), -1);
        EXPECT_NE(std::string(s.err).find("No space left"), std::string::npos) << s.err;
        fclose(full);
    }
}

}
