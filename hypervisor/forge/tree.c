/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM's device tree (Devicetree Specification 0.3; bindings of Linux 6.1)
 */
#include "forge.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define TREE_MAX 0xf000
#define CELLS_MAX 160               /* of one property */
#define PHANDLE_GIC 1
#define PHANDLE_ITS 2
#define PHANDLE_IOMMU 3
#define PHANDLE_CLOCK 4
enum { GIC_SPI = 0, GIC_PPI = 1, IRQ_EDGE_RISING = 1, IRQ_LEVEL_HIGH = 4 };

/* Sequential writing fails in one way only: no room. The first failure sticks. The blob is the struct's first member. */
struct tree {
    uint8_t blob[TREE_MAX];
    int error;
};

static void keep(struct tree *t, int r) { t->error = t->error ? t->error : r; }
static void begin(struct tree *t, const char *name) { keep(t, fdt_begin_node(t->blob, name)); }
static void end(struct tree *t) { keep(t, fdt_end_node(t->blob)); }
static void text(struct tree *t, const char *name, const char *v) { keep(t, fdt_property_string(t->blob, name, v)); }
static void flag(struct tree *t, const char *name) { keep(t, fdt_property(t->blob, name, NULL, 0)); }

static void cells(struct tree *t, const char *name, unsigned count, const uint32_t *v)
{
    fdt32_t be[CELLS_MAX];
    for (unsigned i = 0; i < count; i++) {
        be[i] = cpu_to_fdt32(v[i]);
    }
    keep(t, fdt_property(t->blob, name, be, count * 4));
}
#define CELLS(t, name, ...) cells(t, name, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })
#define WIDE(v) (uint32_t)((uint64_t)(v) >> 32), (uint32_t)(v)

static bool has_pcie(const struct system *s)
{
    bool has = false;
    for (size_t i = 0; i < s->device_count; i++) {
        has |= s->devices[i].pcie;
    }
    return has;
}

/* QEMU virt's host bridge (hw/arm/virt.c's memory map: configuration space above 256 GiB, 32-bit and 64-bit windows), messages
 * through the ITS, INTA to INTD of four slots by turns on SPIs 3 to 6. */
static void pcie_node(struct tree *t)
{
    begin(t, "pcie@4010000000");
    text(t, "compatible", "pci-host-ecam-generic");
    text(t, "device_type", "pci");
    CELLS(t, "linux,pci-domain", 0);
    CELLS(t, "bus-range", 0, 0xff);
    CELLS(t, "#address-cells", 3);
    CELLS(t, "#size-cells", 2);
    CELLS(t, "reg", WIDE(0x4010000000), WIDE(0x10000000));
    CELLS(t, "ranges", 0x01000000, 0, 0, WIDE(0x3eff0000), WIDE(0x10000), 0x02000000, WIDE(0x10000000), WIDE(0x10000000), WIDE(0x2eff0000),
          0x03000000, WIDE(0x8000000000), WIDE(0x8000000000), WIDE(0x8000000000));
    uint32_t map[CELLS_MAX], *m = map;
    for (uint32_t n = 0; n < 16; n++) {
        uint32_t slot = n / 4, pin = n % 4;
        const uint32_t entry[] = { slot << 11, 0, 0, pin + 1, PHANDLE_GIC, 0, 0, GIC_SPI, 3 + (slot + pin) % 4, IRQ_LEVEL_HIGH };
        memcpy(m, entry, sizeof entry);
        m += sizeof entry / sizeof entry[0];
    }
    CELLS(t, "#interrupt-cells", 1);
    cells(t, "interrupt-map", m - map, map);
    CELLS(t, "interrupt-map-mask", 0x1800, 0, 0, 7);
    CELLS(t, "msi-map", 0, PHANDLE_ITS, 0, 0x10000);
    flag(t, "dma-coherent");
    end(t);
}

/* QEMU's PSCI: by HVC for a payload at EL1, by SMC for one at EL2. A VM's is the hypervisor's, by HVC. */
static void cpu_nodes(struct tree *t, const struct system *s, const struct system_vm *vm)
{
    char name[16];
    unsigned cores = s->bare ? s->cores : vm->core_count;
    begin(t, "psci");
    keep(t, fdt_property(t->blob, "compatible", "arm,psci-1.0\0arm,psci-0.2", 26));
    text(t, "method", s->bare && s->el == 2 ? "smc" : "hvc");
    end(t);
    begin(t, "cpus");
    CELLS(t, "#address-cells", 1);
    CELLS(t, "#size-cells", 0);
    for (unsigned n = 0; n < cores; n++) {
        snprintf(name, sizeof name, "cpu@%u", n);
        begin(t, name);
        text(t, "device_type", "cpu");
        text(t, "compatible", "arm,cortex-a57");
        text(t, "enable-method", "psci");
        CELLS(t, "reg", n);
        end(t);
    }
    end(t);
    begin(t, "timer");
    text(t, "compatible", "arm,armv8-timer");
    CELLS(t, "interrupts", GIC_PPI, 13, IRQ_LEVEL_HIGH, GIC_PPI, 14, IRQ_LEVEL_HIGH, GIC_PPI, 11, IRQ_LEVEL_HIGH, GIC_PPI, 10, IRQ_LEVEL_HIGH);
    flag(t, "always-on");
    end(t);
    if (vm->pmu) {
        begin(t, "pmu");
        keep(t, fdt_property(t->blob, "compatible", "arm,cortex-a57-pmu\0arm,armv8-pmuv3", 35));
        CELLS(t, "interrupts", GIC_PPI, 7, IRQ_LEVEL_HIGH);
        end(t);
    }
    begin(t, "interrupt-controller@8000000");
    text(t, "compatible", "arm,gic-v3");
    CELLS(t, "#interrupt-cells", 3);
    CELLS(t, "#address-cells", 2);
    CELLS(t, "#size-cells", 2);
    flag(t, "interrupt-controller");
    CELLS(t, "reg", WIDE(0x08000000), WIDE(0x10000), WIDE(0x080a0000), WIDE(0x20000 * cores));
    CELLS(t, "phandle", PHANDLE_GIC);
    if (has_pcie(s)) {
        flag(t, "ranges");
        begin(t, "its@8080000");
        text(t, "compatible", "arm,gic-v3-its");
        flag(t, "msi-controller");
        CELLS(t, "#msi-cells", 1);
        CELLS(t, "reg", WIDE(0x08080000), WIDE(0x20000));
        CELLS(t, "phandle", PHANDLE_ITS);
        end(t);
    }
    end(t);
    if (has_pcie(s)) {
        pcie_node(t);
    }
}

/* Linux Documentation/devicetree/bindings/iommu/arm,smmu-v3.yaml */
static void iommu_node(struct tree *t, const struct system_device *d)
{
    char name[64];
    snprintf(name, sizeof name, "iommu@%" PRIx64, d->base);
    begin(t, name);
    text(t, "compatible", "arm,smmu-v3");
    CELLS(t, "reg", WIDE(d->base), WIDE(d->size));
    CELLS(t, "interrupts", GIC_SPI, d->spi, IRQ_EDGE_RISING, GIC_SPI, d->spi + 1, IRQ_EDGE_RISING);
    keep(t, fdt_property(t->blob, "interrupt-names", "eventq\0gerror", 14));
    CELLS(t, "#iommu-cells", 1);
    CELLS(t, "phandle", PHANDLE_IOMMU);
    flag(t, "dma-coherent");
    end(t);
}

static void device_node(struct tree *t, const struct system_device *d, bool behind_iommu)
{
    bool uart = !strcmp(d->type, "uart16550");
    char name[64], compatible[64];
    snprintf(name, sizeof name, "%s@%" PRIx64, uart ? "serial" : d->type, d->base);
    snprintf(compatible, sizeof compatible, "ingot,%s", d->type);
    begin(t, name);
    text(t, "compatible", uart ? "ns16550a" : compatible);
    CELLS(t, "reg", WIDE(d->base), WIDE(d->size));
    CELLS(t, "interrupts", GIC_SPI, d->spi, IRQ_LEVEL_HIGH);
    if (uart) {
        CELLS(t, "clock-frequency", 1843200);
        CELLS(t, "reg-shift", 0);
        CELLS(t, "reg-io-width", 1);
    } else {
        CELLS(t, "clock-frequency", d->clock_ps ? (uint32_t)((1000000000000ull + d->clock_ps / 2) / d->clock_ps) : 100000000);
        if (d->stream) {
            flag(t, "dma-coherent");
        }
        if (d->stream && behind_iommu) {
            CELLS(t, "iommus", PHANDLE_IOMMU, d->stream);
        }
    }
    end(t);
}

/* What a VM's monitor emulates (bindings arm,pl011, arm,pl031, virtio,mmio of Linux 6.1) */
static void model_node(struct tree *t, const struct system_model *m)
{
    static const char *const names[] = { [SYSTEM_PL011] = "pl011", [SYSTEM_PL031] = "pl031", [SYSTEM_VIRTIO_CONSOLE] = "virtio_mmio", [SYSTEM_VIRTIO_BLOCK] = "virtio_mmio" };
    char name[64];
    snprintf(name, sizeof name, "%s@%" PRIx64, names[m->kind], m->base);
    begin(t, name);
    if (m->kind == SYSTEM_PL011 || m->kind == SYSTEM_PL031) {
        bool uart = m->kind == SYSTEM_PL011;
        keep(t, fdt_property(t->blob, "compatible", uart ? "arm,pl011\0arm,primecell" : "arm,pl031\0arm,primecell", 24));
        if (uart) {
            CELLS(t, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
            keep(t, fdt_property(t->blob, "clock-names", "uartclk\0apb_pclk", 17));
        } else {
            CELLS(t, "clocks", PHANDLE_CLOCK);
            text(t, "clock-names", "apb_pclk");
        }
    } else {
        text(t, "compatible", "virtio,mmio");
        flag(t, "dma-coherent");
    }
    CELLS(t, "reg", WIDE(m->base), WIDE(0x1000));
    CELLS(t, "interrupts", GIC_SPI, m->spi, IRQ_LEVEL_HIGH);
    end(t);
}

static void model_nodes(struct tree *t, const struct system_monitor *m)
{
    if (!m->line) {
        return;
    }
    begin(t, "clock");
    text(t, "compatible", "fixed-clock");
    CELLS(t, "#clock-cells", 0);
    CELLS(t, "clock-frequency", 24000000);
    CELLS(t, "phandle", PHANDLE_CLOCK);
    end(t);
    for (size_t i = 0; i < m->model_count; i++) {
        model_node(t, &m->models[i]);
    }
}

/* Multiboot modules as Xen and others read them (docs/misc/arm/device-tree/booting.txt of Xen). */
static void module(struct tree *t, const struct system_module *m)
{
    char name[64], compatible[128];
    int len = snprintf(compatible, sizeof compatible - 18, "%s", m->compatible) + 1;
    memcpy(compatible + len, "multiboot,module", 17);
    snprintf(name, sizeof name, "module@%" PRIx64, m->address);
    begin(t, name);
    keep(t, fdt_property(t->blob, "compatible", compatible, len + 17));
    CELLS(t, "reg", WIDE(m->address), WIDE(m->size));
    if (m->cmdline) {
        text(t, "bootargs", m->cmdline);
    }
    end(t);
}

static void chosen(struct tree *t, const struct system *s, const struct system_vm *vm)
{
    char path[64];
    begin(t, "chosen");
    if (vm->cmdline) {
        text(t, "bootargs", vm->cmdline);
    }
    if (vm->console >= 0 && vm->console != vm->monitor.console) {
        snprintf(path, sizeof path, "/serial@%" PRIx64, s->devices[vm->console].base);
        text(t, "stdout-path", path);
    }
    for (size_t i = 0; i < vm->monitor.model_count && vm->console == vm->monitor.console; i++) {
        if (vm->monitor.models[i].kind == SYSTEM_PL011) {
            snprintf(path, sizeof path, "/pl011@%" PRIx64, vm->monitor.models[i].base);
            text(t, "stdout-path", path);
        }
    }
    if (vm->initrd_size) {
        CELLS(t, "linux,initrd-start", WIDE(vm->initrd_ipa));
        CELLS(t, "linux,initrd-end", WIDE(vm->initrd_ipa + vm->initrd_size));
    }
    if (vm->module_count) {
        CELLS(t, "#address-cells", 2);
        CELLS(t, "#size-cells", 2);
    }
    for (size_t i = 0; i < vm->module_count; i++) {
        module(t, &vm->modules[i]);
    }
    end(t);
}

/* One that was given, with what only the layout knows: where the initramfs is; and the command line. */
static void *given_tree(const struct system *s, const struct system_vm *vm)
{
    struct tree *t = calloc(1, sizeof *t);
    char *file = calloc(1, TREE_MAX);
    FILE *f = fopen(vm->dtb, "rb");
    size_t got = f ? fread(file, 1, TREE_MAX, f) : 0;
    if (f) {
        fclose(f);
    }
    t->error = got >= sizeof(struct fdt_header) && fdt_check_header(file) == 0 && fdt_totalsize(file) <= got
               ? fdt_open_into(file, t->blob, sizeof t->blob) : -FDT_ERR_BADMAGIC;
    free(file);
    int node = t->error ? 0 : fdt_path_offset(t->blob, "/chosen");
    if (node == -FDT_ERR_NOTFOUND) {
        node = fdt_add_subnode(t->blob, 0, "chosen");
    }
    keep(t, node < 0 ? node : 0);
    if (!t->error && vm->cmdline) {
        keep(t, fdt_setprop_string(t->blob, node, "bootargs", vm->cmdline));
    }
    if (!t->error && vm->initrd_size) {
        keep(t, fdt_setprop_u64(t->blob, node, "linux,initrd-start", vm->initrd_ipa));
        keep(t, fdt_setprop_u64(t->blob, node, "linux,initrd-end", vm->initrd_ipa + vm->initrd_size));
    }
    if (t->error) {
        fprintf(stderr, "%s:%d: device tree '%s': %s: give a flattened one (dtc makes it) of less than 60 KiB\n", s->file, vm->payload_line, vm->dtb,
                fdt_strerror(t->error));
        free(t);
        return NULL;
    }
    fdt_pack(t->blob);
    return t;
}

void *forge_tree(const struct system *s, int index)
{
    const struct system_vm *vm = &s->vms[index];
    if (vm->dtb) {
        return given_tree(s, vm);
    }
    struct tree *t = calloc(1, sizeof *t);
    char name[64];

    keep(t, fdt_create(t->blob, sizeof t->blob));
    keep(t, fdt_finish_reservemap(t->blob));
    begin(t, "");
    CELLS(t, "#address-cells", 2);
    CELLS(t, "#size-cells", 2);
    CELLS(t, "interrupt-parent", PHANDLE_GIC);
    text(t, "compatible", s->bare ? "ingot,board" : "ingot,vm");
    text(t, "model", vm->name);
    chosen(t, s, vm);
    snprintf(name, sizeof name, "memory@%" PRIx64, vm->ipa);
    begin(t, name);
    text(t, "device_type", "memory");
    CELLS(t, "reg", WIDE(vm->ipa), WIDE(vm->size));
    end(t);
    cpu_nodes(t, s, vm);
    for (size_t i = 0; i < s->device_count; i++) {
        const struct system_device *d = &s->devices[i];
        if (d->owner == index && !strcmp(d->type, "smmuv3")) {
            iommu_node(t, d);
        } else if (d->owner == index && !d->pcie) {
            device_node(t, d, s->bare && system_find_iommu(s) >= 0);
        }
    }
    model_nodes(t, &vm->monitor);
    end(t);
    keep(t, fdt_finish(t->blob));
    if (t->error) {
        fprintf(stderr, "%s:%d: device tree of vm '%s': %s: use fewer devices or a shorter cmdline\n", s->file, vm->payload_line, vm->name, fdt_strerror(t->error));
        free(t);
        return NULL;
    }
    return t;                               /* its blob stands first */
}
