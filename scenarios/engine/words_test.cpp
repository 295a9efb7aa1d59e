/* SPDX-License-Identifier: GPL-2.0-or-later
 * Words of the control protocol, durations, and names that were mistyped
 */
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

extern "C" {
#include "platform/board/system_internal.h"
}
#include "scenarios/engine/words.h"

namespace {

std::string escaped(const std::string &bytes)
{
    char *word = word_escape(bytes.data(), bytes.size());
    std::string s(word);
    free(word);
    return s;
}

bool unescaped(std::string word, std::string *bytes)
{
    long len = word_unescape(word.data());
    if (len < 0)
        return false;
    *bytes = std::string(word.data(), len);
    return true;
}

uint64_t ps(const char *text)
{
    uint64_t v = 0;
    EXPECT_TRUE(word_duration(text, &v)) << text;
    return v;
}

bool refused(const char *text)
{
    uint64_t v;
    return !word_duration(text, &v);
}

TEST(Words, OnlyPrintableBytesGoAsTheyAre)
{
    EXPECT_EQ(escaped("ls -l 100%\n"), "ls%20-l%20100%25%0A");
    EXPECT_EQ(escaped(std::string("\0\x7f\xff!~", 5)), "%00%7F%FF!~");
    EXPECT_EQ(escaped(""), "");
}

TEST(Words, EveryByteComesBack)
{
    std::string all, back;
    for (int c = 0; c < 256; c++)
        all.push_back(char(c));
    ASSERT_TRUE(unescaped(escaped(all), &back));
    EXPECT_EQ(back, all);
}

TEST(Words, LowerCaseDigitsAreReadToo)
{
    std::string back;
    ASSERT_TRUE(unescaped("a%0ab%fF", &back));
    EXPECT_EQ(back, "a\nb\xff");
}

TEST(Words, ATornEscapeIsRefused)
{
    std::string back;
    for (const char *bad : { "%", "a%4", "%g0", "%0g", "x%%41" })
        EXPECT_FALSE(unescaped(bad, &back)) << bad;
}

TEST(Words, DurationsAreExact)
{
    EXPECT_EQ(ps("20s"), 20000000000000u);
    EXPECT_EQ(ps("10ms"), 10000000000u);
    EXPECT_EQ(ps("2.5us"), 2500000u);
    EXPECT_EQ(ps("0.001ns"), 1u);
    EXPECT_EQ(ps("40ps"), 40u);
    EXPECT_EQ(ps("0s"), 0u);
    EXPECT_EQ(ps("1.50ns"), 1500u);
}

TEST(Words, MalformedDurationsAreRefused)
{
    for (const char *bad : { "", "10", "ms", "-1s", "1 s", "1e3s", "1.5ps", "1.0001ns", "1..5s", "1.5.2s", "9999999999999s", "10sec", "inf", "s1" })
        EXPECT_TRUE(refused(bad)) << bad;
}

TEST(Words, TheNearestNameIsSuggested)
{
    EXPECT_STREQ(system_nearest("dmaq", "uart0 dmaq0 pulse0"), "dmaq0");
    EXPECT_STREQ(system_nearest("liunx", "linux rt"), "linux");
    EXPECT_EQ(system_nearest("completely-else", "linux rt"), nullptr);
}

}  // namespace
