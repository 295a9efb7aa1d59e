/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot-vdev: a device of the seam on QEMU's bus
 */
#include "module.h"

#include "hw/intc/arm_gicv3_common.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "exec/address-spaces.h"
#include "qom/object.h"

#define TYPE_INGOT_VDEV "ingot-vdev"
OBJECT_DECLARE_SIMPLE_TYPE(IngotVdev, INGOT_VDEV)

struct IngotVdev {
    DeviceState parent;
    char *vdev, *impl, *owner;
    uint64_t addr, size, clock_ps, clock_hz;
    uint32_t spi, stream;
    struct bridge_device bridge;
    qemu_irq *lines;
};

static struct bridge_device *devices[BOARD_DEVICES_MAX];
static unsigned device_count;

unsigned bridge_count(void) { return device_count; }
const char *bridge_name(unsigned device) { return devices[device]->qdev->id; }
const struct bridge_device *bridge_device(unsigned device) { return devices[device]; }

int bridge_find(const char *name)
{
    for (unsigned i = 0; i < device_count; i++) {
        if (!strcmp(bridge_name(i), name)) {
            return i;
        }
    }
    return -1;
}

/* CPU -> devices */

static MemTxResult memtx(enum seam_result r)
{
    return r == SEAM_OK ? MEMTX_OK : r == SEAM_DECODE_ERROR ? MEMTX_DECODE_ERROR : MEMTX_ERROR;
}

/* One access of the core in turn, at its instant; what is due at or before it has happened. Nothing is recorded that nobody
 * wants: this is the hot path. */
static MemTxResult transaction(struct bridge_device *v, bool write, hwaddr offset, uint64_t *value, unsigned size)
{
    enum seam_result r;
    seam_ps delay = 0, now = vcpu_now_ns() * SEAM_PS_PER_NS;
    const bool recorded = record_wanted();

    if (board.next_event <= now) {
        board_advance();
    }
    if (recorded) {
        record_begin(now, (struct trace_record){ .kind = write ? TRACE_WRITE : TRACE_READ, .size = size, .id = v->index, .addr = offset, .value = *value });
    }
    r = write ? seam_write(board.devices, v->index, offset, size, now, *value, &delay)
              : seam_read(board.devices, v->index, offset, size, now, value, &delay);
    if (recorded) {
        record_cause((struct trace_record){ .kind = write ? TRACE_WRITE : TRACE_READ, .size = size, .id = v->index, .addr = offset,
                                            .value = *value, .result = r | (uint32_t)MIN(delay, TRACE_BUS_MAX) << 8 });
        record_end();
    }
    board_rearm();
    if (delay) {
        vcpu_stall(delay);
    }
    return memtx(r);
}

static MemTxResult mmio_read(void *opaque, hwaddr offset, uint64_t *value, unsigned size, MemTxAttrs attrs)
{
    struct bridge_device *v = opaque;

    *value = 0;
    if (!vcpu_in_turn()) {
        return memtx(seam_peek(board.devices, v->index, offset, size, value));
    }
    return transaction(v, false, offset, value, size);
}

static MemTxResult mmio_write(void *opaque, hwaddr offset, uint64_t value, unsigned size, MemTxAttrs attrs)
{
    if (!vcpu_in_turn()) {
        return MEMTX_ERROR;     /* a debugger does not change a device behind the guest's back */
    }
    return transaction(opaque, true, offset, &value, size);
}

const MemoryRegionOps bridge_mmio_ops = {
    .read_with_attrs = mmio_read,
    .write_with_attrs = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* Devices -> CPU */

static void seam_irq(void *opaque, unsigned device, unsigned spi, bool level)
{
    struct bridge_device *v = devices[device];
    record((struct trace_record){ .kind = TRACE_IRQ, .id = device, .addr = spi + 32, .value = level });
    v->irq(v, spi - v->spi, level);
}

static enum seam_result dma(unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len, bool write)
{
    struct bridge_device *v = devices[device];
    enum seam_result r = v->dma ? v->dma(v, addr, buf, len, write) : dma_transfer(device, stream, addr, buf, len, write);
    const bool moved = board.trace && r == SEAM_OK;
    record_data((struct trace_record){
        .kind = write ? TRACE_DMA_WRITE : TRACE_DMA_READ, .id = device, .addr = addr, .aux = len, .result = r,
        .value = moved ? trace_crc32c(0, buf, len) : 0 }, moved ? buf : NULL);
    return r;
}

static enum seam_result seam_dma_read(void *o, unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len)
{
    return dma(device, stream, addr, buf, len, false);
}

static enum seam_result seam_dma_write(void *o, unsigned device, uint32_t stream, uint64_t addr, const void *buf, size_t len)
{
    return dma(device, stream, addr, (void *)buf, len, true);
}

static void seam_console(void *opaque, unsigned device, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        record((struct trace_record){ .kind = TRACE_CONSOLE, .id = device, .value = bytes[i] });
        watch_console(device, bytes[i]);
    }
    console_out(device, bytes, len);
}

static void seam_note(void *opaque, unsigned device, uint32_t code, uint64_t value)
{
    record((struct trace_record){ .kind = TRACE_NOTE, .id = device, .addr = code, .value = value });
}

static void seam_stop(void *opaque, unsigned device, const char *reason)
{
    if (control_connected()) {
        g_autoptr(GString) text = g_string_new(NULL);
        console_escape(text, reason, strlen(reason));
        hold_ask("stop %s %s", bridge_name(device), text->str);
    } else {
        board_fail("%s: %s", bridge_name(device), reason);
    }
}

const struct seam_cpu bridge_seam_cpu = {
    .irq = seam_irq, .dma_read = seam_dma_read, .dma_write = seam_dma_write,
    .console = seam_console, .note = seam_note, .stop = seam_stop,
};

/* Set-up */

static unsigned spis_of(DeviceState *gic) { return object_property_get_uint(OBJECT(gic), "num-irq", &error_abort) - GIC_INTERNAL; }

static void set_spi(struct bridge_device *b, unsigned line, bool level)
{
    qemu_set_irq(container_of(b, IngotVdev, bridge)->lines[line], level);
}

static void map(IngotVdev *v, DeviceState *gic)
{
    uint64_t size = seam_devices_window(board.devices, v->bridge.index);
    unsigned lines = seam_devices_lines(board.devices, v->bridge.index);
    MemoryRegionSection there = memory_region_find(get_system_memory(), v->addr, size);

    if (there.mr) {
        error_report("ingot-vdev %s: addr=0x%" PRIx64 ": the machine has '%s' there: choose from 0x0b000000-0x0bffffff",
                     v->parent.id, v->addr, memory_region_name(there.mr));
        exit(1);
    }
    if (v->spi + lines > spis_of(gic)) {
        error_report("ingot-vdev %s: spi=%u: the machine has SPIs 0 to %u", v->parent.id, v->spi, spis_of(gic) - 1);
        exit(1);
    }
    v->lines = g_new0(qemu_irq, lines);
    for (unsigned n = 0; n < lines; n++) {
        v->lines[n] = qdev_get_gpio_in(gic, v->spi + n);
    }
    memory_region_init_io(&v->bridge.mmio, OBJECT(v), &bridge_mmio_ops, &v->bridge, v->parent.id, size);
    memory_region_add_subregion(get_system_memory(), v->addr, &v->bridge.mmio);
}

void bridge_map_all(void)
{
    Object *gic = object_resolve_path_type("", TYPE_ARM_GICV3_COMMON, NULL);
    if (!gic) {
        error_report("ingot-board: the machine has no GICv3: use -machine virt,gic-version=3");
        exit(1);
    }
    for (unsigned i = 0; i < device_count; i++) {
        if (devices[i]->irq == set_spi) {
            map(container_of(devices[i], IngotVdev, bridge), DEVICE(gic));
        }
    }
}

bool bridge_add(struct bridge_device *b, DeviceState *dev, const struct seam_device_desc *desc, Error **errp)
{
    char err[256];
    if (!board.devices) {
        error_setg(errp, "%s: there is no board: put -device ingot-board before it", dev->id);
        return false;
    }
    if (device_count == BOARD_DEVICES_MAX) {
        error_setg(errp, "%s: one too many: a board has at most %d devices", dev->id, BOARD_DEVICES_MAX);
        return false;
    }
    int index = seam_devices_add(board.devices, desc, err, sizeof err);
    if (index < 0) {
        error_setg(errp, "%s", err);
        return false;
    }
    b->qdev = dev;
    b->type = desc->type;
    b->impl = seam_devices_impl(board.devices, index);
    b->clock_ps = desc->clock_ps;
    b->clock_hz = desc->clock_hz;
    b->index = index;
    b->spi = desc->spi;
    devices[device_count++] = b;
    return true;
}

static void vdev_realize(DeviceState *dev, Error **errp)
{
    IngotVdev *v = INGOT_VDEV(dev);

    if (!dev->id || !v->vdev || !v->addr) {
        error_setg(errp, "id, vdev and addr are needed, as in id=dmaq0,vdev=dmaq,addr=0x0b010000,spi=179");
    } else if (v->addr & 0xfff) {
        error_setg(errp, "%s: addr=0x%" PRIx64 " must be a multiple of 4096", dev->id, v->addr);
    } else {
        struct seam_device_desc desc = {
            .name = dev->id, .type = v->vdev, .impl = v->impl, .base = v->addr, .size = v->size, .spi = v->spi,
            .stream = v->stream, .clock_ps = v->clock_ps, .clock_hz = v->clock_hz };
        v->bridge.irq = set_spi;
        v->bridge.owner = v->owner;
        bridge_add(&v->bridge, dev, &desc, errp);
    }
}

static Property vdev_properties[] = {
    DEFINE_PROP_STRING("vdev", IngotVdev, vdev),
    DEFINE_PROP_STRING("impl", IngotVdev, impl),
    DEFINE_PROP_STRING("owner", IngotVdev, owner),
    DEFINE_PROP_UINT64("addr", IngotVdev, addr, 0),
    DEFINE_PROP_UINT64("size", IngotVdev, size, 0),
    DEFINE_PROP_UINT32("spi", IngotVdev, spi, 0),
    DEFINE_PROP_UINT32("stream", IngotVdev, stream, 0),
    DEFINE_PROP_UINT64("clock-ps", IngotVdev, clock_ps, 0),
    DEFINE_PROP_UINT64("clock-hz", IngotVdev, clock_hz, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void vdev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->desc = "Ingot: a device model or RTL core behind the seam";
    dc->realize = vdev_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    device_class_set_props(dc, vdev_properties);
}

void bridge_register_type(void)
{
    static const TypeInfo type = { .name = TYPE_INGOT_VDEV, .parent = TYPE_DEVICE,
                                   .instance_size = sizeof(IngotVdev), .class_init = vdev_class_init };
    type_register_static(&type);
}
