/* SPDX-License-Identifier: GPL-2.0-or-later
 * A recording's files: whole and in order, or refused
 */
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "scenarios/engine/recording.h"
#include "scenarios/engine/sealed.h"

namespace {

struct Actions : testing::Test {
    char dir[32] = "/tmp/ingot-test-XXXXXX";
    std::string path;
    struct actions written = {}, read = {};
    char err[512] = "";

    void SetUp() override
    {
        ASSERT_TRUE(mkdtemp(dir));
        path = std::string(dir) + "/actions";
        strcpy(written.from, "booted");
        actions_add(&written, ACTION_DO, 0, "watch 1 console uart0 a%20b\n");
        actions_add(&written, ACTION_REFUSED, 0, "send uart0 100%");
        actions_add(&written, ACTION_DO, 0, "go");
        actions_add(&written, ACTION_HELD, 812345678901234567, "watch 1");
        actions_add(&written, ACTION_DO, 812345678901234567, "go");
    }
    void TearDown() override
    {
        actions_free(&written);
        actions_free(&read);
        unlink(path.c_str());
        rmdir(dir);
    }
    int write() { return actions_write(&written, path.c_str(), err, sizeof err); }
    int load() { return actions_read(&read, path.c_str(), err, sizeof err); }
    /* A file that is sealed well, whatever it says. */
    int load_text(const std::string &text)
    {
        EXPECT_EQ(sealed_write(path.c_str(), text.data(), text.size(), err, sizeof err), 0) << err;
        return load();
    }
    std::string bytes() const
    {
        std::stringstream all;
        all << std::ifstream(path).rdbuf();
        return all.str();
    }
    void put(const std::string &bytes) const { std::ofstream(path) << bytes; }
};

TEST_F(Actions, ComeBackAsTheyWere)
{
    ASSERT_EQ(write(), 0) << err;
    ASSERT_EQ(load(), 0) << err;
    EXPECT_STREQ(read.from, "booted");
    ASSERT_EQ(read.count, written.count);
    for (size_t i = 0; i < read.count; i++) {
        EXPECT_EQ(read.list[i].kind, written.list[i].kind);
        EXPECT_EQ(read.list[i].time_ps, written.list[i].time_ps);
        EXPECT_STREQ(read.list[i].text, written.list[i].text);
    }
    EXPECT_EQ(actions_hold_of(&read, 2), 3u);
    EXPECT_EQ(actions_hold_of(&read, 4), read.count) << "it was cut off there";
}

TEST_F(Actions, AnyChangedByteIsRefused)
{
    ASSERT_EQ(write(), 0) << err;
    const std::string whole = bytes();
    for (size_t i = 0; i < whole.size(); i++) {
        std::string bad = whole;
        bad[i] ^= 4;
        put(bad);
        ASSERT_EQ(load(), -1) << "byte " << i;
        EXPECT_NE(strstr(err, "record it again"), nullptr) << err;
    }
}

TEST_F(Actions, AnyTruncationIsRefused)
{
    ASSERT_EQ(write(), 0) << err;
    const std::string whole = bytes();
    for (size_t n = 0; n < whole.size(); n++) {
        put(whole.substr(0, n));
        ASSERT_EQ(load(), -1) << n << " bytes";
    }
}

TEST_F(Actions, AnotherVersionIsRefused)
{
    EXPECT_EQ(load_text("ingot-actions 2\ndo 0 go\n"), -1);
    EXPECT_NE(strstr(err, "another version"), nullptr) << err;
    EXPECT_EQ(load_text("ingot-actions 1\nsleep 0 go\n"), -1);
}

TEST_F(Actions, TimeDoesNotGoBackAndStandsStillWhileHeld)
{
    const std::string head = "ingot-actions 1\n";
    EXPECT_EQ(load_text(head + "do 5 go\nheld 7 asked\ndo 7 go\n"), 0) << err;
    EXPECT_EQ(load_text(head + "do 5 go\nheld 4 asked\n"), -1) << "back";
    EXPECT_EQ(load_text(head + "do 5 go\nheld 7 asked\ndo 8 go\n"), -1) << "on, while held";
    EXPECT_EQ(load_text(head + "held 5 asked\n"), -1) << "a hold without a go";
    EXPECT_EQ(load_text(head + "do 5 go\ndo 5 go\n"), -1) << "a go without a hold";
    EXPECT_EQ(load_text(head + "do 5 %\n"), -1) << "a bad escape";
    EXPECT_EQ(load_text(head + "do x go\n"), -1) << "no time";
}

TEST_F(Actions, AMissingFileIsNamed)
{
    EXPECT_EQ(load(), -1);
    EXPECT_NE(strstr(err, path.c_str()), nullptr) << err;
}

TEST_F(Actions, TheBoardsComeBackInTheirOrder)
{
    struct recording r = {}, back = {};
    r.module = { 1234567, 0xdeadbeef };
    r.count = 2;
    strcpy(r.boards[0], "z");
    strcpy(r.boards[1], "a");
    ASSERT_EQ(recording_write(&r, path.c_str(), err, sizeof err), 0) << err;
    ASSERT_EQ(recording_read(&back, path.c_str(), err, sizeof err), 0) << err;
    EXPECT_EQ(memcmp(&r, &back, sizeof r), 0);
}

}  // namespace
