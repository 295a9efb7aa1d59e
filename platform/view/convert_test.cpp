/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace in other formats: each is well-formed, and says what the trace says
 */
#include <random>
#include <sstream>

#include "perfetto_testing.h"

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
    std::string line;
    Perfetto perfetto(s.perfetto());
    EXPECT_EQ(s.rc, 0) << s.err;
    EXPECT_GT(perfetto.events.size(), 8u);
    std::istringstream text(s.json());
    while (std::getline(text, line))
        EXPECT_TRUE(Json{ line }.whole()) << line;
    EXPECT_HAS(s.vcd(), "$scope module a\"\\___b $end\n");
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
        std::string json = s.json(), line;
        Perfetto perfetto(s.perfetto());
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
