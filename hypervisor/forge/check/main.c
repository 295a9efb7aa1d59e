/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge-check SYSTEM.xml IMAGE.elf: exit 0 if the image is what the XML says, 1 with each difference in words, 2 if it could not look
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

static _Noreturn void usage(void)
{
    give_up("forge-check", "usage: forge-check SYSTEM.xml IMAGE.elf [--files DIR]\n"
            "Holds an image's page tables, stream table, interrupts, VMs and segments against the XML; with --files the payloads too.");
}

int main(int argc, char **argv)
{
    const char *names[2] = { NULL, NULL }, *files = NULL;
    static struct wanted w;
    static uint64_t pa[64], root[64], monitor_pa[64];
    struct image image;
    for (int n = 1, k = 0; n < argc; n++) {
        if (!strcmp(argv[n], "--files") && n + 1 < argc) {
            files = argv[++n];
        } else if (argv[n][0] == '-' || k == 2) {
            usage();
        } else {
            names[k++] = argv[n];
        }
    }
    if (!names[1]) {
        usage();
    }
    report_names(names[0], names[1]);
    wanted_read(&w, names[0]);
    if (w.bare) {
        give_up(names[0], "a board without the hypervisor has no tables to check: give a system with <hypervisor>");
    }
    image_read(&image, names[1]);
    tables_check(&image, &w, pa, root, monitor_pa);
    vcpus_check(&image, &w);
    objects_check(&image, &w);
    image_segments(&image, &w, pa);
    spaces_hypervisor(&image, &w);
    for (size_t v = 0; v < w.vm_count; v++) {
        spaces_vm(&image, &w, v, root[v], pa[v]);
    }
    control_check(&image, &w, pa, monitor_pa);
    sets_check(&image, &w, pa, root);
    places_check(&image, &w);
    streams_check(&image, &w, root);
    payloads_check(&image, &w, pa, monitor_pa, files);
    if (report_count()) {
        fprintf(stderr, "%s: %u differences from %s: forge and forge-check do not agree, one of them is wrong\n", names[1], report_count(), names[0]);
    }
    return report_count() != 0;
}
