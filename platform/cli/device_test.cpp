/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot device: a core as one finds them becomes a device's folder, or the user is told what is missing
 */
#include <filesystem>

#include "cli_testing.h"

namespace {

using cli::Command;

#define EXPECT_SAID(c, text) EXPECT_TRUE((c).said(text)) << (c).output

class DeviceAdd : public testing::Test {
protected:
    void SetUp() override
    {
        char name[] = "/tmp/ingot-device-test-XXXXXX";
        ASSERT_NE(nullptr, mkdtemp(name));
        dir_ = name;
        write("found.v", "module found (input clk, input rst, input [3:0] wb_adr_i, input [31:0] wb_dat_i, output [31:0] wb_dat_o, input wb_we_i,\n"
                         "              input wb_stb_i, input strobe, output wb_ack_o, output done);\n"
                         "    assign wb_dat_o = wb_dat_i; assign wb_ack_o = strobe & wb_stb_i & wb_we_i & clk & rst & wb_adr_i[0]; assign done = wb_ack_o;\n"
                         "endmodule\n");
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }
    void write(const std::string &name, const std::string &text) { std::ofstream(dir_ + "/" + name) << text; }
    std::string read(const std::string &name)
    {
        std::ifstream f(dir_ + "/" + name);
        return std::string(std::istreambuf_iterator<char>(f), {});
    }
    std::vector<std::string> add(std::vector<std::string> more, const std::string &name = "found")
    {
        std::vector<std::string> all = { "device", "add", name, "--into", dir_, "--rtl", dir_ + "/found.v", "--bus", "wishbone" };
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    std::string dir_;
};

TEST_F(DeviceAdd, WritesDescriptionRtlAndTest)
{
    Command c(add({ "--clock", "clk", "--reset", "rst", "--irq", "done", "--pin", "stb=strobe" }));
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAID(c, "type=\"found\"");
    EXPECT_NE(std::string::npos, read("found/device.cmake").find("ingot_device(TYPE found TOP found SOURCES rtl/found.v\n             BUS wishbone FOREIGN CLOCK clk "
                                                                  "RESET rst IRQ done LINES 1\n             PINS stb=strobe)")) << read("found/device.cmake");
    EXPECT_EQ(read("found.v"), read("found/rtl/found.v"));
    EXPECT_NE(std::string::npos, read("found/found_test.cpp").find("AnswersAfterReset"));
}

TEST_F(DeviceAdd, SaysWhatIsMissing)
{
    write("broken.v", "module broken (input clk; endmodule\n");
    struct { std::vector<std::string> args; int status; const char *says; } cases[] = {
        { add({}), 1, "no port 'wb_clk_i': name its clock with --clock" },
        { add({ "--clock", "clk" }), 1, "no port 'wb_rst_i': name its reset with --reset" },
        { add({ "--clock", "clk", "--reset", "rst", "--pin", "adr=address" }), 1, "no input 'address' for the bus's wb_adr_i: name it with --pin adr=PORT" },
        { add({ "--clock", "clk", "--reset", "rst", "--irq", "int" }), 1, "no port 'int': name its interrupt with --irq" },
        { add({ "--clock", "clk", "--reset", "rst", "--top", "lost" }), 1, "lost" },
        { add({ "--bus", "wishbon" }), 1, "did you mean 'wishbone'?" },
        { add({ "--rtl", dir_ + "/nothing.v" }), 1, "nothing.v: No such file" },
        { add({ "--rtl", dir_ + "/broken.v" }), 1, "Verilator does not accept the sources" },
        { add({}, "Found"), 1, "cannot name a device type" },
        { add({}, "dmaq"), 1, "there is a device type 'dmaq' already" },
        { { "device" }, 2, "write device list, or device add" },
        { { "device", "add", "x" }, 2, "--rtl and --bus are needed" },
    };
    for (auto &one : cases) {
        Command c(one.args);
        EXPECT_EQ(one.status, c.finish()) << c.output;
        EXPECT_SAID(c, one.says);
        EXPECT_FALSE(std::filesystem::exists(dir_ + "/found")) << "half of it was left";
    }
}

TEST(DeviceList, HasDescribedOnesToo)
{
    Command c({ "device", "list" });
    EXPECT_EQ(0, c.finish());
    EXPECT_SAID(c, "gpio");
    EXPECT_SAID(c, "model rtl");
}

}  // namespace
