/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot-vdev, ingot-window: devices of the seam on QEMU's bus, and the DMA windows of their streams
 */
#include "module.h"

#include "hw/intc/arm_gicv3_common.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "exec/address-spaces.h"
#include "qom/object.h"

#define TYPE_INGOT_VDEV "ingot-vdev"
OBJECT_DECLARE_SIMPLE_TYPE(IngotVdev, INGOT_VDEV)
#define TYPE_INGOT_WINDOW "ingot-window"
OBJECT_DECLARE_SIMPLE_TYPE(IngotWindow, INGOT_WINDOW)

struct IngotVdev {
    DeviceState parent;
    char *type, *impl;
    uint64_t addr, size, clock_ps;
    uint32_t spi, stream;
    unsigned index;
    MemoryRegion mmio;
    qemu_irq *lines;
    unsigned line_count;
};

struct IngotWindow {
    DeviceState parent;
    uint32_t stream;
    uint64_t ipa, pa, size;
};

static IngotVdev *vdevs[BOARD_DEVICES_MAX];
static unsigned vdev_count;
static IngotWindow *windows[BOARD_WINDOWS_MAX];
static unsigned window_count;

unsigned bridge_count(void) { return vdev_count; }
const char *bridge_name(unsigned device) { return vdevs[device]->parent.id; }

int bridge_find(const char *name)
{
    for (unsigned i = 0; i < vdev_count; i++) {
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

/* Before an access: what is due at or before now has happened. After it: the next event may be another. */
static seam_ps access_begin(void)
{
    seam_ps now = board_now_ps();
    if (board.next_event <= now) {
        board_advance();
    }
    return now;
}

static void access_end(seam_ps delay)
{
    if (seam_next_event(board.devices) != board.next_event) {
        board_rearm();
    }
    vcpu_stall(delay);
}

static MemTxResult mmio_read(void *opaque, hwaddr offset, uint64_t *value, unsigned size, MemTxAttrs attrs)
{
    IngotVdev *v = opaque;
    (void)attrs;
    *value = 0;
    if (vcpu_running() < 0) {
        return memtx(seam_peek(board.devices, v->index, offset, size, value));
    }
    seam_ps delay = 0, now = access_begin();
    enum seam_result r = seam_read(board.devices, v->index, offset, size, now, value, &delay);
    record((struct trace_record){ .kind = TRACE_READ, .size = size, .id = v->index, .addr = offset, .value = *value, .result = r });
    access_end(delay);
    return memtx(r);
}

static MemTxResult mmio_write(void *opaque, hwaddr offset, uint64_t value, unsigned size, MemTxAttrs attrs)
{
    IngotVdev *v = opaque;
    (void)attrs;
    if (vcpu_running() < 0) {
        return MEMTX_ERROR;     /* a debugger must not change a device behind the guest's back */
    }
    seam_ps delay = 0, now = access_begin();
    record((struct trace_record){ .kind = TRACE_WRITE, .size = size, .id = v->index, .addr = offset, .value = value });
    enum seam_result r = seam_write(board.devices, v->index, offset, size, now, value, &delay);
    access_end(delay);
    return memtx(r);
}

static const MemoryRegionOps mmio_ops = {
    .read_with_attrs = mmio_read,
    .write_with_attrs = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* Devices -> CPU */

static void seam_irq(void *opaque, unsigned device, unsigned spi, bool level)
{
    IngotVdev *v = vdevs[device];
    (void)opaque;
    record((struct trace_record){ .kind = TRACE_IRQ, .id = device, .addr = spi + 32, .value = level });
    qemu_set_irq(v->lines[spi - v->spi], level);
}

/* Where the stream may go: the physical address, or nothing. */
static bool translate(uint32_t stream, uint64_t addr, size_t len, uint64_t *pa)
{
    for (unsigned i = 0; i < window_count; i++) {
        const IngotWindow *w = windows[i];
        if (stream && w->stream == stream && addr >= w->ipa && len <= w->size && addr - w->ipa <= w->size - len) {
            *pa = addr - w->ipa + w->pa;
            return true;
        }
    }
    return false;
}

static enum seam_result dma(unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len, bool write)
{
    uint64_t pa;
    enum seam_result r = SEAM_DENIED;

    if (translate(stream, addr, len, &pa)) {
        MemTxResult m = address_space_rw(&address_space_memory, pa, MEMTXATTRS_UNSPECIFIED, buf, len, write);
        r = m == MEMTX_OK ? SEAM_OK : m & MEMTX_DECODE_ERROR ? SEAM_DECODE_ERROR : SEAM_SLAVE_ERROR;
    }
    record((struct trace_record){
        .kind = write ? TRACE_DMA_WRITE : TRACE_DMA_READ, .id = device, .addr = addr, .aux = len, .result = r,
        .value = board.trace && r == SEAM_OK ? trace_crc32c(0, buf, len) : 0 });
    return r;
}

static enum seam_result seam_dma_read(void *o, unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len)
{
    (void)o;
    return dma(device, stream, addr, buf, len, false);
}

static enum seam_result seam_dma_write(void *o, unsigned device, uint32_t stream, uint64_t addr, const void *buf, size_t len)
{
    (void)o;
    return dma(device, stream, addr, (void *)buf, len, true);
}

static void seam_console(void *opaque, unsigned device, const uint8_t *bytes, size_t len)
{
    (void)opaque;
    for (size_t i = 0; i < len; i++) {
        record((struct trace_record){ .kind = TRACE_CONSOLE, .id = device, .value = bytes[i] });
        watch_console(device, bytes[i]);
    }
    control_console(device, bytes, len);
}

static void seam_note(void *opaque, unsigned device, uint32_t code, uint64_t value)
{
    (void)opaque;
    record((struct trace_record){ .kind = TRACE_NOTE, .id = device, .addr = code, .value = value });
}

static void seam_stop(void *opaque, unsigned device, const char *reason)
{
    (void)opaque;
    if (control_connected()) {
        control_hold("stop %s %s", bridge_name(device), reason);
    } else {
        board_fail("%s: %s", bridge_name(device), reason);
    }
}

const struct seam_cpu bridge_seam_cpu = {
    .irq = seam_irq, .dma_read = seam_dma_read, .dma_write = seam_dma_write,
    .console = seam_console, .note = seam_note, .stop = seam_stop,
};

/* Set-up */

bool bridge_realize_all(Error **errp)
{
    char err[256];
    for (unsigned i = 0; i < vdev_count; i++) {
        IngotVdev *v = vdevs[i];
        struct seam_device_desc desc = {
            .name = v->parent.id, .type = v->type, .impl = v->impl, .base = v->addr, .size = v->size, .spi = v->spi,
            .stream = v->stream, .clock_ps = v->clock_ps };
        int index = seam_devices_add(board.devices, &desc, err, sizeof err);
        if (index < 0) {
            error_setg(errp, "ingot-vdev: %s", err);
            return false;
        }
        v->index = index;
    }
    return true;
}

void bridge_map_all(void)
{
    DeviceState *gic = DEVICE(object_resolve_path_type("", TYPE_ARM_GICV3_COMMON, NULL));
    for (unsigned i = 0; i < vdev_count; i++) {
        IngotVdev *v = vdevs[i];
        if (!gic) {
            error_report("ingot-vdev: the machine has no GICv3: use -machine virt,gic-version=3");
            exit(1);
        }
        v->line_count = seam_devices_lines(board.devices, v->index);
        v->lines = g_new0(qemu_irq, v->line_count);
        for (unsigned n = 0; n < v->line_count; n++) {
            v->lines[n] = qdev_get_gpio_in(gic, v->spi + n);
        }
        memory_region_init_io(&v->mmio, OBJECT(v), &mmio_ops, v, v->parent.id,
                              seam_devices_window(board.devices, v->index));
        memory_region_add_subregion(get_system_memory(), v->addr, &v->mmio);
    }
}

static void vdev_realize(DeviceState *dev, Error **errp)
{
    IngotVdev *v = INGOT_VDEV(dev);
    if (!dev->id || !v->type || !v->addr) {
        error_setg(errp, "ingot-vdev: id, type and addr are needed: id=dmaq0,type=dmaq,addr=0x0b010000,spi=179");
    } else if (v->addr & 0xfff) {
        error_setg(errp, "ingot-vdev %s: addr must be a multiple of 4096", dev->id);
    } else if (v->spi > 255) {
        error_setg(errp, "ingot-vdev %s: spi must be 0 to 255", dev->id);
    } else if (vdev_count == BOARD_DEVICES_MAX) {
        error_setg(errp, "ingot-vdev %s: at most %d devices", dev->id, BOARD_DEVICES_MAX);
    } else {
        vdevs[vdev_count++] = v;
    }
}

static void window_realize(DeviceState *dev, Error **errp)
{
    IngotWindow *w = INGOT_WINDOW(dev);
    if (!w->stream || !w->size || w->ipa + w->size < w->ipa || w->pa + w->size < w->pa) {
        error_setg(errp, "ingot-window: stream (not 0), ipa, pa and size are needed, and must not wrap around");
    } else if (window_count == BOARD_WINDOWS_MAX) {
        error_setg(errp, "ingot-window: at most %d windows", BOARD_WINDOWS_MAX);
    } else {
        windows[window_count++] = w;
    }
}

static Property vdev_properties[] = {
    DEFINE_PROP_STRING("type", IngotVdev, type),
    DEFINE_PROP_STRING("impl", IngotVdev, impl),
    DEFINE_PROP_UINT64("addr", IngotVdev, addr, 0),
    DEFINE_PROP_UINT64("size", IngotVdev, size, 0),
    DEFINE_PROP_UINT32("spi", IngotVdev, spi, 0),
    DEFINE_PROP_UINT32("stream", IngotVdev, stream, 0),
    DEFINE_PROP_UINT64("clock-ps", IngotVdev, clock_ps, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static Property window_properties[] = {
    DEFINE_PROP_UINT32("stream", IngotWindow, stream, 0),
    DEFINE_PROP_UINT64("ipa", IngotWindow, ipa, 0),
    DEFINE_PROP_UINT64("pa", IngotWindow, pa, 0),
    DEFINE_PROP_UINT64("size", IngotWindow, size, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void vdev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    (void)data;
    dc->desc = "Ingot: a device model or RTL core behind the seam";
    dc->realize = vdev_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    device_class_set_props(dc, vdev_properties);
}

static void window_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    (void)data;
    dc->desc = "Ingot: memory that a DMA stream may reach";
    dc->realize = window_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    device_class_set_props(dc, window_properties);
}

void bridge_register_types(void)
{
    static const TypeInfo vdev = { .name = TYPE_INGOT_VDEV, .parent = TYPE_DEVICE,
                                   .instance_size = sizeof(IngotVdev), .class_init = vdev_class_init };
    static const TypeInfo window = { .name = TYPE_INGOT_WINDOW, .parent = TYPE_DEVICE,
                                     .instance_size = sizeof(IngotWindow), .class_init = window_class_init };
    type_register_static(&vdev);
    type_register_static(&window);
}
