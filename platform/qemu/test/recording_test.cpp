/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a board leaves behind: the DMA's bytes, equal files, and a trace that reads after kill -9
 */
#include "board.h"

#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

namespace {

std::string bytes(const std::string &path)
{
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::unique_ptr<Board> finished(const std::string &guest)
{
    BoardOptions o;
    o.guest = guest;
    auto b = std::make_unique<Board>(o);
    b->held();
    EXPECT_EQ("poweroff", b->go().reason);
    return b;
}

TEST(Recording, DmaHasItsBytes)
{
    auto b = finished("copy.elf");
    std::string copied, descriptor, status;
    for (char i = 0; i < 24; i++)
        copied += i;
    char err[256];
    struct trace *t = trace_load(b->trace_path().c_str(), err, sizeof err);
    ASSERT_NE(t, nullptr) << err;
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    std::vector<std::string> dma;
    while (trace_next(c, &item) == 1)
        if (item.r.kind == TRACE_DMA_READ || item.r.kind == TRACE_DMA_WRITE) {
            ASSERT_NE(item.data, nullptr);
            EXPECT_EQ(item.r.value, trace_crc32c(0, item.data, item.r.aux));
            dma.push_back(std::string((const char *)item.data, item.r.aux));
        }
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_DEVICE, 1), "dmaq0");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_TYPE, 1), "dmaq");
    trace_cursor_free(c);
    trace_unload(t);
    ASSERT_EQ(dma.size(), 4u) << "descriptor, source, destination, status";
    EXPECT_EQ(dma[0].substr(0, 20), std::string("\0\x10\0\x40\0\0\0\0\0\x20\0\x40\0\0\0\0\x18\0\0\0", 20));
    EXPECT_EQ(dma[1], copied);
    EXPECT_EQ(dma[2], copied);
    uint32_t crc = trace_crc32c(0, copied.data(), copied.size());
    EXPECT_EQ(dma[3], std::string("\1\0\0\0", 4) + std::string((const char *)&crc, 4));
}

TEST(Recording, NamesSystemVmsTheirCoresAndOwners)
{
    BoardOptions o;
    o.guest = "silent.elf";
    o.more = ",system=three,vms=big/1/0:small/0";
    o.devices = { "ingot-vdev,id=uart0,vdev=uart16550,addr=0x0b000000,spi=176,owner=small", "ingot-vdev,id=uart1,vdev=uart16550,addr=0x0b001000,spi=177" };
    Board b(o);
    b.held();
    b.ok("quit");
    EXPECT_EQ(0, b.exit_code(20000));
    char err[256];
    struct trace *t = trace_load(b.trace_path().c_str(), err, sizeof err);
    ASSERT_NE(t, nullptr) << err;
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_SYSTEM, 0), "three");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_VM, 1), "big");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_VM, 2), "small");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_VCPU, trace_vcpu_id(1, 1)), "0");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_VCPU, trace_vcpu_id(1, 0)), "1");
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_VCPU, trace_vcpu_id(2, 0)), "0");
    EXPECT_EQ(trace_find_name(t, TRACE_NAME_VCPU, trace_vcpu_id(2, 1)), nullptr);
    EXPECT_STREQ(trace_find_name(t, TRACE_NAME_OWNER, 0), "small");
    EXPECT_EQ(trace_find_name(t, TRACE_NAME_OWNER, 1), nullptr);
    trace_unload(t);
}

TEST(Recording, EqualRunsAreEqualFiles)
{
    for (const char *guest : { "copy.elf", "storm.elf" }) {
        auto one = finished(guest), two = finished(guest);
        EXPECT_TRUE(bytes(one->trace_path()) == bytes(two->trace_path())) << guest;
        EXPECT_GT(bytes(one->trace_path()).size(), 100u);
    }
}

TEST(Recording, KilledBoardLeavesATraceThatReads)
{
    BoardOptions o;
    o.guest = "gale.elf";
    Board b(o);
    b.held();
    b.ok("go");
    for (int i = 0; i < 6000 && std::ifstream(b.trace_path(), std::ios::ate | std::ios::binary).tellg() < 20000; i++)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    b.killed();
    auto cut = b.trace();       /* throws where it does not read to its end */
    ASSERT_GT(cut.size(), 1000u);
    Board whole(o);
    whole.held();
    whole.ok("watch end time " + std::to_string(cut.back().time_ps + 1000));
    ASSERT_EQ("watch end", whole.go().reason);
    auto all = whole.trace();
    ASSERT_GE(all.size(), cut.size());
    all.resize(cut.size());
    EXPECT_EQ("", first_difference(all, cut)) << "a prefix of the run that nobody killed";
}

}  // namespace
