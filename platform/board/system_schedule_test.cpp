// SPDX-License-Identifier: GPL-2.0-or-later
// Systems: schedules, and slots that several VMs share
#include "platform/board/system_test.h"

namespace {

class Schedule : public SystemTest {
protected:
    // Both VMs on core 0, one after the other and then both, b first
    Schedule()
    {
        change("core=\"1\"", "core=\"0\"");
        change("</system>", "  <schedule core=\"0\" frame=\"100us\">\n"      // 17
                            "    <slot vm=\"a\" length=\"30us\"/>\n"         // 18
                            "    <slot vm=\"b a\" length=\"70us\"/>\n"       // 19
                            "  </schedule>\n"
                            "</system>");
    }
};

TEST_F(Schedule, HasSlotsOfOneAndOfSeveralInTheirOrder)
{
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    const system_schedule &t = s->schedules[0];
    ASSERT_EQ(2u, t.slot_count);
    EXPECT_EQ(1u, t.slots[0].vm_count);
    EXPECT_EQ(0, t.slots[0].vms[0]);
    EXPECT_EQ(2u, t.slots[1].vm_count);
    EXPECT_EQ(1, t.slots[1].vms[0]);
    EXPECT_EQ(0, t.slots[1].vms[1]);
    EXPECT_EQ(70000u, t.slots[1].ns);
}

TEST_F(Schedule, RefusesASlotOfAVmThatIsNotThere)
{
    refused(19, "unknown vm 'c'", "declare it with <vm name=\"c\"", "b a", "b a c");
}

TEST_F(Schedule, RefusesAVmTwiceInASlot)
{
    refused(19, "vm 'b' is in this slot twice", "remove one", "b a", "b a b");
}

TEST_F(Schedule, RefusesASlotWhoseVmIsOnAnotherCore)
{
    refused(19, "vm 'b' is on core 1 (line 12), not on core 0", "move it, or the slot", "name=\"b\" core=\"0\"", "name=\"b\" core=\"1\"");
}

TEST_F(Schedule, RefusesAnEmptyListOfVms)
{
    refused(18, "a slot with an empty vm", "leave vm away for a slot of nobody's", "vm=\"a\"", "vm=\" \"");
}

TEST_F(Schedule, RefusesAVmWithoutASlot)
{
    refused(12, "vm 'b' has no slot in the schedule of core 0 (line 17)", "give it one", "vm=\"b a\"", "vm=\"a\"");
}

TEST_F(Schedule, RefusesSlotsThatDoNotFillTheirFrame)
{
    refused(17, "the slots of core 0 are 100 us together, and its frame is 200 us", "make them equal", "frame=\"100us\"", "frame=\"200us\"");
}

}  // namespace
