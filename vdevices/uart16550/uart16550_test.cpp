// SPDX-License-Identifier: GPL-2.0-or-later
// uart16550: FIFOs, interrupts, loopback, and what Linux's 8250 driver asks of a 16550A
#include "uart16550_regs.h"
#include "vdevices/device_test.h"

namespace {

constexpr seam_ps ms = UINT64_C(1000000000);
constexpr uint8_t no_interrupt = 0x01, line_status = 0x06, data_available = 0x04, timeout = 0x0c, thr_empty = 0x02, modem = 0x00;

class Uart {
public:
    Uart() { index = bench.add("uart0", "uart16550"); }
    uint8_t read(uint64_t offset)
    {
        uint64_t value = 0;
        EXPECT_EQ(bench.read(index, offset, 1, &value), SEAM_OK);
        return static_cast<uint8_t>(value);
    }
    void write(uint64_t offset, uint8_t value) { EXPECT_EQ(bench.write(index, offset, 1, value), SEAM_OK); }
    uint8_t id() { return read(UART16550_IIR) & (UART16550_IIR_NONE | UART16550_IIR_ID); }
    bool line() { return bench.level(index); }
    void fifos(uint8_t trigger = 0)
    {
        write(UART16550_FCR, static_cast<uint8_t>(UART16550_FCR_ENABLE | trigger << UART16550_FCR_TRIGGER_SHIFT));
    }
    std::string receive(size_t most = 10000)
    {
        std::string s;
        while (s.size() < most && read(UART16550_LSR) & UART16550_LSR_DR) {
            s += static_cast<char>(read(UART16550_RBR));
        }
        return s;
    }

    ingot::Bench bench;
    unsigned index;
};

#define UART_TEST(name) BENCH_TEST(Uart16550, name)

UART_TEST(TransmitsAtOnceAndIsAlwaysReady)
{
    Uart u;
    for (char c : std::string("hello\n")) {
        EXPECT_EQ(u.read(UART16550_LSR) & (UART16550_LSR_THRE | UART16550_LSR_TEMT), UART16550_LSR_THRE | UART16550_LSR_TEMT);
        u.write(UART16550_THR, static_cast<uint8_t>(c));
    }
    EXPECT_EQ(u.bench.console(u.index), "hello\n");
    EXPECT_EQ(u.bench.next_event(), SEAM_NEVER);
}

UART_TEST(HandsOverAllThatItWasSent)
{
    Uart u;
    std::string in;
    for (unsigned i = 0; i < 4096 + 16; i++) {
        in += static_cast<char>(i * 7 + i / 256);
    }
    u.fifos();
    EXPECT_EQ(u.bench.input(u.index, in), in.size());
    EXPECT_EQ(u.bench.input(u.index, "x"), 0u);     // full: the rest stays with the sender
    EXPECT_EQ(u.receive(1), in.substr(0, 1));
    EXPECT_EQ(u.bench.input(u.index, "yz"), 1u);
    EXPECT_EQ(u.receive(), in.substr(1) + "y");
    EXPECT_EQ(u.read(UART16550_LSR) & UART16550_LSR_OE, 0);
}

UART_TEST(HoldsOneByteWithoutFifos)
{
    Uart u;
    u.write(UART16550_IER, UART16550_IER_ERBFI);
    u.bench.input(u.index, "ab");
    EXPECT_TRUE(u.line());
    EXPECT_EQ(u.id(), data_available);
    EXPECT_EQ(u.read(UART16550_RBR), 'a');
    EXPECT_EQ(u.read(UART16550_RBR), 'b');
    EXPECT_FALSE(u.line());
    EXPECT_EQ(u.read(UART16550_IIR) & UART16550_IIR_FIFOS, 0);
}

UART_TEST(InterruptsAtItsTriggerLevel)
{
    const unsigned levels[] = { 1, 4, 8, 14 };
    Uart u;
    u.write(UART16550_IER, UART16550_IER_ERBFI);
    for (uint8_t t = 0; t < 4; t++) {
        u.fifos(t);
        for (unsigned n = 1; n <= 16; n++) {
            u.bench.input(u.index, "x");
            EXPECT_EQ(u.line(), n >= levels[t]) << levels[t] << " " << n;
        }
        EXPECT_EQ(u.id(), data_available);
        EXPECT_EQ(u.read(UART16550_IIR) & UART16550_IIR_FIFOS, UART16550_IIR_FIFOS);
        EXPECT_EQ(u.receive().size(), 16u);
        EXPECT_FALSE(u.line());
    }
}

UART_TEST(TimesOutAfterFourCharacters)
{
    Uart u;
    u.write(UART16550_LCR, UART16550_LCR_DLAB);
    u.write(UART16550_DLL, 12);     // 9600 baud
    u.write(UART16550_LCR, UART16550_LCR_WLS);
    u.fifos(2);
    u.write(UART16550_IER, UART16550_IER_ERBFI);
    u.bench.input(u.index, "abc");
    seam_ps begin = u.bench.now();
    ASSERT_TRUE(u.bench.run_until_irq(u.index, begin + 100 * ms));
    EXPECT_EQ(u.bench.now() - begin, UINT64_C(10) * 16 * 12 * 1000000000000 / 1843200 * 4);
    EXPECT_EQ(u.id(), timeout);
    EXPECT_EQ(u.read(UART16550_RBR), 'a');
    EXPECT_FALSE(u.line());         // and starts anew
    ASSERT_TRUE(u.bench.run_until_irq(u.index, u.bench.now() + 100 * ms));
    EXPECT_EQ(u.receive(), "bc");
    EXPECT_EQ(u.id(), no_interrupt);
    EXPECT_EQ(u.bench.next_event(), SEAM_NEVER);
}

UART_TEST(RaisesThreWhenEnabledAndAfterEachWrite)
{
    Uart u;
    u.write(UART16550_IER, UART16550_IER_ETBEI);
    EXPECT_TRUE(u.line());
    EXPECT_EQ(u.id(), thr_empty);
    EXPECT_FALSE(u.line());         // reading IIR took it
    EXPECT_EQ(u.id(), no_interrupt);
    u.write(UART16550_THR, 'x');
    EXPECT_EQ(u.id(), thr_empty);
    u.write(UART16550_IER, 0);
    u.write(UART16550_IER, UART16550_IER_ETBEI);
    EXPECT_EQ(u.id(), thr_empty);   // Linux's test for UART_BUG_THRE and UART_BUG_TXEN
}

UART_TEST(ReportsTheHighestPriorityFirst)
{
    Uart u;
    u.write(UART16550_IER, UART16550_IER_ERBFI | UART16550_IER_ETBEI | UART16550_IER_ELSI | UART16550_IER_EDSSI);
    u.write(UART16550_MCR, UART16550_MCR_LOOP);     // modem lines change, bytes come back
    u.write(UART16550_THR, 'a');
    u.write(UART16550_THR, 'b');                    // overrun
    EXPECT_EQ(u.id(), line_status);
    EXPECT_EQ(u.read(UART16550_LSR) & UART16550_LSR_OE, UART16550_LSR_OE);
    EXPECT_EQ(u.id(), data_available);
    EXPECT_EQ(u.read(UART16550_RBR), 'b');
    EXPECT_EQ(u.id(), thr_empty);
    EXPECT_EQ(u.id(), modem);
    EXPECT_TRUE(u.line());
    EXPECT_NE(u.read(UART16550_MSR) & 0x0f, 0);
    EXPECT_EQ(u.id(), no_interrupt);
    EXPECT_FALSE(u.line());
}

UART_TEST(LoopsBack)
{
    Uart u;
    u.fifos();
    u.write(UART16550_MCR, UART16550_MCR_LOOP | UART16550_MCR_OUT2 | UART16550_MCR_RTS);
    EXPECT_EQ(u.read(UART16550_MSR) & 0xf0, 0x90);  // Linux's autoconfig asks this
    u.bench.input(u.index, "line");                 // waits for the line to be connected again
    for (unsigned i = 0; i < 17; i++) {
        u.write(UART16550_THR, static_cast<uint8_t>(i));
    }
    EXPECT_EQ(u.read(UART16550_LSR) & UART16550_LSR_OE, UART16550_LSR_OE);
    for (unsigned i = 0; i < 16; i++) {
        EXPECT_EQ(u.read(UART16550_RBR), i);
    }
    EXPECT_EQ(u.read(UART16550_LSR) & UART16550_LSR_DR, 0);
    EXPECT_EQ(u.bench.console(u.index), "");
    u.write(UART16550_MCR, 0);
    EXPECT_EQ(u.receive(), "line");
}

UART_TEST(ReportsChangesOfModemLines)
{
    Uart u;
    u.read(UART16550_MSR);
    u.write(UART16550_MCR, UART16550_MCR_LOOP | UART16550_MCR_OUT1);
    EXPECT_EQ(u.read(UART16550_MSR), UART16550_MSR_RI | UART16550_MSR_DCTS | UART16550_MSR_DDSR | UART16550_MSR_DDCD);
    u.write(UART16550_MCR, UART16550_MCR_LOOP);
    EXPECT_EQ(u.read(UART16550_MSR), UART16550_MSR_TERI);
    EXPECT_EQ(u.read(UART16550_MSR), 0);
}

UART_TEST(ClearsItsFifo)
{
    Uart u;
    u.fifos();
    u.bench.input(u.index, std::string(16, 'a') + "rest");
    u.write(UART16550_FCR, UART16550_FCR_ENABLE | UART16550_FCR_RFR);
    EXPECT_EQ(u.receive(), "rest");
    u.bench.input(u.index, "abc");
    u.write(UART16550_FCR, 0);
    EXPECT_EQ(u.receive(), "");
}

UART_TEST(LooksLikeA16550AToLinux)
{
    Uart u;
    u.write(UART16550_IER, 0x0f);
    EXPECT_EQ(u.read(UART16550_IER), 0x0f);
    u.write(UART16550_IER, 0xff);                   // no UUE, no sleep: not an XScale, not a 16750
    EXPECT_EQ(u.read(UART16550_IER), 0x0f);
    u.write(UART16550_IER, 0);
    u.write(UART16550_LCR, 0xbf);                   // no EFR: not a 16650
    EXPECT_EQ(u.read(UART16550_IIR) & 0x3f, 1);
    u.write(UART16550_LCR, 0);
    u.write(UART16550_FCR, UART16550_FCR_ENABLE);
    EXPECT_EQ(u.read(UART16550_IIR) >> 6, 3);
    u.write(UART16550_LCR, UART16550_LCR_DLAB);
    u.write(UART16550_FCR, UART16550_FCR_ENABLE | 0x20);    // no 64-byte FIFO
    EXPECT_EQ(u.read(UART16550_IIR) >> 5, 6);
    u.write(UART16550_LCR, 0);
    u.write(UART16550_SCR, 0xa5);
    EXPECT_EQ(u.read(UART16550_SCR), 0xa5);
}

UART_TEST(TakesWordsAsBytes)
{
    Uart u;
    uint64_t value = 0;
    EXPECT_EQ(u.bench.write(u.index, UART16550_SCR, 4, 0x123456a5), SEAM_OK);
    EXPECT_EQ(u.bench.read(u.index, UART16550_SCR, 4, &value), SEAM_OK);
    EXPECT_EQ(value, 0xa5u);
    EXPECT_EQ(u.bench.read(u.index, UART16550_SCR, 2, &value), SEAM_SLAVE_ERROR);
    EXPECT_EQ(u.bench.write(u.index, UART16550_SCR, 8, 0), SEAM_SLAVE_ERROR);
}

UART_TEST(CanBePeekedWithoutSideEffects)
{
    Uart u;
    uint64_t value = 0;
    u.fifos();
    u.bench.input(u.index, "ab");
    for (int n = 0; n < 3; n++) {
        EXPECT_EQ(u.bench.peek(u.index, UART16550_RBR, 1, &value), SEAM_OK);
        EXPECT_EQ(value, uint64_t('a'));
    }
    EXPECT_EQ(u.receive(), "ab");
}

TEST(Uart16550, GoesOnAfterACheckpoint)
{
    auto prepare = [](Uart &u) {
        u.fifos(2);
        u.write(UART16550_IER, UART16550_IER_ERBFI);
        u.bench.input(u.index, std::string(100, 'q') + "end");
        u.receive(97);
        u.bench.run_until(u.bench.now() + ms / 10);
    };
    auto rest = [](Uart &u) {
        u.bench.clear_log();
        EXPECT_TRUE(u.bench.run_until_irq(u.index, u.bench.now() + 100 * ms));
        EXPECT_EQ(u.id(), timeout);
        return u.bench.log_text() + u.receive() + std::to_string(u.bench.now());
    };
    auto straight = ingot::in_child([&] {
        Uart u;
        prepare(u);
        return rest(u);
    });
    auto saved = ingot::in_child([&] {
        Uart u;
        prepare(u);
        return u.bench.save();
    });
    auto restored = ingot::in_child([&] {
        Uart u;
        u.bench.load(saved);
        return rest(u);
    });
    EXPECT_EQ(straight, restored);
    EXPECT_NE(straight.find("end"), std::string::npos);
}

}  // namespace
