// SPDX-License-Identifier: GPL-2.0-or-later
// Saved state: what is put comes back, and what does not fit is refused
#include <gtest/gtest.h>

#include <cstring>

#include "platform/seam/state.h"

TEST(State, GivesBackWhatWasPut)
{
    struct state s = {};
    char text[6];
    state_put(&s, "text", "hello", 6);
    state_put_u64(&s, "number", 0x0102030405060708u);
    state_put(&s, "empty", nullptr, 0);
    EXPECT_EQ(6u, state_next(&s, "text"));
    EXPECT_EQ(SIZE_MAX, state_next(&s, "number"));
    state_get(&s, "text", text, 6);
    EXPECT_STREQ("hello", text);
    EXPECT_EQ(0x0102030405060708u, state_get_u64(&s, "number"));
    state_get(&s, "empty", nullptr, 0);
    EXPECT_FALSE(s.bad);
    EXPECT_EQ(s.len, s.pos);
    state_free(&s);
}

TEST(State, IsLittleEndianOnDisk)
{
    struct state s = {};
    state_put_u64(&s, "n", 0x11);
    const uint8_t want[] = {1, 0, 0, 0, 'n', 8, 0, 0, 0, 0, 0, 0, 0, 0x11, 0, 0, 0, 0, 0, 0, 0};
    ASSERT_EQ(sizeof want, s.len);
    EXPECT_EQ(0, memcmp(want, s.data, s.len));
    state_free(&s);
}

TEST(State, RefusesAnotherNameAndStaysBad)
{
    struct state s = {};
    state_put_u64(&s, "a", 1);
    state_get_u64(&s, "b");
    EXPECT_TRUE(s.bad);
    EXPECT_EQ(0u, state_get_u64(&s, "a"));
    EXPECT_TRUE(s.bad);
    state_free(&s);
}

TEST(State, RefusesAnotherLength)
{
    struct state s = {};
    uint32_t v;
    state_put_u64(&s, "a", 1);
    state_get(&s, "a", &v, sizeof v);
    EXPECT_TRUE(s.bad);
    state_free(&s);
}

TEST(State, RefusesATruncatedSection)
{
    for (size_t cut = 1; cut < 21; cut++) {
        struct state s = {};
        state_put_u64(&s, "a", 1);
        s.len -= cut;
        state_get_u64(&s, "a");
        EXPECT_TRUE(s.bad) << cut;
        state_free(&s);
    }
}

TEST(State, RefusesALengthBeyondTheEnd)
{
    struct state s = {};
    state_put_u64(&s, "a", 1);
    for (unsigned i = 5; i < 13; i++) {
        s.data[i] = 0xff;       // the section's length field
    }
    EXPECT_EQ(SIZE_MAX, state_next(&s, "a"));
    state_get_u64(&s, "a");
    EXPECT_TRUE(s.bad);
    state_free(&s);
}

TEST(State, OfNoDataIsRefusedNotRead)
{
    struct state s = {};
    EXPECT_EQ(SIZE_MAX, state_next(&s, "a"));
    EXPECT_EQ(0u, state_get_u64(&s, "a"));
    EXPECT_TRUE(s.bad);
}
