/* SPDX-License-Identifier: GPL-2.0-or-later
 * A checkpoint's manifest: whole, or refused
 */
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "scenarios/engine/manifest.h"

namespace {

struct Manifest : testing::Test {
    char dir[32] = "/tmp/ingot-test-XXXXXX";
    std::string path;
    struct manifest written = {}, read = {};
    char err[256] = "";

    void SetUp() override
    {
        ASSERT_TRUE(mkdtemp(dir));
        path = std::string(dir) + "/manifest";
        strcpy(written.scenario, "first light");
        strcpy(written.board, "model");
        strcpy(written.domain, "ingot-model-1");
        strcpy(written.system, "first-light");
        strcpy(written.qemu, "QEMU emulator version 7.2.22");
        strcpy(written.configuration, std::string(64, 'c').c_str());
        written.time_ps = 812345678901234567;
        written.device_count = 1;
        strcpy(written.devices[0].name, "dmaq0");
        strcpy(written.devices[0].type, "dmaq");
        strcpy(written.devices[0].impl, "rtl");
        written.probe_count = 2;
        strcpy(written.probes[0], "rt.lr lr 1");
        strcpy(written.probes[1], "irq pc * 2 0x40000000");
        written.image = { 5000000000, 0xffffffff };
        written.state = { 7, 1 };
        ASSERT_EQ(manifest_write(&written, path.c_str(), err, sizeof err), 0) << err;
    }
    void TearDown() override
    {
        unlink(path.c_str());
        rmdir(dir);
    }
    std::string text()
    {
        std::ifstream f(path);
        std::stringstream s;
        s << f.rdbuf();
        return s.str();
    }
    int read_text(const std::string &text)
    {
        std::ofstream(path, std::ios::trunc) << text;
        return manifest_read(&read, path.c_str(), err, sizeof err);
    }
};

TEST_F(Manifest, WhatIsWrittenIsRead)
{
    ASSERT_EQ(manifest_read(&read, path.c_str(), err, sizeof err), 0) << err;
    EXPECT_EQ(memcmp(&read, &written, sizeof read), 0);
}

TEST_F(Manifest, EveryDamagedByteIsSeen)
{
    const std::string whole = text();
    for (size_t i = 0; i < whole.size(); i++) {
        std::string damaged = whole;
        damaged[i] ^= 1;
        EXPECT_EQ(read_text(damaged), -1) << "byte " << i;
    }
    EXPECT_EQ(read_text(whole), 0) << err;
}

TEST_F(Manifest, EveryTruncationIsSeen)
{
    const std::string whole = text();
    for (size_t n = 0; n < whole.size(); n++)
        EXPECT_EQ(read_text(whole.substr(0, n)), -1) << n << " bytes";
    EXPECT_EQ(read_text(whole + "x"), -1);
    EXPECT_EQ(read_text(whole + std::string(1, '\0')), -1);
}

TEST_F(Manifest, AnotherVersionIsRefusedAsSuch)
{
    std::string body = "ingot-checkpoint 1\ncolour blue\n";
    /* its checksum is right */
    strcpy(written.scenario, "x");
    std::string dummy = path + ".body";
    std::ofstream(dummy) << body;
    struct manifest_file f;
    ASSERT_EQ(manifest_measure(dummy.c_str(), &f, err, sizeof err), 0);
    unlink(dummy.c_str());
    char end[32];
    snprintf(end, sizeof end, "end %08x\n", f.crc32c);
    EXPECT_EQ(read_text(body + end), -1);
    EXPECT_NE(strstr(err, "another version"), nullptr) << err;
}

TEST_F(Manifest, AMissingFileIsNamed)
{
    EXPECT_EQ(manifest_read(&read, "/nowhere/manifest", err, sizeof err), -1);
    EXPECT_STREQ(err, "/nowhere/manifest: No such file or directory");
}

TEST_F(Manifest, AFilesMeasureIsItsSizeAndCrc)
{
    struct manifest_file f;
    std::ofstream(path, std::ios::trunc) << "123456789";
    ASSERT_EQ(manifest_measure(path.c_str(), &f, err, sizeof err), 0);
    EXPECT_EQ(f.size, 9u);
    EXPECT_EQ(f.crc32c, 0xe3069283u);   /* RFC 3720's polynomial; the usual check value */
}

}  // namespace
