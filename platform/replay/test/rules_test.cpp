// SPDX-License-Identifier: GPL-2.0-or-later
// diff.xml: what it says, and what it refuses
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "platform/replay/rules.h"

namespace {

using namespace ingot;

struct Read {
    Rules rules;
    std::string refusal;
    explicit Read(const std::string &body)
    {
        replay_devices_folder(INGOT_ROOT "/vdevices");
        std::string path = testing::TempDir() + "ingot-rules-XXXXXX";
        close(mkstemp(path.data()));
        std::ofstream(path) << body;
        try {
            rules = rules_read(path, Registers("dmaq"));
        } catch (const std::exception &e) {
            refusal = std::string(e.what()).substr(path.size());
        }
        unlink(path.c_str());
    }
};

TEST(Rules, SayWhatIsCompared)
{
    Read r("<diff><timing ignore='yes'/><irq order='free'/>\n<register name='STATUS' field='BUSY' compare='settled' slack-ns='1'/>"
           "<register name='HEAD' compare='never'/><register name='STATUS' poll='yes'/></diff>");
    ASSERT_EQ(r.refusal, "");
    EXPECT_TRUE(r.rules.ignore_timing);
    EXPECT_TRUE(r.rules.free_irqs);
    EXPECT_TRUE(r.rules.polls(0x0c));
    EXPECT_FALSE(r.rules.polls(0x20));
    EXPECT_EQ(r.rules.compared(0x0c, 999), ~UINT64_C(1));
    EXPECT_EQ(r.rules.compared(0x0c, 1000), UINT64_MAX);
    EXPECT_EQ(r.rules.compared(0x20, SEAM_NEVER), 0u);
    EXPECT_EQ(r.rules.compared(0x24, 0), UINT64_MAX);
}

TEST(Rules, RefuseWhatTheyDoNotKnow)
{
    EXPECT_EQ(Read("<diff>\n<regster name='HEAD'/></diff>").refusal, ":2: <regster> is unknown here: timing, irq and register are known");
    EXPECT_EQ(Read("<diff>\n<register name='HAED'/></diff>").refusal, ":2: regs.xml has no register 'HAED': correct its name");
    EXPECT_EQ(Read("<diff>\n\n<register name='STATUS' field='BUZY' compare='never'/></diff>").refusal, ":3: STATUS has no field 'BUZY': correct its name");
    EXPECT_EQ(Read("<diff><register name='HEAD' compare='often'/></diff>").refusal, ":1: compare=\"often\": it is never or settled");
    EXPECT_EQ(Read("<diff><register name='HEAD' compare='settled'/></diff>").refusal, ":1: settled has slack-ns, a number up to 1000000000, and no other rule has it");
    EXPECT_EQ(Read("<diff><timing ignored='yes'/></diff>").refusal, ":1: attribute 'ignored' is unknown here: remove it");
    EXPECT_EQ(Read("<difff/>").refusal, ":1: the root is not <diff>: correct it");
    EXPECT_NE(Read("<diff>").refusal.find("no well-formed XML"), std::string::npos);
}

TEST(Rules, OfTheDevicesAreAllReadable)
{
    replay_devices_folder(INGOT_ROOT "/vdevices");
    for (const char *type : { "dmaq", "pulse" }) {
        EXPECT_TRUE(rules_load(type, Registers(type)).ignore_timing) << type;
    }
    EXPECT_FALSE(rules_load("uart16550", Registers("uart16550")).ignore_timing);
}

}  // namespace
