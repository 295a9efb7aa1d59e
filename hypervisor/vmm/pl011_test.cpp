// SPDX-License-Identifier: GPL-2.0-or-later
// PL011 by its manual (ARM DDI0183G)
#include "pl011.h"
#include "vmm_test.h"

namespace {

enum {
    DR = 0x00, RSR = 0x04, FR = 0x18, ILPR = 0x20, IBRD = 0x24, FBRD = 0x28, LCR_H = 0x2c, CR = 0x30, IFLS = 0x34, IMSC = 0x38,
    RIS = 0x3c, MIS = 0x40, ICR = 0x44, DMACR = 0x48,
};
enum { CTS = 1 << 0, DSR = 1 << 1, DCD = 1 << 2, RXFE = 1 << 4, RXFF = 1 << 6, TXFE = 1 << 7, RI = 1 << 8 };   // FR
enum { RX = 1 << 4, TX = 1 << 5, RT = 1 << 6, OE = 1 << 10 };                                                  // RIS
enum { FEN = 1 << 4, UARTEN = 1, LBE = 1 << 7, ON = 0x301, LOOP = ON | LBE };
const uint64_t BASE = 0x9000000;
const uint32_t SPI = 1, LINE = 4;

class Pl011 : public testing::Test {
protected:
    Pl011()
    {
        vmm_place place = { BASE, SPI, LINE };
        EXPECT_TRUE(pl011_init(&uart, &out.bus, &place));
    }
    uint32_t get(uint32_t offset) { return (uint32_t)out.read(BASE + offset); }
    void set(uint32_t offset, uint32_t value) { EXPECT_EQ(VMM_DONE, out.write(BASE + offset, value)); }
    // As Linux leaves it: 115200 baud of 24 MHz, FIFOs on
    void start(uint32_t cr = ON)
    {
        set(IBRD, 13);
        set(FBRD, 1);
        set(LCR_H, 0x60 | FEN);
        set(CR, cr);
    }

    Outside out;
    struct pl011 uart = {};
};

TEST_F(Pl011, RegistersAreThoseOfTheManualAfterReset)
{
    const std::map<uint32_t, uint32_t> reset = {
        { DR, 0 }, { RSR, 0 }, { FR, TXFE | RXFE | CTS | DSR | DCD }, { ILPR, 0 }, { IBRD, 0 }, { FBRD, 0 }, { LCR_H, 0 },
        { CR, 0x300 }, { IFLS, 0x12 }, { IMSC, 0 }, { RIS, 0 }, { MIS, 0 }, { DMACR, 0 },
    };
    for (auto [offset, value] : reset)
        EXPECT_EQ(value, get(offset)) << std::hex << offset;
}

TEST_F(Pl011, IdentifiesItselfAsAPrimeCell)
{
    const uint32_t ids[] = { 0x11, 0x10, 0x24, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
    for (unsigned i = 0; i < 8; i++)
        EXPECT_EQ(ids[i], get(0xfe0 + 4 * i)) << i;
}

TEST_F(Pl011, RegistersKeepTheBitsThatTheyHave)
{
    const std::map<uint32_t, uint32_t> bits = {
        { ILPR, 0xff }, { IBRD, 0xffff }, { FBRD, 0x3f }, { LCR_H, 0xff }, { CR, 0xff87 }, { IFLS, 0x3f }, { IMSC, 0x7ff }, { DMACR, 7 },
    };
    for (auto [offset, value] : bits) {
        set(offset, ~0u);
        EXPECT_EQ(value, get(offset)) << std::hex << offset;
        set(offset, 0);
        EXPECT_EQ(0u, get(offset)) << std::hex << offset;
    }
}

TEST_F(Pl011, ReadOnlyAndReservedRegistersIgnoreWrites)
{
    for (uint32_t offset : std::vector<uint32_t>{ FR, RIS, MIS, 0x08, 0x4c, 0x80, 0xfe0, 0xffc }) {
        uint32_t before = get(offset);
        set(offset, ~before);
        EXPECT_EQ(before, get(offset)) << std::hex << offset;
    }
}

TEST_F(Pl011, AnEarlyConsoleIsHeardBeforeAnybodyHasEnabledIt)
{
    for (char byte : std::string("early")) {
        EXPECT_FALSE(get(FR) & (1 << 5 | 1 << 3)) << "TXFF, BUSY";
        EXPECT_EQ(VMM_DONE, out.write(BASE + DR, (uint8_t)byte, 1));
    }
    EXPECT_EQ("early", out.console[LINE]);
}

TEST_F(Pl011, AByteThatIsSentRaisesTheTransmitInterrupt)
{
    start();
    set(IMSC, TX);
    EXPECT_FALSE(out.irq[SPI]) << "no byte has left yet";
    set(DR, 'x');
    EXPECT_EQ((uint32_t)TX, get(MIS));
    EXPECT_TRUE(out.irq[SPI]);
    set(ICR, TX);
    EXPECT_FALSE(out.irq[SPI]);
    EXPECT_EQ(0u, get(RIS));
}

TEST_F(Pl011, MaskedInterruptsAreRawOnly)
{
    start();
    set(DR, 'x');
    EXPECT_EQ((uint32_t)TX, get(RIS));
    EXPECT_EQ(0u, get(MIS));
    EXPECT_FALSE(out.irq[SPI]);
    set(IMSC, TX);
    EXPECT_TRUE(out.irq[SPI]);
    set(IMSC, 0);
    EXPECT_FALSE(out.irq[SPI]);
}

TEST_F(Pl011, BytesWaitWhileTheReceiverIsOff)
{
    EXPECT_EQ(0u, out.input(LINE, "a")) << "UARTEN is 0";
    set(CR, UARTEN | 1 << 8);
    EXPECT_EQ(0u, out.input(LINE, "a")) << "RXE is 0";
    set(CR, LOOP);
    EXPECT_EQ(0u, out.input(LINE, "a")) << "loopback";
    set(CR, ON);
    EXPECT_EQ(1u, out.input(LINE, "a"));
    EXPECT_EQ((uint32_t)'a', get(DR));
}

TEST_F(Pl011, TheFifoTakesSixteenAndGivesThemInOrder)
{
    start();
    EXPECT_EQ(16u, out.input(LINE, "0123456789abcdefgh"));
    EXPECT_TRUE(get(FR) & RXFF);
    EXPECT_EQ((uint32_t)'0', get(DR));
    EXPECT_FALSE(get(FR) & RXFF);
    EXPECT_EQ(1u, out.input(LINE, "gh"));
    for (char byte : std::string("123456789abcdefg"))
        EXPECT_EQ((uint32_t)byte, get(DR));
    EXPECT_TRUE(get(FR) & RXFE);
    EXPECT_EQ(0u, get(DR)) << "empty";
    EXPECT_TRUE(get(FR) & RXFE);
}

TEST_F(Pl011, WithoutFifoThereIsRoomForOne)
{
    set(CR, ON);
    EXPECT_EQ(1u, out.input(LINE, "ab"));
    EXPECT_EQ((uint32_t)RXFF, get(FR) & (RXFF | RXFE));
    EXPECT_EQ((uint32_t)RX, get(RIS) & RX);
    EXPECT_EQ((uint32_t)'a', get(DR));
    EXPECT_EQ(0u, get(RIS) & RX);
}

TEST_F(Pl011, TheReceiveInterruptComesAtTheLevelOfIFLS)
{
    const unsigned levels[] = { 2, 4, 8, 12, 14 };
    start();
    for (unsigned select = 0; select < 5; select++) {
        set(IFLS, select << 3);
        for (unsigned n = 1; n <= levels[select]; n++) {
            EXPECT_EQ(0u, get(RIS) & RX) << select << " " << n;
            out.input(LINE, "x");
        }
        EXPECT_EQ((uint32_t)RX, get(RIS) & RX) << select;
        out.input(LINE, "x");
        get(DR);
        EXPECT_EQ((uint32_t)RX, get(RIS) & RX) << select << ": at the level";
        get(DR);
        EXPECT_EQ(0u, get(RIS) & RX) << select << ": below the level again";
        while (!(get(FR) & RXFE))
            get(DR);
    }
}

TEST_F(Pl011, AFewBytesAreToldOfAfterThirtyTwoBits)
{
    start();
    set(IMSC, RX | RT);
    out.input(LINE, "a");
    // 32 bits at 24 MHz / 16 / (13 + 1/64)
    const uint64_t timeout_ns = 32 * 16 * (13 * 64 + 1) / 64 * UINT64_C(1000000000) / 24000000;
    out.pass_ns(timeout_ns - 1);
    EXPECT_FALSE(out.irq[SPI]);
    out.input(LINE, "b");
    out.pass_ns(timeout_ns - 1);
    EXPECT_FALSE(out.irq[SPI]) << "the second one restarts it";
    out.pass_ns(1);
    EXPECT_TRUE(out.irq[SPI]);
    EXPECT_EQ((uint32_t)RT, get(MIS));
    get(DR);
    EXPECT_TRUE(out.irq[SPI]);
    get(DR);
    EXPECT_FALSE(out.irq[SPI]) << "empty";
    EXPECT_EQ(VMM_NEVER, out.alarm_ns);
}

TEST_F(Pl011, ReadingStartsTheTimeoutAnewOrEndsIt)
{
    start();
    out.input(LINE, "ab");
    const uint64_t first_ns = out.alarm_ns;
    out.now_ns = first_ns - 1;
    get(DR);
    EXPECT_EQ(first_ns + first_ns - 1, out.alarm_ns);
    get(DR);
    EXPECT_EQ(VMM_NEVER, out.alarm_ns);
}

TEST_F(Pl011, OneInterruptDoesNotHideAnother)
{
    start(LOOP | 1 << 11);
    set(ICR, 0x7ff);
    set(CR, LOOP);
    uint32_t all = 1 << 1;
    EXPECT_EQ(all, get(RIS)) << "CTS";
    set(IFLS, 0);
    set(DR, 'a');
    EXPECT_EQ(all |= TX, get(RIS));
    set(DR, 'b');
    EXPECT_EQ(all |= RX, get(RIS));
    out.pass_ns(1000000000);
    EXPECT_EQ(all |= RT, get(RIS));
    set(CR, LOOP | 1 << 10);
    EXPECT_EQ(all |= 1 << 3, get(RIS)) << "DSR";
    for (unsigned i = 0; i < 15; i++)
        set(DR, 'x');
    EXPECT_EQ(all |= OE, get(RIS));
    set(ICR, TX | OE);
    EXPECT_EQ(all & ~(TX | OE), get(RIS));
}

TEST_F(Pl011, TheReceiveTimeoutCanBeCleared)
{
    start();
    set(IMSC, RT);
    out.input(LINE, "a");
    out.pass_ns(1000000000);
    EXPECT_TRUE(out.irq[SPI]);
    set(ICR, RT);
    EXPECT_FALSE(out.irq[SPI]);
    out.pass_ns(1000000000);
    EXPECT_FALSE(out.irq[SPI]) << "nothing new has come";
}

TEST_F(Pl011, SwitchingTheFifoEmptiesIt)
{
    start();
    out.input(LINE, "abcdefgh");
    set(LCR_H, 0x60);
    EXPECT_TRUE(get(FR) & RXFE);
    EXPECT_EQ(0u, get(RIS) & (RX | RT));
    EXPECT_EQ(VMM_NEVER, out.alarm_ns);
}

TEST_F(Pl011, OtherLineSettingsKeepTheFifo)
{
    start();
    out.input(LINE, "ab");
    set(LCR_H, FEN | 1 << 3);
    EXPECT_EQ((uint32_t)'a', get(DR));
}

TEST_F(Pl011, AnOverrunGoesWithTheFifoThatHadIt)
{
    set(CR, LOOP);
    set(DR, 'a');
    set(DR, 'b');
    set(LCR_H, FEN);
    set(DR, 'c');
    EXPECT_EQ((uint32_t)'c', get(DR));
}

TEST_F(Pl011, InLoopbackItHearsItself)
{
    start(LOOP);
    set(DR, 'l');
    EXPECT_EQ("", out.console[LINE]);
    EXPECT_EQ((uint32_t)'l', get(DR));
}

TEST_F(Pl011, AnOverrunIsReportedAndKeepsTheFifo)
{
    start(LOOP);
    set(IMSC, OE);
    for (unsigned i = 0; i < 16; i++)
        set(DR, 'a' + i);
    EXPECT_FALSE(out.irq[SPI]);
    set(DR, '!');
    EXPECT_TRUE(out.irq[SPI]);
    EXPECT_EQ(1u << 3, get(RSR));
    EXPECT_EQ((uint32_t)'a' | 1u << 11, get(DR));
    EXPECT_EQ(1u << 3, get(RSR)) << "of the character that was read";
    EXPECT_EQ((uint32_t)'b', get(DR)) << "there is room again";
    EXPECT_EQ(0u, get(RSR));
    for (unsigned i = 2; i < 16; i++)
        EXPECT_EQ('a' + i, get(DR));
    EXPECT_TRUE(get(FR) & RXFE) << "the late byte is lost";
}

TEST_F(Pl011, WritingTheErrorClearRegisterClearsTheStatus)
{
    set(CR, LOOP);
    set(DR, 'a');
    set(DR, 'b');
    EXPECT_EQ(1u << 3, get(RSR));
    set(RSR, 0);
    EXPECT_EQ(0u, get(RSR));
}

TEST_F(Pl011, LoopbackConnectsTheModemLines)
{
    const struct {
        uint32_t cr, fr, ris;
    } lines[] = { { 1 << 11, CTS, 1 << 1 }, { 1 << 10, DSR, 1 << 3 }, { 1 << 12, DCD, 1 << 2 }, { 1 << 13, RI, 1 << 0 } };
    set(CR, LOOP);
    EXPECT_EQ(0u, get(FR) & (CTS | DSR | DCD | RI));
    for (auto [cr, fr, ris] : lines) {
        set(ICR, 0x7ff);
        set(CR, LOOP | cr);
        EXPECT_EQ(fr, get(FR) & (CTS | DSR | DCD | RI));
        EXPECT_EQ(ris, get(RIS));
        set(CR, LOOP);
    }
}

TEST_F(Pl011, OtherSizesThanAnAPBHasAreRefused)
{
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + DR, 'x', 8));
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + DR + 1, 'x', 1));
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + DR + 2, 'x', 4));
    EXPECT_EQ("", out.console[LINE]);
    EXPECT_EQ(VMM_DONE, out.write(BASE + DR, 'x', 2));
    EXPECT_EQ("x", out.console[LINE]);
}

TEST_F(Pl011, ResetForgetsEverything)
{
    start();
    set(IMSC, 0x7ff);
    out.input(LINE, "abcdefgh");
    EXPECT_TRUE(out.irq[SPI]);
    bus_reset(&out.bus);
    EXPECT_FALSE(out.irq[SPI]);
    EXPECT_EQ(VMM_NEVER, out.alarm_ns);
    EXPECT_EQ(0x300u, get(CR));
    EXPECT_TRUE(get(FR) & RXFE);
}

} // namespace
