// SPDX-License-Identifier: GPL-2.0-or-later
// The monitor's own memcpy and its like, under other names, against the C library's
#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
void *vmm_memcpy(void *to, const void *from, size_t len);
void *vmm_memmove(void *to, const void *from, size_t len);
void *vmm_memset(void *to, int byte, size_t len);
int vmm_memcmp(const void *a, const void *b, size_t len);
}

namespace {

std::vector<uint8_t> counted()
{
    std::vector<uint8_t> bytes(96);
    std::iota(bytes.begin(), bytes.end(), 1);
    return bytes;
}

TEST(Mem, CopiesAsTheLibraryFromAnywhereToAnywhere)
{
    const std::vector<uint8_t> source = counted();
    for (size_t to = 0; to < 9; to++)
        for (size_t from = 0; from < 9; from++)
            for (size_t len = 0; len < 70; len++) {
                std::vector<uint8_t> mine(96), theirs(96);
                EXPECT_EQ(mine.data() + to, vmm_memcpy(mine.data() + to, source.data() + from, len));
                memcpy(theirs.data() + to, source.data() + from, len);
                ASSERT_EQ(theirs, mine) << to << " " << from << " " << len;
            }
}

TEST(Mem, MovesWhatOverlaps)
{
    for (size_t to = 0; to < 20; to++)
        for (size_t from = 0; from < 20; from++)
            for (size_t len : { 0, 1, 7, 8, 9, 16, 40 }) {
                std::vector<uint8_t> mine = counted(), theirs = counted();
                EXPECT_EQ(mine.data() + to, vmm_memmove(mine.data() + to, mine.data() + from, len));
                memmove(theirs.data() + to, theirs.data() + from, len);
                ASSERT_EQ(theirs, mine) << to << " " << from << " " << len;
            }
}

TEST(Mem, SetsTheBytesAskedForAndNoOther)
{
    for (size_t to = 0; to < 9; to++)
        for (size_t len = 0; len < 70; len++) {
            std::vector<uint8_t> mine = counted(), theirs = counted();
            EXPECT_EQ(mine.data() + to, vmm_memset(mine.data() + to, 0x1a5, len));
            memset(theirs.data() + to, 0x1a5, len);
            ASSERT_EQ(theirs, mine) << to << " " << len;
        }
}

TEST(Mem, ComparesAsUnsignedBytes)
{
    EXPECT_EQ(0, vmm_memcmp("abc", "abd", 2));
    EXPECT_LT(vmm_memcmp("abc", "abd", 3), 0);
    EXPECT_GT(vmm_memcmp("\xff", "\x01", 1), 0);
    EXPECT_EQ(0, vmm_memcmp("a", "b", 0));
}

} // namespace
