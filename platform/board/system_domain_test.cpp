// SPDX-License-Identifier: GPL-2.0-or-later
// Domains, portals, semaphores and capabilities: what is accepted, and what is said of the rest
#include "platform/board/system_test.h"

namespace {

class SystemDomain : public SystemTest {
protected:
    SystemDomain()
    {
        change("<use device=\"uart0\"/>", "<capability portal=\"d.p\" badge=\"7\"/><capability semaphore=\"s\" rights=\"up down\"/>");         // line 10
        change("    <use device=\"dmaq0\"/>\n  </vm>\n",                                    // 15, 16
               "    <capability portal=\"d.p\"/>\n"                                         // 15
               "  </vm>\n"                                                                  // 16
               "  <domain name=\"d\">\n"                                                    // 17
               "    <memory ipa=\"0x40000000\" size=\"2MiB\"/>\n"                           // 18
               "    <raw image=\"a.bin\"/>\n"                                               // 19
               "    <portal name=\"p\" id=\"1\" in=\"2\" out=\"1\"/>\n"                     // 20
               "    <capability portal=\"e.q\"/>\n"                                         // 21
               "  </domain>\n"                                                              // 22
               "  <domain name=\"e\" core=\"0\">\n"                                         // 23
               "    <memory ipa=\"0x40000000\" size=\"2MiB\"/>\n"                           // 24
               "    <raw image=\"a.bin\"/>\n"                                               // 25
               "    <portal name=\"q\" id=\"5\"/>\n"                                        // 26
               "    <use device=\"uart0\"/>\n"                                              // 27
               "  </domain>\n"                                                              // 28
               "  <semaphore name=\"s\" count=\"2\" device=\"uart0\"/>\n"                   // 29
               "  <schedule core=\"0\" frame=\"100us\"><slot vm=\"a\" length=\"50us\"/><slot vm=\"e\" length=\"50us\"/></schedule>\n");    // 30
    }
    void refused(int line, const std::string &wrong, const std::string &remedy, const std::string &from, const std::string &to)
    {
        std::string good = text_;
        change(from, to);
        EXPECT_EQ(nullptr, load());
        EXPECT_TRUE(says(line, wrong, remedy)) << "line " << line << ": " << wrong << ": " << remedy << " wanted; said:\n" << said_;
        text_ = good;
    }
};

TEST_F(SystemDomain, EachCallerHasAContextOfItsOwn)
{
    auto s = load();
    ASSERT_NE(nullptr, s.get()) << said_;
    ASSERT_EQ(4u, s->vm_count);
    ASSERT_EQ(4u, s->context_count);
    for (int i = 0; i < 2; i++) {                       // d for a and b, then e for those two of d, behind its thread
        EXPECT_EQ(2, s->contexts[i].domain);
        EXPECT_EQ((unsigned)i, s->contexts[i].index);
        EXPECT_EQ(i, s->contexts[i].vm);
        EXPECT_EQ(3, s->contexts[2 + i].domain);
        EXPECT_EQ(1u + i, s->contexts[2 + i].index);
        EXPECT_EQ(i, s->contexts[2 + i].vm);
    }
    EXPECT_EQ(0u, s->vms[0].capabilities[0].context);
    EXPECT_EQ(7u, s->vms[0].capabilities[0].badge);
    EXPECT_EQ(1u, s->vms[1].capabilities[0].context);
    EXPECT_EQ(2u, s->vms[2].capabilities[0].context);
    EXPECT_EQ(0, s->vms[0].capabilities[1].semaphore);
    EXPECT_EQ(0, system_semaphore_of(s.get(), 0, 0));
    EXPECT_EQ(-1, system_semaphore_of(s.get(), 1, 0));
    EXPECT_EQ(SYSTEM_STACK, system_stack_of(&s->vms[3], 0) - system_stack_of(&s->vms[3], 1));
}

TEST_F(SystemDomain, RefusesACircleOfCalls)
{
    refused(17, "domain 'd' is called in a circle", "remove a capability", "<portal name=\"q\" id=\"5\"/>", "<portal name=\"q\" id=\"5\"/><capability portal=\"d.p\"/>");
    refused(21, "domain 'd' cannot call itself", "remove it", "portal=\"e.q\"", "portal=\"d.p\"");
}

TEST_F(SystemDomain, RefusesWhatLeadsNowhere)
{
    refused(10, "portal=\"d.x\" is not there", "write DOMAIN.PORTAL", "portal=\"d.p\"", "portal=\"d.x\"");
    refused(10, "portal=\"d\" is not there", "write DOMAIN.PORTAL", "portal=\"d.p\"", "portal=\"d\"");
    refused(10, "unknown semaphore 't'", "declare it", "semaphore=\"s\" r", "semaphore=\"t\" r");
    refused(10, "without rights", "write rights=", "rights=\"up down\"", "rights=\"\"");
    refused(10, "'left' is no right", "write up, down, or both", "rights=\"up down\"", "rights=\"left\"");
    refused(10, "badge=\"65536\" is no number of 16 bits", "choose one", "badge=\"7\"", "badge=\"65536\"");
    refused(10, "vm 'a' has its interrupts itself", "remove interrupts=\"direct\"", "name=\"a\" core", "name=\"a\" interrupts=\"direct\" core");
    refused(10, "a capability is for one thing", "write portal=", "semaphore=\"s\" rights", "semaphore=\"s\" portal=\"d.p\" rights");
}

TEST_F(SystemDomain, RefusesPortalsAndDomainsThatCannotBe)
{
    refused(20, "id=\"0\" is how a thread begins", "give portal 'p' another", "id=\"1\"", "id=\"0\"");
    refused(20, "a message has 7 words at most", "make in and out 0 to 7", "in=\"2\"", "in=\"8\"");
    refused(26, "has the name or the id of that in line 26", "choose others", "<portal name=\"q\" id=\"5\"/>", "<portal name=\"q\" id=\"5\"/><portal name=\"r\" id=\"5\"/>");
    refused(17, "can neither be called nor has it time of its own", "give it a <portal>", "    <portal name=\"p\" id=\"1\" in=\"2\" out=\"1\"/>\n", "\n");
    refused(30, "domain 'd' has no thread", "give it core=\"0\"", "<slot vm=\"e\"", "<slot vm=\"d\"");
    refused(18, "its memory is empty", "multiples of 2 MiB", "    <memory ipa=\"0x40000000\" size=\"2MiB\"/>\n    <raw image=\"a.bin\"/>\n    <portal name=\"p\"",
            "    <memory ipa=\"0x40000000\" size=\"4KiB\"/>\n    <raw image=\"a.bin\"/>\n    <portal name=\"p\"");
}

TEST_F(SystemDomain, RefusesSemaphoresOfInterruptsThatNoDomainHas)
{
    refused(29, "irq=\"1\": device 'uart0' has 1 interrupts", "choose from 0", "device=\"uart0\"/>\n  <sch", "device=\"uart0\" irq=\"1\"/>\n  <sch");
    refused(29, "device 'dmaq0' is no domain's", "let a domain <use> it", "count=\"2\" device=\"uart0\"", "count=\"2\" device=\"dmaq0\"");
    refused(29, "unknown device 'x'", "name one", "count=\"2\" device=\"uart0\"", "count=\"2\" device=\"x\"");
    refused(29, "has a semaphore already (line 29)", "remove one", "device=\"uart0\"/>\n  <sch", "device=\"uart0\"/><semaphore name=\"t\" device=\"uart0\"/>\n  <sch");
    refused(29, "is there twice (first in line 29)", "choose another name", "device=\"uart0\"/>\n  <sch", "device=\"uart0\"/><semaphore name=\"s\"/>\n  <sch");
    refused(10, "domain 'e' takes no interrupts", "use a <semaphore>", "<capability portal=\"d.p\" badge", "<signal to=\"e\" intid=\"40\"/><capability portal=\"d.p\" badge");
}

}  // namespace
