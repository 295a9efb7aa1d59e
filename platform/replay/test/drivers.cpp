// SPDX-License-Identifier: GPL-2.0-or-later
// Drivers as scripts: what real ones do, in the order in which they do it
#include "platform/replay/test/drivers.h"

#include <cstring>

#include "dmaq_regs.h"
#include "platform/replay/test/recorder.h"
#include "pulse_regs.h"
#include "uart16550_regs.h"

namespace ingot {

namespace {

constexpr seam_ps us = 1000000;

struct Copy {
    uint64_t source, destination;
    uint32_t length, flags;
};
constexpr uint64_t ring = Recorder::ram_base, data = ring + 0x10000;
// Eight and more: the ring wraps. One ends a page in its middle, one has a bad length, one leaves RAM.
const Copy copies[] = {
    { data, data + 0x8000, 256, 1 }, { data + 0x100, data + 0x8fc0, 512, 1 }, { data + 0x400, data + 0xa000, 64, 0 },
    { data + 0x500, data + 0xb000, 1000, 1 }, { data, data + 0x9000, 12, 1 }, { data + 0x40, data + 0x9100, 128, 1 },
    { 0x1000, data + 0x9000, 64, 1 }, { data + 0x80, data + 0x9200, 640, 0 }, { data + 0x200, data + 0x9800, 72, 1 },
    { data + 0x300, data + 0xc000, 2048, 1 }, { data + 0x340, data + 0xd000, 8, 1 }, { data + 0x380, data + 0xe000, 136, 1 },
};

void post(Recorder &r, unsigned slot, const Copy &c, bool short_one)
{
    struct {
        uint64_t source, destination;
        uint32_t length, flags, status, crc;
    } d = { c.source, c.destination, c.length - (short_one ? 8 : 0), c.flags, 0, 0 };
    memcpy(r.ram(ring + slot * sizeof d), &d, sizeof d);
}

void dmaq_interrupt(Recorder &r, DriverBug bug)
{
    uint32_t status = static_cast<uint32_t>(r.read(DMAQ_IRQ_STATUS));
    for (uint32_t bit : { DMAQ_IRQ_STATUS_DONE, DMAQ_IRQ_STATUS_ERROR }) {
        if (status & bit && bug != DriverBug::DmaqNoAcknowledge) {
            r.write(DMAQ_IRQ_STATUS, bit);
        }
    }
    if (status & DMAQ_IRQ_STATUS_ERROR) {
        r.read(DMAQ_ERR_INDEX);
    }
    r.read(DMAQ_HEAD);
}

void drive_dmaq(Recorder &r, DriverBug bug)
{
    constexpr unsigned log2 = 3, mask = (1 << log2) - 1;
    for (unsigned i = 0; i < 0x1000; i++) {
        *r.ram(data + i) = static_cast<uint8_t>(i * 7 + (i >> 8));
    }
    r.read(DMAQ_ID);
    r.read(DMAQ_VERSION);
    r.write(DMAQ_CTRL, DMAQ_CTRL_RESET);
    r.read(DMAQ_STATUS);
    r.write(DMAQ_RING_LO, static_cast<uint32_t>(ring));
    r.write(DMAQ_RING_HI, 0);
    r.write(DMAQ_RING_SIZE, bug == DriverBug::DmaqRingSize ? log2 - 1 : log2);
    r.write(DMAQ_COALESCE, 4);
    r.write(DMAQ_IRQ_ENABLE, DMAQ_IRQ_ENABLE_DONE | DMAQ_IRQ_ENABLE_ERROR);
    r.write(DMAQ_CTRL, DMAQ_CTRL_ENABLE);
    unsigned tail = 0, n = 0;
    for (const Copy &c : copies) {
        const bool early = bug == DriverBug::DmaqEarlyDoorbell && n == 5;
        if (early) {
            r.write(DMAQ_TAIL, (tail + 1) & mask);
        }
        post(r, tail, c, bug == DriverBug::DmaqLength && n == 3);
        tail = (tail + 1) & mask;
        if (!early) {
            r.write(DMAQ_TAIL, tail);
        }
        if (c.flags && r.wait_irq(100 * us)) {
            r.pass(us);
            dmaq_interrupt(r, bug);
        }
        r.pass(us);
        n++;
    }
    r.read(DMAQ_COMPLETED);
    r.write(DMAQ_CTRL, 0);
    r.read(DMAQ_STATUS);
}

void pulse_acknowledge(Recorder &r, DriverBug bug)
{
    r.read(PULSE_STATUS);
    r.read(PULSE_RAISE_LO);
    r.write(PULSE_STATUS, bug == DriverBug::PulseAcknowledge ? 0 : PULSE_STATUS_PENDING);
    r.read(PULSE_LATENCY);
}

void drive_pulse(Recorder &r, DriverBug bug)
{
    r.read(PULSE_ID);
    for (uint32_t delay : { 2000u, 3330u, 5000u }) {
        if (bug == DriverBug::PulseArmedFirst) {
            r.write(PULSE_CTRL, PULSE_CTRL_START);
            r.write(PULSE_DELAY, delay);
        } else {
            r.write(PULSE_DELAY, delay);
            r.write(PULSE_CTRL, PULSE_CTRL_START);
        }
        if (r.wait_irq(20 * us)) {
            pulse_acknowledge(r, bug);
        }
    }
    r.write(PULSE_DELAY, 4000);
    if (bug != DriverBug::PulseCount) {
        r.write(PULSE_COUNT, 5);
    }
    r.write(PULSE_CTRL, PULSE_CTRL_START | PULSE_CTRL_PERIODIC);
    for (unsigned n = 0; n < 3; n++) {
        if (r.wait_irq(20 * us)) {
            pulse_acknowledge(r, bug);
        }
    }
    r.pass(20 * us);            // two more come, one is missed
    r.read(PULSE_RAISED);
    r.read(PULSE_MISSED);
    pulse_acknowledge(r, bug);
    r.pass(20 * us);
    r.read(PULSE_CTRL);
}

void uart_put(Recorder &r, const char *text)
{
    for (; *text; text++) {
        while (!(r.read(UART16550_LSR, 1) & UART16550_LSR_THRE)) {
        }
        r.write(UART16550_THR, static_cast<uint8_t>(*text), 1);
    }
}

void uart_interrupt(Recorder &r, DriverBug bug)
{
    for (unsigned n = 0; n < 8 && !(r.read(UART16550_IIR, 1) & 1); n++) {
        bool data = r.read(UART16550_LSR, 1) & UART16550_LSR_DR;
        while (data) {
            r.read(UART16550_RBR, 1);
            data = r.read(UART16550_LSR, 1) & UART16550_LSR_DR;
            if (!data && bug == DriverBug::UartOverread) {
                r.read(UART16550_RBR, 1);
            }
        }
    }
}

void drive_uart(Recorder &r, DriverBug bug)
{
    r.write(UART16550_LCR, UART16550_LCR_DLAB | 3, 1);
    r.write(UART16550_DLL, 1, 1);
    r.write(UART16550_DLM, 0, 1);
    if (bug != DriverBug::UartDlab) {
        r.write(UART16550_LCR, 3, 1);
    }
    if (bug != DriverBug::UartNoFifo) {
        r.write(UART16550_FCR, UART16550_FCR_ENABLE | 2 << UART16550_FCR_TRIGGER_SHIFT, 1);
    }
    r.write(UART16550_IER, UART16550_IER_ERBFI, 1);
    uart_put(r, "login: ");
    for (const char *typed : { "root\r", "a longer line than the FIFO's trigger\r" }) {
        r.input(typed);
        for (unsigned n = 0; n < 12 && r.wait_irq(1000 * us); n++) {
            uart_interrupt(r, bug);
        }
    }
    r.write(UART16550_IER, UART16550_IER_ERBFI | UART16550_IER_ETBEI, 1);
    uart_interrupt(r, bug);
    uart_put(r, "ok\n");
    uart_interrupt(r, bug);
    r.write(UART16550_IER, 0, 1);
    r.read(UART16550_IIR, 1);
}

}  // namespace

Recording drive_through_a_reset(const std::string &type, const std::string &impl)
{
    Recorder r(type, impl);
    for (unsigned n = 0; n < 2; n++) {
        r.pass(us);
        if (type == "pulse") {
            r.write(PULSE_DELAY, 500);
            r.write(PULSE_CTRL, PULSE_CTRL_START | PULSE_CTRL_PERIODIC);
        } else {
            post(r, 0, { data, data + 0x1000, 512, 1 }, false);
            r.write(DMAQ_RING_LO, static_cast<uint32_t>(ring));
            r.write(DMAQ_IRQ_ENABLE, DMAQ_IRQ_ENABLE_DONE);
            r.write(DMAQ_CTRL, DMAQ_CTRL_ENABLE);
            r.write(DMAQ_TAIL, 1);
        }
        r.pass(n ? 20 * us : us);
        if (!n) {
            r.reset();
        }
    }
    r.read(type == "pulse" ? PULSE_RAISED : DMAQ_COMPLETED);
    return r.recording;
}

Recording drive(const std::string &type, const std::string &impl, DriverBug bug, Mutation mutation)
{
    Recorder r(type, impl, mutation);
    r.pass(10 * us);
    (type == "dmaq" ? drive_dmaq : type == "pulse" ? drive_pulse : drive_uart)(r, bug);
    r.pass(50 * us);
    if (mutation.what != Mutation::None && !r.mutated()) {
        r.recording.all.clear();
    }
    return r.recording;
}

}  // namespace ingot
