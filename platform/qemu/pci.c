/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot-pci: the same device of the seam behind QEMU's PCIe host bridge (PCIe Base Specification 5.0)
 *
 * BAR 0 is its register window, BAR 2 the table and pending bits of MSI-X, one vector a line. A line's rising edge sends its
 * message; without MSI-X all lines are INTA. DMA goes by the bus: nothing moves before the driver has set Bus Master.
 */
#include "module.h"

#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "hw/pci/pcie.h"
#include "hw/qdev-properties.h"
#include "qemu/rcu.h"
#include "migration/vmstate.h"
#include "qom/object.h"

#define TYPE_INGOT_PCI "ingot-pci"
OBJECT_DECLARE_SIMPLE_TYPE(IngotPci, INGOT_PCI)

/* The vendor that QEMU's documents give to experiments; a device type's own number is the board's to choose. */
#define VENDOR 0x1234
#define DEVICE_DEFAULT 0x4951
#define CLASS 0x1180            /* signal processing controller, other (PCI Code and ID Assignment 1.16) */
#define WINDOWS 0x1000000000    /* what the seam has in place of an address: BARs move */
#define LINES 800               /* the seam's number of the first line: beyond all SPIs */
#define LINES_EACH 8

enum { BAR_REGISTERS = 0, BAR_MSIX = 2 };

struct IngotPci {
    PCIDevice parent;
    char *vdev, *impl, *owner;
    uint64_t size, clock_ps, clock_hz;
    uint16_t device;
    struct bridge_device bridge;
    uint32_t levels;            /* of the lines */
};

static unsigned pci_count;

static void raise_line(struct bridge_device *b, unsigned line, bool level)
{
    IngotPci *p = container_of(b, IngotPci, bridge);
    p->levels = level ? p->levels | 1u << line : p->levels & ~(1u << line);
    if (!msix_enabled(&p->parent)) {
        pci_set_irq(&p->parent, p->levels != 0);
    } else if (level) {
        msix_notify(&p->parent, line);
    }
}

static enum seam_result dma(struct bridge_device *b, uint64_t addr, void *buf, size_t len, bool write)
{
    IngotPci *p = container_of(b, IngotPci, bridge);
    AddressSpace *bus = pci_get_address_space(&p->parent);      /* empty without Bus Master */
    hwaddr there, room = len;
    RCU_READ_LOCK_GUARD();
    MemoryRegion *mr = address_space_translate(bus, addr, &there, &room, write, MEMTXATTRS_UNSPECIFIED);
    if (!memory_region_is_ram(mr) || memory_region_is_romd(mr) || room < len) {
        return SEAM_DENIED;     /* memory alone is reached: no other device, and no flash */
    }
    return address_space_rw(bus, addr, MEMTXATTRS_UNSPECIFIED, buf, len, write) == MEMTX_OK ? SEAM_OK : SEAM_SLAVE_ERROR;
}

static void realize(PCIDevice *dev, Error **errp)
{
    IngotPci *p = INGOT_PCI(dev);
    DeviceState *qdev = DEVICE(dev);
    struct seam_device_desc desc = {
        .name = qdev->id, .type = p->vdev, .impl = p->impl, .base = WINDOWS + pci_count * 0x10000000ull, .size = p->size,
        .spi = LINES + pci_count * LINES_EACH, .stream = 1, .clock_ps = p->clock_ps, .clock_hz = p->clock_hz };

    if (!qdev->id || !p->vdev) {
        error_setg(errp, "id and vdev are needed, as in id=dmaq1,vdev=dmaq");
        return;
    }
    p->bridge.irq = raise_line;
    p->bridge.dma = dma;
    p->bridge.owner = p->owner;
    if (!bridge_add(&p->bridge, qdev, &desc, errp)) {
        return;
    }
    pci_count++;
    unsigned lines = seam_devices_lines(board.devices, p->bridge.index);
    uint64_t window = pow2ceil(seam_devices_window(board.devices, p->bridge.index));
    pci_config_set_device_id(dev->config, p->device);
    pci_set_word(dev->config + PCI_SUBSYSTEM_ID, p->device);
    pci_config_set_interrupt_pin(dev->config, 1);
    memory_region_init_io(&p->bridge.mmio, OBJECT(p), &bridge_mmio_ops, &p->bridge, qdev->id, window);
    pci_register_bar(dev, BAR_REGISTERS, PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_TYPE_64, &p->bridge.mmio);
    if (pcie_endpoint_cap_init(dev, 0) < 0) {
        error_setg(errp, "%s: not on a PCIe bus: leave bus= away", qdev->id);
        return;
    }
    if (lines && msix_init_exclusive_bar(dev, lines, BAR_MSIX, errp) == 0) {
        for (unsigned n = 0; n < lines; n++) {
            msix_vector_use(dev, n);
        }
    }
}

static const VMStateDescription vmstate = {
    .name = TYPE_INGOT_PCI,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent, IngotPci),
        VMSTATE_MSIX(parent, IngotPci),
        VMSTATE_UINT32(levels, IngotPci),
        VMSTATE_END_OF_LIST()
    },
};

static Property properties[] = {
    DEFINE_PROP_STRING("vdev", IngotPci, vdev),
    DEFINE_PROP_STRING("impl", IngotPci, impl),
    DEFINE_PROP_STRING("owner", IngotPci, owner),
    DEFINE_PROP_UINT64("size", IngotPci, size, 0),
    DEFINE_PROP_UINT64("clock-ps", IngotPci, clock_ps, 0),
    DEFINE_PROP_UINT64("clock-hz", IngotPci, clock_hz, 0),
    DEFINE_PROP_UINT16("device-id", IngotPci, device, DEVICE_DEFAULT),
    DEFINE_PROP_END_OF_LIST(),
};

static void class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);
    pc->realize = realize;
    pc->vendor_id = VENDOR;
    pc->subsystem_vendor_id = VENDOR;
    pc->class_id = CLASS;
    dc->desc = "Ingot: a device model or RTL core behind PCIe";
    dc->vmsd = &vmstate;
    dc->hotpluggable = false;
    device_class_set_props(dc, properties);
}

void pci_register_type(void)
{
    static InterfaceInfo interfaces[] = { { INTERFACE_PCIE_DEVICE }, { } };
    static const TypeInfo type = { .name = TYPE_INGOT_PCI, .parent = TYPE_PCI_DEVICE, .instance_size = sizeof(IngotPci),
                                   .class_init = class_init, .interfaces = interfaces };
    type_register_static(&type);
}
