/* SPDX-License-Identifier: GPL-2.0-or-later
 * DMA: what a device's stream may reach, by an IOMMU or by ingot-window
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

static bool is_ram(uint64_t pa, uint64_t size)
{
    MemoryRegionSection s = memory_region_find(get_system_memory(), pa, size);
    bool ram = s.mr && memory_region_is_ram(s.mr) && s.offset_within_address_space == pa && int128_get64(s.size) == size;
    if (s.mr) {
        memory_region_unref(s.mr);
    }
    return ram;
}

/* The next piece of a transfer that lies together. An IOMMU decides where there is one: over all but its own tables and queues. What it
 * lets pass must be RAM: no device is reached from within another's call. */
static enum seam_result piece(unsigned device, uint32_t stream, uint64_t ipa, uint64_t len, bool write, uint64_t *pa, uint64_t *n)
{
    int iommu = seam_iommu(board.devices);
    if (iommu < 0) {
        *n = reach(stream, ipa, len, pa);
        return *n ? SEAM_OK : SEAM_DENIED;
    }
    *pa = ipa;
    *n = len;
    enum seam_result r = iommu == (int)device ? SEAM_OK : stream ? seam_translate(board.devices, stream, ipa, write, pa, n) : SEAM_DENIED;
    *n = MIN(*n, len);
    return r == SEAM_OK && !is_ram(*pa, *n) ? SEAM_DECODE_ERROR : r;
}

/* All of it or nothing: first every piece is looked up. */
enum seam_result dma_transfer(unsigned device, uint32_t stream, uint64_t ipa, void *to, size_t len, bool write)
{
    uint64_t pa = 0, n = 0;
    for (uint64_t at = 0; at < len; at += n) {
        enum seam_result r = piece(device, stream, ipa + at, len - at, write, &pa, &n);
        if (r != SEAM_OK) {
            return r;
        }
        if (n == len && address_space_rw(&address_space_memory, pa, MEMTXATTRS_UNSPECIFIED, to, n, write) == MEMTX_OK) {
            return SEAM_OK;             /* the usual case: one piece */
        }
    }
    for (uint64_t at = 0; at < len; at += n) {
        if (piece(device, stream, ipa + at, len - at, write, &pa, &n) != SEAM_OK ||
            address_space_rw(&address_space_memory, pa, MEMTXATTRS_UNSPECIFIED, (uint8_t *)to + at, n, write) != MEMTX_OK) {
            return SEAM_SLAVE_ERROR;
        }
    }
    return SEAM_OK;
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
