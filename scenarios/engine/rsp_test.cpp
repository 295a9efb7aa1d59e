/* SPDX-License-Identifier: GPL-2.0-or-later
 * gdb's packets, however the socket cuts them
 */
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "scenarios/engine/rsp.h"

namespace {

struct Rsp : testing::Test {
    struct rsp here = {};
    int there = -1;
    char *payload = nullptr;
    size_t len = 0;

    void SetUp() override
    {
        int ends[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        here.fd = ends[0];
        there = ends[1];
    }
    void TearDown() override
    {
        rsp_close(&here);
        close(there);
    }
    void say(const std::string &bytes) { ASSERT_EQ(write(there, bytes.data(), bytes.size()), ssize_t(bytes.size())); }
    std::string heard()
    {
        char bytes[256];
        ssize_t n = recv(there, bytes, sizeof bytes, MSG_DONTWAIT);
        return n > 0 ? std::string(bytes, n) : "";
    }
};

TEST_F(Rsp, APacketThatComesByteByByteIsOnePacket)
{
    const std::string all = "+$vCont?#49";
    for (size_t i = 0; i < all.size(); i++) {
        ASSERT_EQ(rsp_next(&here, &payload, &len), RSP_NONE) << i;
        say(all.substr(i, 1));
        ASSERT_TRUE(rsp_receive(&here));
    }
    ASSERT_EQ(rsp_next(&here, &payload, &len), RSP_PACKET);
    EXPECT_STREQ(payload, "vCont?");
    EXPECT_EQ(heard(), "+");
}

TEST_F(Rsp, ManyItemsInOnePieceComeOneByOne)
{
    say("$bs#d5\003$bc#c5");
    ASSERT_TRUE(rsp_receive(&here));
    ASSERT_EQ(rsp_next(&here, &payload, &len), RSP_PACKET);
    EXPECT_STREQ(payload, "bs");
    EXPECT_EQ(rsp_next(&here, &payload, &len), RSP_BREAK);
    ASSERT_EQ(rsp_next(&here, &payload, &len), RSP_PACKET);
    EXPECT_STREQ(payload, "bc");
    EXPECT_EQ(rsp_next(&here, &payload, &len), RSP_NONE);
}

TEST_F(Rsp, ABadChecksumIsAskedForAgain)
{
    say("$bs#d6$bs#d5");
    ASSERT_TRUE(rsp_receive(&here));
    ASSERT_EQ(rsp_next(&here, &payload, &len), RSP_PACKET);
    EXPECT_EQ(heard(), "-+");
    EXPECT_EQ(rsp_next(&here, &payload, &len), RSP_NONE);
}

TEST_F(Rsp, WhatIsSentHasItsChecksum)
{
    ASSERT_TRUE(rsp_send(&here, "vCont?", 6));
    EXPECT_EQ(heard(), "$vCont?#49");
    ASSERT_TRUE(rsp_send(&here, "", 0));
    EXPECT_EQ(heard(), "$#00");
}

TEST_F(Rsp, TheOtherSidesEndEndsAWait)
{
    say("$unfinished");
    shutdown(there, SHUT_WR);
    EXPECT_EQ(rsp_wait(&here, &len), nullptr);
}

}  // namespace
