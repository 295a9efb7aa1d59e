/* SPDX-License-Identifier: GPL-2.0-or-later
 * PrimeCell Real Time Clock (PL031), ARM DDI0224
 *
 * The clock runs from the start, as a board's firmware leaves it: CR reads 1, and nothing stops a running clock but a
 * reset (3.3.4). Its second is that of the time bus.
 */
#include "pl031.h"

enum {      /* 3.2 */
    DR = 0x000, MR = 0x004, LR = 0x008, CR = 0x00c, IMSC = 0x010, RIS = 0x014, MIS = 0x018, ICR = 0x01c, PERIPH_ID0 = 0xfe0,
};
#define SECOND_NS UINT64_C(1000000000)

static const uint8_t ids[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };   /* 3.3.9, 3.3.10 */

static struct pl031 *of(struct vmm_device *dev) { return (struct pl031 *)dev; }

static uint64_t now_s(const struct pl031 *r)
{
    return bus_now_ns(&r->dev) / SECOND_NS;
}

static uint32_t counter(const struct pl031 *r)
{
    return (uint32_t)now_s(r) + r->offset_s;
}

static void update_irq(struct pl031 *r)
{
    bus_irq(&r->dev, r->ris && r->imsc);
}

/* The next match after this second: at most 2^32 of them away. */
static void arm(struct pl031 *r)
{
    uint64_t second = now_s(r);
    uint32_t between = r->mr - ((uint32_t)second + r->offset_s) - 1;

    bus_arm(&r->dev, (second + between + 1) * SECOND_NS);
}

/* The guest has set counter or match register. */
static void compare(struct pl031 *r)
{
    if (counter(r) == r->mr) {
        r->ris = true;
    }
    arm(r);
}

static uint32_t read(const struct pl031 *r, uint32_t offset)
{
    switch (offset) {
    case DR:
        return counter(r);
    case MR:
        return r->mr;
    case LR:
        return r->lr;
    case CR:
        return 1;
    case IMSC:
        return r->imsc;
    case RIS:
        return r->ris;
    case MIS:
        return r->ris && r->imsc;
    default:
        return offset >= PERIPH_ID0 ? ids[(offset - PERIPH_ID0) / 4] : 0;
    }
}

static void write(struct pl031 *r, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case MR:
        r->mr = value;
        compare(r);
        break;
    case LR:
        r->lr = value;
        r->offset_s += value - counter(r);
        compare(r);
        break;
    case IMSC:
        r->imsc = value & 1;
        break;
    case ICR:
        r->ris = r->ris && !(value & 1);
        break;
    }
}

static enum vmm_result pl031_mmio(struct vmm_device *dev, struct vmm_mmio *m)
{
    uint32_t offset;

    if (!bus_offset(dev, m, &offset)) {
        return VMM_ELSEWHERE;
    }
    if (m->size != 4 || offset % 4) {
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

static void pl031_timer(struct vmm_device *dev, uint64_t now_ns)
{
    (void)now_ns;
    of(dev)->ris = true;
    arm(of(dev));
    update_irq(of(dev));
}

static void pl031_reset(struct vmm_device *dev)
{
    uint32_t start_s = of(dev)->start_s;

    *of(dev) = (struct pl031){ .dev = *dev, .start_s = start_s, .offset_s = start_s };
    arm(of(dev));
}

static const struct vmm_model model = { .name = "pl031", .reset = pl031_reset, .mmio = pl031_mmio, .timer = pl031_timer };

bool pl031_init(struct pl031 *r, struct vmm_bus *bus, const struct vmm_place *place, uint32_t start_s)
{
    r->start_s = start_s;
    return bus_attach(bus, &r->dev, &model, place);
}
