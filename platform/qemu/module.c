/* SPDX-License-Identifier: GPL-2.0-or-later
 * The module: loaded with -plugin into the distribution's QEMU, refuses one whose layouts it was not built for
 */
#include "module.h"

#include "qemu/qemu-plugin.h"
#include "qapi/qapi-types-control.h"
#include "qapi/qapi-commands-control.h"
#include "cpu.h"
#include "guard.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static const struct guard_size sizes[] = {
    { "device", sizeof(DeviceState) },
    { "arm-cpu", sizeof(ARMCPU) },
    { "memory-region", sizeof(MemoryRegion) },
};

static bool layouts_fit(void)
{
    g_autoptr(VersionInfo) v = qmp_query_version(NULL);
    char running[128], err[256];
    snprintf(running, sizeof running, "%d.%d.%d (%s)", (int)v->qemu->major, (int)v->qemu->minor, (int)v->qemu->micro, v->package);
    if (guard_version(running, INGOT_QEMU_VERSION, err, sizeof err) < 0) {
        error_report("%s", err);
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        if (guard_size(&sizes[i], object_type_get_instance_size(sizes[i].type), err, sizeof err) < 0) {
            error_report("%s", err);
            return false;
        }
    }
    return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    if (argc) {
        error_report("ingot-qemu: unknown argument '%s': the board is described by -device ingot-board,…", argv[0]);
        return 1;
    }
    if (strcmp(info->target_name, "aarch64")) {
        error_report("ingot-qemu: made for qemu-system-aarch64, loaded into %s", info->target_name);
        return 1;
    }
    if (!layouts_fit()) {
        return 1;
    }
    board_register_type();
    bridge_register_type();
    pci_register_type();
    dma_register_type();
    vcpu_take_over();
    spin_install(info->system.smp_vcpus);
    probe_install(id);
    crash_watch();
    return 0;
}
