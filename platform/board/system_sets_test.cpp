// SPDX-License-Identifier: GPL-2.0-or-later
// Systems: pools, sets of page tables, and who may put which into force
#include "platform/board/system_test.h"

namespace {

class Sets : public SystemTest {
protected:
    Sets()
    {
        change("  <hypervisor", "  <pool name=\"spare\" size=\"8MiB\"/>\n  <pool name=\"other\" size=\"2MiB\" shared=\"yes\"/>\n  <hypervisor");  // 6, 7
        change("    <use device=\"uart0\"/>\n", "    <use device=\"uart0\"/>\n"                                     // 12
                                                "    <set name=\"lean\"/>\n"                                        // 13
                                                "    <set name=\"fat\">\n"                                          // 14
                                                "      <map pool=\"spare\" ipa=\"0x50000000\"/>\n"                  // 15
                                                "      <map pool=\"other\" ipa=\"0x60000000\"/>\n"                  // 16
                                                "    </set>\n"                                                      // 17
                                                "    <switch vm=\"a\" set=\"fat\"/>\n");                            // 18
        change("    <use device=\"dmaq0\"/>\n", "    <use device=\"dmaq0\"/>\n"                                     // 23
                                                "    <set name=\"with\"><map pool=\"spare\" ipa=\"0x40000000\"/></set>\n"    // 24
                                                "    <switch vm=\"a\" set=\"lean\"/>\n");                           // 25
    }
};

TEST_F(Sets, AreReadAndPoolsLieBehindTheVms)
{
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ("", said_);
    ASSERT_EQ(2u, s->pool_count);
    EXPECT_EQ(0x41000000u, s->pools[0].pa) << "behind a's 4 MiB and b's 2 MiB";
    EXPECT_EQ(0x41800000u, s->pools[1].pa);
    EXPECT_FALSE(s->pools[0].shared);
    EXPECT_TRUE(s->pools[1].shared);
    ASSERT_EQ(2u, s->vms[0].set_count);
    EXPECT_EQ(0u, s->vms[0].sets[0].map_count);
    ASSERT_EQ(2u, s->vms[0].sets[1].map_count);
    EXPECT_EQ(1, s->vms[0].sets[1].maps[1].pool);
    EXPECT_EQ(0x60000000u, s->vms[0].sets[1].maps[1].ipa);
    ASSERT_EQ(1u, s->vms[1].switch_count);
    EXPECT_EQ(0, s->vms[1].switches[0].vm);
    EXPECT_EQ(0, s->vms[1].switches[0].number);
    EXPECT_EQ(1, s->vms[0].switches[0].number);
}

TEST_F(Sets, RefusesAPoolThatIsTwoVmsAtTheBeginning)
{
    refused(24, "pool 'spare' would be vm 'b''s and vm 'a''s (line 13) at the beginning", "put a <set> without it first", "<set name=\"lean\"/>",
            "<set name=\"lean\"><map pool=\"spare\" ipa=\"0x50000000\"/></set>");
}

TEST_F(Sets, RefusesPoolsThatCannotBe)
{
    refused(6, "pool 'spare' is empty, not aligned", "multiple of 2 MiB", "size=\"8MiB\"", "size=\"3MiB\"");
    refused(6, "pool 'spare' is empty", "multiple of 2 MiB", "size=\"8MiB\"", "size=\"0\"");
    refused(6, "pool 'spare': no room for its 50 MiB", "give the board at least 66MiB", "size=\"8MiB\"/>", "size=\"50MiB\"/>");
    refused(8, "pool name 'spare' is used twice (first in line 6)", "choose another", "shared=\"yes\"/>\n", "shared=\"yes\"/>\n  <pool name=\"spare\" size=\"2MiB\"/>\n");
    refused(7, "shared=\"maybe\"", "write yes", "shared=\"yes\"", "shared=\"maybe\"");
    refused(6, "<pool> has no attribute 'pa'", "it takes name size shared", "size=\"8MiB\"", "size=\"8MiB\" pa=\"0\"");
}

TEST_F(Sets, RefusesMapsThatCannotBe)
{
    refused(15, "unknown pool 'spar'", "declare it with <pool name=\"spar\"", "pool=\"spare\" ipa=\"0x50000000\"", "pool=\"spar\" ipa=\"0x50000000\"");
    refused(15, "not between 0x40000000 and 512 GiB, or not aligned", "choose a multiple of 2 MiB", "ipa=\"0x50000000\"", "ipa=\"0x50100000\"");
    refused(15, "not between 0x40000000 and 512 GiB", "choose a multiple", "ipa=\"0x50000000\"", "ipa=\"0x0b000000\"");
    refused(15, "not between 0x40000000 and 512 GiB", "choose a multiple", "ipa=\"0x50000000\"", "ipa=\"0x7fffe00000\"");
    refused(15, "lies on the VM's own memory (line 10)", "move its ipa", "ipa=\"0x50000000\"", "ipa=\"0x40200000\"");
    refused(16, "pool 'other' lies on pool 'spare' (line 15)", "move its ipa", "ipa=\"0x60000000\"", "ipa=\"0x50600000\"");
    refused(16, "maps pool 'spare' twice (first in line 15)", "remove one", "pool=\"other\"", "pool=\"spare\"");
}

TEST_F(Sets, RefusesNamesThatAreNoneOrTwo)
{
    refused(18, "set name 'lean' is used twice in vm 'a' (first in line 13)", "choose another", "<switch vm=\"a\" set=\"fat\"/>", "<set name=\"lean\"/>");
    refused(18, "vm 'a' has no set 'thin'", "name one of its <set>s", "set=\"fat\"", "set=\"thin\"");
    refused(18, "unknown vm 'c'", "name one of the system's", "vm=\"a\" set=\"fat\"", "vm=\"c\" set=\"fat\"");
}

}  // namespace
