// SPDX-License-Identifier: GPL-2.0-or-later
// A good system in a folder of its own, and what is said of it when one thing in it is changed
#ifndef INGOT_SYSTEM_TEST_H
#define INGOT_SYSTEM_TEST_H

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>

extern "C" {
#include "platform/board/system_internal.h"
}

struct SystemDeleter {
    void operator()(struct system *s) const { system_free(s); }
};
using SystemPtr = std::unique_ptr<struct system, SystemDeleter>;

class SystemTest : public testing::Test {
protected:
    // One element a line, so that a message's line is unmistakable.
    std::string text_ = "<system name=\"test\">\n"                                                          // 1
                        "  <board cores=\"2\" memory=\"64MiB\"/>\n"                                         // 2
                        "  <device name=\"uart0\" type=\"uart16550\" base=\"0x0b000000\" spi=\"176\"/>\n"   // 3
                        "  <device name=\"uart1\" type=\"uart16550\" base=\"0x0b001000\" spi=\"177\"/>\n"   // 4
                        "  <device name=\"dmaq0\" type=\"dmaq\" base=\"0x0b010000\" spi=\"179\" stream=\"1\" clock=\"100MHz\"/>\n"  // 5
                        "  <hypervisor memory=\"8MiB\" console=\"uart1\"/>\n"                               // 6
                        "  <vm name=\"a\" core=\"0\">\n"                                                    // 7
                        "    <memory ipa=\"0x40000000\" size=\"4MiB\"/>\n"                                  // 8
                        "    <raw image=\"a.bin\"/>\n"                                                      // 9
                        "    <use device=\"uart0\"/>\n"                                                     // 10
                        "  </vm>\n"                                                                         // 11
                        "  <vm name=\"b\" core=\"1\">\n"                                                    // 12
                        "    <memory ipa=\"0x80000000\" size=\"2MiB\"/>\n"                                  // 13
                        "    <raw image=\"b.bin\"/>\n"                                                      // 14
                        "    <use device=\"dmaq0\"/>\n"                                                     // 15
                        "  </vm>\n"                                                                         // 16
                        "</system>\n";

    SystemTest()
    {
        char name[] = "/tmp/ingot-system-XXXXXX";
        dir_ = mkdtemp(name);
        std::ofstream(dir_ + "/a.bin") << "payload";
        std::ofstream(dir_ + "/b.bin") << "payload";
    }
    ~SystemTest() override { std::filesystem::remove_all(dir_); }

    void change(const std::string &from, const std::string &to)
    {
        size_t at = text_.find(from);
        ASSERT_NE(std::string::npos, at) << from;
        text_.replace(at, from.size(), to);
    }
    // What it says on stderr goes to said_.
    SystemPtr load(bool files = true)
    {
        std::ofstream(dir_ + "/s.xml") << text_;
        testing::internal::CaptureStderr();
        SystemPtr s(system_load((dir_ + "/s.xml").c_str(), files ? dir_.c_str() : nullptr));
        said_ = testing::internal::GetCapturedStderr();
        return s;
    }
    // One message of that line has both texts: what is wrong, and what to do.
    bool says(int line, const std::string &wrong, const std::string &remedy)
    {
        std::istringstream lines(said_);
        for (std::string l; std::getline(lines, l);) {
            if (l.find(dir_ + "/s.xml:" + std::to_string(line) + ": ") == 0 && l.find(wrong) != std::string::npos && l.find(remedy) != std::string::npos) {
                return true;
            }
        }
        return false;
    }
    int messages() { return std::count(said_.begin(), said_.end(), '\n'); }

    // Refused with that message and no other, once `from` is changed to `to`.
    void refused(int line, const std::string &wrong, const std::string &remedy, const std::string &from, const std::string &to)
    {
        std::string good = text_;
        change(from, to);
        EXPECT_EQ(nullptr, load());
        EXPECT_TRUE(says(line, wrong, remedy)) << "line " << line << " with '" << wrong << "' and '" << remedy << "' wanted; said:\n" << said_;
        EXPECT_EQ(1, messages()) << said_;
        text_ = good;
    }
    std::string dir_, said_;
};

#endif
