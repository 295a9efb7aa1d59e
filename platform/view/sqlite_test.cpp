/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace in SQLite: all records are in it, and the manual's queries work
 */
#include <algorithm>
#include <sqlite3.h>

#include "view_testing.h"

namespace {

struct Base {
    sqlite3 *db = nullptr;
    explicit Base(const std::string &path) { EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK); }
    ~Base() { sqlite3_close(db); }
    /* Rows, columns with | between, NULL as nothing. */
    std::vector<std::string> ask(const std::string &query)
    {
        std::vector<std::string> rows;
        sqlite3_stmt *s = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(db, query.c_str(), -1, &s, nullptr), SQLITE_OK) << query << "\n" << sqlite3_errmsg(db);
        while (s && sqlite3_step(s) == SQLITE_ROW) {
            std::string row;
            for (int i = 0; i < sqlite3_column_count(s); i++) {
                const char *text = (const char *)sqlite3_column_text(s, i);
                row += (i ? "|" : "") + std::string(text ? text : "");
            }
            rows.push_back(row);
        }
        sqlite3_finalize(s);
        return rows;
    }
};

TEST(Sqlite, AllRecordsAreThere)
{
    Seen s;
    TempFile out;
    ASSERT_EQ(view_sqlite(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    Base b(out.path);
    using Rows = std::vector<std::string>;
    EXPECT_EQ(b.ask("SELECT count(*) FROM record"), Rows{ "15" });
    EXPECT_EQ(b.ask("SELECT * FROM crossing WHERE n = 6"), Rows{ "6|0.0001|0|||write|dmaq0|CTRL||0x8|0x3|0|0" });
    EXPECT_EQ(b.ask("SELECT value, core FROM crossing WHERE n = 20"), Rows{ "0xffffffffffffffff|" });
    EXPECT_EQ(b.ask("SELECT data FROM record WHERE n IN (7, 9, 10) ORDER BY n"), (Rows{ "send uart0 \"x\"", "desc", "payload" }));
    EXPECT_EQ(b.ask("SELECT name, type FROM device ORDER BY id"), (Rows{ "uart0|uart16550", "dmaq0|dmaq" }));
    EXPECT_EQ(b.ask("SELECT name FROM probe ORDER BY id"), (Rows{ "lr", "dmaq irq" }));
    EXPECT_EQ(b.ask("SELECT shift, width FROM field WHERE type = 'dmaq' AND register = 'CTRL'"), (Rows{ "0|1", "1|1" }));
    EXPECT_EQ(b.ask("PRAGMA integrity_check"), Rows{ "ok" });
}

TEST(Sqlite, QueriesOfTheManualWork)
{
    Seen s(run_with_vms);
    TempFile out;
    ASSERT_EQ(view_sqlite(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    Base b(out.path);
    std::ifstream in(INGOT_SOURCE "/docs/trace-sqlite.md");
    std::string line, query;
    std::vector<std::vector<std::string>> answers;
    bool inside = false;
    while (std::getline(in, line)) {
        if (line == "```" && inside) {
            answers.push_back(b.ask(query));
            EXPECT_FALSE(answers.back().empty()) << query;
            query.clear();
        }
        inside = line == "```sql" || (inside && line != "```");
        if (inside && line != "```sql")
            query += line + "\n";
    }
    ASSERT_EQ(answers.size(), 9u);
    EXPECT_EQ(answers[0].size(), 8u);
    EXPECT_EQ(answers[2][0], "hypervisor|console|3|0.0005|0.0007");
    EXPECT_EQ(answers[2].size(), 10u);
    EXPECT_EQ(answers[3], (std::vector<std::string>{ "430000|1", "440000|1" }));
    EXPECT_EQ(answers[4], std::vector<std::string>{ "1|211|400000|40.0" });
    EXPECT_EQ(answers[5], std::vector<std::string>{ "400000|30.0" });
    EXPECT_EQ(answers[6], (std::vector<std::string>{ "dmaq0|dma-read|4|0", "dmaq0|dma-write|7|1" }));
    EXPECT_EQ(answers[7], std::vector<std::string>{ "ok\n" });
    std::sort(answers[8].begin(), answers[8].end());
    EXPECT_EQ(answers[8], (std::vector<std::string>{ "not known|CTRL|write|1", "not known|IRQ_STATUS|read|1", "not known|IRQ_STATUS|write|1" }));
}

TEST(Sqlite, HasVmsAndOwners)
{
    Seen s(run_with_vms);
    TempFile out;
    ASSERT_EQ(view_sqlite(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    Base b(out.path);
    using Rows = std::vector<std::string>;
    EXPECT_EQ(b.ask("SELECT * FROM vm"), (Rows{ "1|linux", "2|rt", "3|tiny" }));
    EXPECT_EQ(b.ask("SELECT name, owner FROM device ORDER BY id"), (Rows{ "uart0|hypervisor", "dmaq0|linux", "device#7|" }));
    EXPECT_EQ(b.ask("SELECT vm, vcpu FROM record WHERE n IN (15, 20, 30, 31) ORDER BY n"), (Rows{ "linux|0", "linux|", "|", "tiny|0" }));
}

TEST(Sqlite, ReplacesAnOlderFileAndNamesOneThatItCannot)
{
    Seen s;
    TempFile out;
    out.write("this is no database, and longer than nothing at all\n");
    EXPECT_EQ(view_sqlite(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), 0) << s.err;
    EXPECT_EQ(view_sqlite(s.v, &s.f, "/nonexistent/x.db", s.err, sizeof s.err), -1);
    EXPECT_EQ(std::string(s.err).rfind("/nonexistent/x.db: ", 0), 0u) << s.err;
    EXPECT_EQ(view_sqlite(s.v, &s.f, testing::TempDir().c_str(), s.err, sizeof s.err), -1);
    EXPECT_EQ(s.err, testing::TempDir() + ": is no ordinary file, as this format needs: choose another name");
}

TEST(Sqlite, DamageIsToldAndWhatWasReadIsKept)
{
    Seen s([](auto *w) { small_run(w); trace_flush(w); small_run(w); });
    damage(s.file);
    TempFile out;
    EXPECT_EQ(view_sqlite(s.v, &s.f, out.path.c_str(), s.err, sizeof s.err), -1);
    EXPECT_NE(std::string(s.err).find("chunk 1 at byte "), std::string::npos) << s.err;
    EXPECT_EQ(Base(out.path).ask("SELECT count(*) FROM record"), std::vector<std::string>{ "15" });
}

}
