/* SPDX-License-Identifier: GPL-2.0-or-later
 * PrimeCell UART (PL011), ARM DDI0183G
 *
 * A byte is sent in no time: the transmit FIFO is always empty, and the transmit interrupt is raised by each byte.
 * It is sent whatever CR says: no firmware has enabled the UART before a kernel's early console writes to it.
 * The FIFO's 16 characters are those of revisions before r1p5 (which has 32), and so PeriphID2 says r1p4.
 */
#include "pl011.h"

enum {      /* 3.2 */
    DR = 0x000, RSR = 0x004, FR = 0x018, ILPR = 0x020, IBRD = 0x024, FBRD = 0x028, LCR_H = 0x02c, CR = 0x030, IFLS = 0x034,
    IMSC = 0x038, RIS = 0x03c, MIS = 0x040, ICR = 0x044, DMACR = 0x048, PERIPH_ID0 = 0xfe0,
};
enum { DR_OE = 1 << 11, RSR_OE = 1 << 3 };
enum { FR_CTS = 1 << 0, FR_DSR = 1 << 1, FR_DCD = 1 << 2, FR_RXFE = 1 << 4, FR_RXFF = 1 << 6, FR_TXFE = 1 << 7, FR_RI = 1 << 8 };
enum { LCR_H_FEN = 1 << 4 };
enum {
    CR_UARTEN = 1 << 0, CR_LBE = 1 << 7, CR_TXE = 1 << 8, CR_RXE = 1 << 9, CR_DTR = 1 << 10, CR_RTS = 1 << 11,
    CR_OUT1 = 1 << 12, CR_OUT2 = 1 << 13, CR_BITS = 0xff87,
};
enum {      /* RIS, and IMSC, MIS, ICR */
    INT_RI = 1 << 0, INT_CTS = 1 << 1, INT_DCD = 1 << 2, INT_DSR = 1 << 3, INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6,
    INT_OE = 1 << 10, INT_BITS = 0x7ff,
};

static const uint8_t ids[8] = { 0x11, 0x10, 0x24, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };   /* 3.3.15, 3.3.16 */

static struct pl011 *of(struct vmm_device *dev) { return (struct pl011 *)dev; }

static unsigned depth(const struct pl011 *u)
{
    return u->lcr_h & LCR_H_FEN ? PL011_FIFO : 1;
}

/* RXIFLSEL (3.3.9): 1/8, 1/4, 1/2, 3/4, 7/8 of the FIFO; others are reserved. */
static unsigned trigger(const struct pl011 *u)
{
    static const uint8_t eighths[8] = { 1, 2, 4, 6, 7, 4, 4, 4 };

    return u->lcr_h & LCR_H_FEN ? PL011_FIFO * eighths[u->ifls >> 3 & 7] / 8 : 1;
}

static void update_irq(struct pl011 *u)
{
    bus_irq(&u->dev, u->ris & u->imsc);
}

/* The receive timeout is that of 32 bits (2.8.4) of 16 * (IBRD + FBRD / 64) cycles each (3.3.6). */
static void restart_timeout(struct pl011 *u)
{
    uint64_t cycles = 32 * 16 * ((uint64_t)u->ibrd * 64 + u->fbrd) / 64;

    bus_arm(&u->dev, u->count ? bus_now_ns(&u->dev) + cycles * 1000000000 / PL011_CLOCK_HZ : VMM_NEVER);
}

static void receive(struct pl011 *u, uint8_t byte)
{
    if (u->count == depth(u)) {
        u->overrun = true;
        u->rsr |= RSR_OE;
        u->ris |= INT_OE;
        return;
    }
    u->fifo[(u->head + u->count++) % PL011_FIFO] = byte;
    if (u->count >= trigger(u)) {
        u->ris |= INT_RX;
    }
    restart_timeout(u);
}

static void empty(struct pl011 *u)
{
    u->head = u->count = 0;
    u->overrun = false;
    u->ris &= ~(INT_RX | INT_RT);
    restart_timeout(u);
}

static uint32_t read_dr(struct pl011 *u)
{
    uint32_t value = u->fifo[u->head];

    if (!u->count) {
        return 0;
    }
    if (u->overrun) {
        value |= DR_OE;
    }
    u->overrun = false;
    u->rsr = value & DR_OE ? RSR_OE : 0;        /* the status of the character that was read (3.3.2) */
    u->head = (u->head + 1) % PL011_FIFO;
    u->count--;
    if (u->count < trigger(u)) {
        u->ris &= ~INT_RX;
    }
    if (!u->count) {
        u->ris &= ~INT_RT;
    }
    restart_timeout(u);
    return value;
}

static void write_dr(struct pl011 *u, uint8_t byte)
{
    if (u->cr & CR_LBE) {
        receive(u, byte);
    } else {
        bus_output(&u->dev, &byte, 1);
    }
    u->ris |= INT_TX;                           /* the FIFO has passed its level (2.8.3) */
}

/* A ready neighbour, or in loopback the UART's own outputs (3.3.8, LBE). */
static uint32_t modem(const struct pl011 *u)
{
    if (!(u->cr & CR_LBE)) {
        return FR_CTS | FR_DSR | FR_DCD;
    }
    return (u->cr & CR_RTS ? FR_CTS : 0) | (u->cr & CR_DTR ? FR_DSR : 0) | (u->cr & CR_OUT1 ? FR_DCD : 0) |
           (u->cr & CR_OUT2 ? FR_RI : 0);
}

static void write_cr(struct pl011 *u, uint32_t value)
{
    uint32_t before = modem(u);

    u->cr = value & CR_BITS;
    before ^= modem(u);
    u->ris |= (before & FR_CTS ? INT_CTS : 0) | (before & FR_DSR ? INT_DSR : 0) | (before & FR_DCD ? INT_DCD : 0) |
              (before & FR_RI ? INT_RI : 0);
}

static void write_lcr_h(struct pl011 *u, uint8_t value)
{
    bool change = (value ^ u->lcr_h) & LCR_H_FEN;

    u->lcr_h = value;
    if (change) {
        empty(u);
    }
}

static uint32_t read(struct pl011 *u, uint32_t offset)
{
    switch (offset) {
    case DR:
        return read_dr(u);
    case RSR:
        return u->rsr;
    case FR:
        return modem(u) | FR_TXFE | (u->count ? 0 : FR_RXFE) | (u->count == depth(u) ? FR_RXFF : 0);
    case ILPR:
        return u->ilpr;
    case IBRD:
        return u->ibrd;
    case FBRD:
        return u->fbrd;
    case LCR_H:
        return u->lcr_h;
    case CR:
        return u->cr;
    case IFLS:
        return u->ifls;
    case IMSC:
        return u->imsc;
    case RIS:
        return u->ris;
    case MIS:
        return u->ris & u->imsc;
    case DMACR:
        return u->dmacr;
    default:
        return offset >= PERIPH_ID0 ? ids[(offset - PERIPH_ID0) / 4] : 0;
    }
}

static void write(struct pl011 *u, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case DR:
        write_dr(u, (uint8_t)value);
        break;
    case RSR:                                   /* ECR: any value clears */
        u->rsr = 0;
        break;
    case ILPR:
        u->ilpr = (uint8_t)value;
        break;
    case IBRD:
        u->ibrd = (uint16_t)value;
        break;
    case FBRD:
        u->fbrd = value & 0x3f;
        break;
    case LCR_H:
        write_lcr_h(u, (uint8_t)value);
        break;
    case CR:
        write_cr(u, value);
        break;
    case IFLS:
        u->ifls = value & 0x3f;
        break;
    case IMSC:
        u->imsc = value & INT_BITS;
        break;
    case ICR:
        u->ris &= ~value;
        break;
    case DMACR:                                 /* kept; nobody has a DMA controller */
        u->dmacr = value & 7;
        break;
    }
}

static enum vmm_result pl011_mmio(struct vmm_device *dev, struct vmm_mmio *m)
{
    uint32_t offset;

    if (!bus_offset(dev, m, &offset)) {
        return VMM_ELSEWHERE;
    }
    if (m->size == 8 || offset % 4) {
        return VMM_REFUSED;
    }
    if (m->write) {
        write(of(dev), offset, (uint32_t)m->value);
    } else {
        m->value = read(of(dev), offset);
    }
    update_irq(of(dev));
    return VMM_DONE;
}

/* Bytes wait outside while there is no room, or the receiver is off or cut off from the line. */
static size_t pl011_input(struct vmm_device *dev, const uint8_t *bytes, size_t len)
{
    struct pl011 *u = of(dev);
    size_t taken = 0;

    if ((u->cr & (CR_UARTEN | CR_RXE | CR_LBE)) == (CR_UARTEN | CR_RXE)) {
        while (taken < len && u->count < depth(u)) {
            receive(u, bytes[taken++]);
        }
        update_irq(u);
    }
    return taken;
}

static void pl011_timer(struct vmm_device *dev, uint64_t now_ns)
{
    (void)now_ns;
    of(dev)->ris |= INT_RT;
    update_irq(of(dev));
}

static void pl011_reset(struct vmm_device *dev)
{
    *of(dev) = (struct pl011){ .dev = *dev, .cr = CR_TXE | CR_RXE, .ifls = 0x12 };
}

static const struct vmm_model model = {
    .name = "pl011", .reset = pl011_reset, .mmio = pl011_mmio, .input = pl011_input, .timer = pl011_timer,
};

bool pl011_init(struct pl011 *u, struct vmm_bus *bus, const struct vmm_place *place)
{
    return bus_attach(bus, &u->dev, &model, place);
}
