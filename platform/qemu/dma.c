/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot-window, and DMA through it: what a device's stream may reach
 */
#include "module.h"

#include "hw/qdev-properties.h"
#include "exec/address-spaces.h"
#include "qom/object.h"

#define TYPE_INGOT_WINDOW "ingot-window"
OBJECT_DECLARE_SIMPLE_TYPE(IngotWindow, INGOT_WINDOW)

struct IngotWindow {
    DeviceState parent;
    uint32_t stream;
    uint64_t ipa, pa, size;
};

static IngotWindow *windows[BOARD_WINDOWS_MAX];
static unsigned window_count;

/* Stream 0 is no stream, and no window has it. */
static const IngotWindow *window_of(uint32_t stream, uint64_t ipa)
{
    for (unsigned i = 0; i < window_count; i++) {
        if (windows[i]->stream == stream && ipa - windows[i]->ipa < windows[i]->size) {
            return windows[i];
        }
    }
    return NULL;
}

/* Bytes from ipa on that one window has; 0: none. */
static uint64_t reach(uint32_t stream, uint64_t ipa, uint64_t len, uint64_t *pa)
{
    const IngotWindow *w = window_of(stream, ipa);
    if (!w) {
        return 0;
    }
    *pa = w->pa + (ipa - w->ipa);
    return MIN(len, w->size - (ipa - w->ipa));
}

/* All of it may be reached, though perhaps through several windows that follow each other. */
static bool allowed(uint32_t stream, uint64_t ipa, uint64_t len)
{
    uint64_t pa = 0, n;
    for (; len; ipa += n, len -= n) {
        n = reach(stream, ipa, len, &pa);
        if (!n) {
            return false;
        }
    }
    return true;
}

enum seam_result dma_transfer(uint32_t stream, uint64_t ipa, void *to, size_t len, bool write)
{
    uint8_t *buf = to;
    uint64_t pa = 0, n;
    if (!allowed(stream, ipa, len)) {
        return SEAM_DENIED;
    }
    for (; len; ipa += n, buf += n, len -= n) {
        n = reach(stream, ipa, len, &pa);
        if (address_space_rw(&address_space_memory, pa, MEMTXATTRS_UNSPECIFIED, buf, n, write) != MEMTX_OK) {
            return SEAM_SLAVE_ERROR;    /* windows are RAM: see window_realize */
        }
    }
    return SEAM_OK;
}

static bool is_ram(uint64_t pa, uint64_t size)
{
    MemoryRegionSection s = memory_region_find(get_system_memory(), pa, size);
    bool ram = s.mr && memory_region_is_ram(s.mr) && s.offset_within_address_space == pa && int128_get64(s.size) == size;
    if (s.mr) {
        memory_region_unref(s.mr);
    }
    return ram;
}

static void window_realize(DeviceState *dev, Error **errp)
{
    IngotWindow *w = INGOT_WINDOW(dev);
    if (!w->stream || !w->size) {
        error_setg(errp, "stream (not 0), ipa, pa and size are needed, as in stream=1,ipa=0x40000000,pa=0x40c00000,size=0xc000000");
    } else if (w->ipa + w->size - 1 < w->ipa || !is_ram(w->pa, w->size)) {
        error_setg(errp, "pa=0x%" PRIx64 ",size=0x%" PRIx64 " is not all RAM: choose it within the board's memory",
                   w->pa, w->size);
    } else if (window_count == BOARD_WINDOWS_MAX) {
        error_setg(errp, "one too many: a board has at most %d windows", BOARD_WINDOWS_MAX);
    } else {
        windows[window_count++] = w;
    }
}

static Property window_properties[] = {
    DEFINE_PROP_UINT32("stream", IngotWindow, stream, 0),
    DEFINE_PROP_UINT64("ipa", IngotWindow, ipa, 0),
    DEFINE_PROP_UINT64("pa", IngotWindow, pa, 0),
    DEFINE_PROP_UINT64("size", IngotWindow, size, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void window_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->desc = "Ingot: memory that a DMA stream may reach";
    dc->realize = window_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    device_class_set_props(dc, window_properties);
}

void dma_register_type(void)
{
    static const TypeInfo type = { .name = TYPE_INGOT_WINDOW, .parent = TYPE_DEVICE,
                                   .instance_size = sizeof(IngotWindow), .class_init = window_class_init };
    type_register_static(&type);
}
