// SPDX-License-Identifier: GPL-2.0-or-later
// Systems: placements, and who may move whom
#include "platform/board/system_test.h"

namespace {

class Places : public SystemTest {
protected:
    Places()
    {
        change("cores=\"2\"", "cores=\"4\"");
        change("    <use device=\"uart0\"/>\n", "    <use device=\"uart0\"/>\n"                                     // 10
                                                "    <placement name=\"night\" cores=\"2\"/>\n"                     // 11
                                                "    <move vm=\"a\" to=\"night\"/>\n");                             // 12
        change("    <use device=\"dmaq0\"/>\n", "    <use device=\"dmaq0\"/>\n"                                     // 17
                                                "    <move vm=\"a\"/>\n");                                          // 18
    }
    void with_slots(unsigned core, const std::string &slots)
    {
        change("</system>", "  <schedule core=\"" + std::to_string(core) + "\" frame=\"200us\">" + slots + "</schedule>\n</system>");     // 20
    }
};

TEST_F(Places, AreRead)
{
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ("", said_);
    ASSERT_EQ(1u, s->vms[0].placement_count);
    EXPECT_EQ(2u, s->vms[0].placements[0].cores[0]);
    EXPECT_EQ(1, s->vms[0].moves[0].number);
    EXPECT_EQ(0, s->vms[1].moves[0].number) << "where it begins";
    EXPECT_EQ(0, s->vms[1].moves[0].vm);
}

TEST_F(Places, ACoreWithAScheduleHasASlotForWhomAPlacementBrings)
{
    with_slots(2, "<slot vm=\"a\" length=\"200us\"/>");
    ASSERT_NE(nullptr, load()) << said_;
    refused(7, "vm 'a' has no slot in the schedule of core 2 (line 20)", "give it one", "<slot vm=\"a\"", "<slot");
    refused(20, "vm 'b' is on core 1 (line 14), not on core 2", "move it, or the slot", "<slot vm=\"a\" length=\"200us\"/>",
            "<slot vm=\"a\" length=\"100us\"/><slot vm=\"b\" length=\"100us\"/>");
}

TEST_F(Places, RefusesCoresThatCannotBe)
{
    refused(11, "placement 'night': core 4 does not exist", "cores 0 to 3", "cores=\"2\"/", "cores=\"4\"/");
    refused(11, "placement 'night' has 2 cores, and vm 'a' 1 vCPUs", "name one for each", "cores=\"2\"/", "cores=\"2 3\"/");
    refused(11, "cores: 'x' is no core's number", "write the physical core", "cores=\"2\"/", "cores=\"x\"/");
    change("core=\"0\"", "cores=\"0 3\"");
    refused(11, "core 2 has two of its vCPUs", "a core of its own", "cores=\"2\"/", "cores=\"2 2\"/");
}

TEST_F(Places, RefusesAScheduleUnderAVmOfSeveralVcpus)
{
    change("core=\"0\"", "cores=\"0 3\"");
    with_slots(2, "<slot vm=\"a\" length=\"200us\"/>");
    refused(11, "core 2 has a schedule (line 20), and a VM with several vCPUs or a monitor needs its cores alone", "choose another core", "cores=\"2\"/", "cores=\"2 1\"/");
}

TEST_F(Places, RefusesNamesThatAreNoneOrTwo)
{
    refused(12, "placement name 'night' is used twice in vm 'a' (first in line 11)", "choose another", "    <move vm=\"a\" to=\"night\"/>\n",
            "    <placement name=\"night\" cores=\"3\"/>\n");
    refused(12, "vm 'a' has no placement 'day'", "leave to away", "to=\"night\"", "to=\"day\"");
    refused(12, "unknown vm 'c'", "name one of the system's", "vm=\"a\" to", "vm=\"c\" to");
    refused(12, "vm 'b' has no placement, and never leaves its cores", "or remove this", "vm=\"a\" to=\"night\"", "vm=\"b\"");
}

}  // namespace
