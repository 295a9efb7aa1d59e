// SPDX-License-Identifier: GPL-2.0-or-later
// The guard at load: what it lets in, and what it says to the rest
#include <gtest/gtest.h>

#include <cstring>

extern "C" {
#include "guard.h"
}

#define BUILT "1:7.2+dfsg-7+deb12u18"

static bool accepts(const char *running)
{
    char err[256] = "";
    return guard_version(running, BUILT, err, sizeof err) == 0;
}

TEST(Guard, AcceptsTheVersionThatItWasBuiltFor) { EXPECT_TRUE(accepts("7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)")); }
TEST(Guard, AcceptsABinaryRebuildOfTheSameSource) { EXPECT_TRUE(accepts("7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)")); }
TEST(Guard, RefusesTheNextSecurityUpdate) { EXPECT_FALSE(accepts("7.2.22 (Debian 1:7.2+dfsg-7+deb12u19)")); }
TEST(Guard, RefusesAVersionOfWhichTheBuiltOneIsAPrefix) { EXPECT_FALSE(accepts("7.2.22 (Debian 1:7.2+dfsg-7+deb12u180)")); }
TEST(Guard, RefusesAnUpstreamBuild) { EXPECT_FALSE(accepts("7.2.22 ()")); }

TEST(Guard, SaysWhatToDoAboutAnotherVersion)
{
    char err[256];
    ASSERT_EQ(-1, guard_version("8.2.2 (Debian 1:8.2.2+ds-1)", BUILT, err, sizeof err));
    EXPECT_STREQ("ingot-qemu: built for QEMU 1:7.2+dfsg-7+deb12u18, loaded into QEMU 8.2.2 (Debian 1:8.2.2+ds-1): "
                 "run ./ingot again, it rebuilds the module for the installed QEMU", err);
}

TEST(Guard, RefusesAnotherLayout)
{
    char err[256];
    struct guard_size size = { "device", 160 };
    EXPECT_EQ(0, guard_size(&size, 160, err, sizeof err));
    EXPECT_EQ(-1, guard_size(&size, 168, err, sizeof err));
    EXPECT_NE(nullptr, strstr(err, "'device' has 168 bytes, the headers say 160"));
}
