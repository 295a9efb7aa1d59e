/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the fuzzer has found, with every build
 */
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

TEST(Fuzz, TheCorpusDoesNoHarm)
{
    size_t count = 0;
    for (const auto &entry : std::filesystem::directory_iterator(INGOT_SOURCE "/platform/view/fuzz/corpus")) {
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        std::string bytes = text.str();
        LLVMFuzzerTestOneInput((const uint8_t *)bytes.data(), bytes.size());
        count++;
    }
    EXPECT_GT(count, 50u);
}
