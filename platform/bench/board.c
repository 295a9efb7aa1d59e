/* SPDX-License-Identifier: GPL-2.0-or-later
 * The board: register reads, boot, tracing, an idle RTL device
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

enum { MMIO_SYSTEMC, MMIO_MODEL, MMIO_RTL, TRACE, RING, RTL_IDLE, BOOT, BOOT_2 };
static struct bench_row rows[] = {
    [MMIO_SYSTEMC] = { "mmio.systemc", "mmio.native", "", "a guest's read of a SystemC register against one of a QEMU-internal one (PL061)", BENCH_AT_MOST, 1.25, 0, 0, 0, "" },
    [MMIO_MODEL] = { "mmio.model", "mmio.native", "", "the same, of a model in C behind SystemC's socket", BENCH_AT_MOST, 1.25, 0, 0, 0, "" },
    [MMIO_RTL] = { "mmio.rtl", "mmio.native", "", "the same, of a sleeping Verilated core: two clocks of it each", BENCH_NONE, 0, 0, 0, 0, "" },
    [TRACE] = { "trace", "untraced run", "", "a traced run against an untraced one, at 10^6 crossings a guest second", BENCH_AT_MOST, 1.10, 0, 0, 0, "" },
    [RING] = { "ring", "untraced run", "", "the same of a run that keeps its last 0.1 s (each board, if not asked otherwise: 10 s)", BENCH_AT_MOST, 1.10, 0, 0, 0, "" },
    [RTL_IDLE] = { "rtl.idle", "no RTL device", "", "guest MIPS with an idle RTL device against none", BENCH_AT_LEAST, 0.98, 0, 0, 0, "" },
    [BOOT] = { "boot", "bare QEMU, same icount", "", "Debian's kernel to its panic for want of a root, 1 core", BENCH_AT_MOST, 1.05, 0, 0, 0, "" },
    [BOOT_2] = { "boot.2cores", "bare QEMU, same icount", "", "the same with 2 cores", BENCH_NONE, 0, 0, 0, 0, "" },
    { 0 }
};

#define PULSE "ingot-vdev,id=pulse0,vdev=pulse,impl=systemc,addr=0x0b020000,spi=180"
#define DMAQ(impl) "ingot-vdev,id=dmaq0,vdev=dmaq,impl=" impl ",addr=0x0b010000,spi=179,stream=1"
#define GUEST(name, ...) bench_qemu((const char *[]){ "-smp", "1", "-m", "64", "-serial", "none", ##__VA_ARGS__, "-kernel", bench_guest(name), NULL }, true, NULL)

/* Loops of reads minus the empty loop. */
static void mmio(void)
{
    if (!bench_wanted(&rows[MMIO_SYSTEMC]) && !bench_wanted(&rows[MMIO_MODEL]) && !bench_wanted(&rows[MMIO_RTL])) {
        return;
    }
    char **argv[] = { GUEST("empty.elf", "-device", PULSE, "-device", DMAQ("model")), GUEST("native.elf", "-device", PULSE, "-device", DMAQ("model")),
                      GUEST("pulse.elf", "-device", PULSE, "-device", DMAQ("model")), GUEST("dmaq.elf", "-device", PULSE, "-device", DMAQ("model")),
                      GUEST("dmaq.elf", "-device", PULSE, "-device", DMAQ("rtl")) };
    double least[5];
    char why[512];
    bool good = bench_least(5, (char *const *const *)argv, least, why, sizeof why);
    for (unsigned i = 0; i < 3; i++) {
        if (good) {
            bench_set(&rows[MMIO_SYSTEMC + i], (least[2 + i] - least[0]) / (least[1] - least[0]));
        } else {
            bench_failed(&rows[MMIO_SYSTEMC + i], "%s", why);
        }
    }
    for (unsigned i = 0; i < 5; i++) {
        bench_free(argv[i]);
    }
}

/* b's time against a's. */
static void compare(struct bench_row *r, char **a, char **b, bool inverse)
{
    char **argv[] = { a, b };
    double least[2];
    if (!bench_least(2, (char *const *const *)argv, least, r->why, sizeof r->why)) {
        /* r->why says it */
    } else {
        bench_set(r, inverse ? least[0] / least[1] : least[1] / least[0]);
    }
    bench_free(a);
    bench_free(b);
}

static char **kernel(bool with_module, const char *cores)
{
    static char image[4096];
    snprintf(image, sizeof image, "%s/guests/linux/Image", bench.build);
    const char *const plain[] = { "-smp", cores, "-m", "256", "-serial", "null", "-kernel", image, "-append",
        "console=ttyAMA0 nokaslr cryptomgr.notests panic=-1 quiet", NULL };
    const char *const board[] = { "-smp", cores, "-m", "256", "-serial", "null", "-device", "ingot-vdev,id=uart0,vdev=uart16550,addr=0x0b000000,spi=176",
        "-device", PULSE, "-device", DMAQ("model"), "-kernel", image, "-append", "console=ttyAMA0 nokaslr cryptomgr.notests panic=-1 quiet", NULL };
    return bench_qemu(with_module ? board : plain, with_module, NULL);
}

/* 10^6 crossings in a guest second, recorded, against none recorded. */
static void traced(struct bench_row *r, const char *how)
{
    if (!bench_wanted(r)) {
        return;
    }
    char file[] = "/tmp/ingot-bench-trace-XXXXXX", trace[128];
    int fd = mkstemp(file);
    const char *const guest[] = { "-smp", "1", "-m", "64", "-serial", "none", "-device", PULSE, "-kernel", bench_guest("rate.elf"), NULL };
    snprintf(trace, sizeof trace, "%s%s", file, how);
    compare(r, bench_qemu(guest, true, NULL), bench_qemu(guest, true, trace), false);
    close(fd);
    unlink(file);
}

static void run(void)
{
    mmio();
    traced(&rows[TRACE], "");
    traced(&rows[RING], ",last-ps=100000000000");
    if (bench_wanted(&rows[RTL_IDLE])) {
        compare(&rows[RTL_IDLE], GUEST("spin.elf"), GUEST("spin.elf", "-device", DMAQ("rtl")), true);
    }
    if (bench_wanted(&rows[BOOT])) {
        compare(&rows[BOOT], kernel(false, "1"), kernel(true, "1"), false);
    }
    if (bench_wanted(&rows[BOOT_2])) {
        compare(&rows[BOOT_2], kernel(false, "2"), kernel(true, "2"), false);
    }
}

const struct bench_group bench_board = { rows, run };
