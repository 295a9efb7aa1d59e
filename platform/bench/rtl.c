/* SPDX-License-Identifier: GPL-2.0-or-later
 * RTL under guest traffic, against a loop that only clocks the core
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { BUSY, EDGES, MARK };
static struct bench_row rows[] = {
    [BUSY] = { "rtl.busy", "bare Verilated loop", "", "RTL clocks a second on the platform, a driver feeding dmaq, against the core alone", BENCH_AT_LEAST, 0.8, 0, 0, 0, "" },
    [EDGES] = { "rtl.run-ahead", "edge-by-edge adapter", "", "the same against the board with every clock edge as an event (rtl-edges)", BENCH_NONE, 0, 0, 0, 0, "" },
    [MARK] = { "rtl.mark", "one clock of the core", "", "a mark of dmaq and going back to it, in clocks of the bare loop", BENCH_NONE, 0, 0, 0, 0, "" },
    { 0 }
};

#define RINGS_MORE 8        /* rings that guest copies-many has more than copies-few (CMakeLists.txt) */

/* CPU s a clock on the board: what more rings cost more. */
static double on_board(const char *impl, double clocks, char *why, size_t why_len)
{
    char device[128];
    char **argv[2];
    double least[2];
    snprintf(device, sizeof device, "ingot-vdev,id=dmaq0,vdev=dmaq,impl=%s,addr=0x0b010000,spi=179,stream=1", impl);
    for (unsigned i = 0; i < 2; i++) {
        argv[i] = bench_qemu((const char *[]){ "-smp", "1", "-m", "64", "-serial", "none", "-device", device, "-device",
            "ingot-window,stream=1,ipa=0x40000000,pa=0x40000000,size=0x4000000", "-kernel", bench_guest(i ? "copies-many.elf" : "copies-few.elf"), NULL }, true, NULL);
    }
    bool good = bench_least(2, (char *const *const *)argv, least, why, why_len);
    bench_free(argv[0]);
    bench_free(argv[1]);
    return good ? (least[1] - least[0]) / (RINGS_MORE * clocks) : -1;
}

/* Least ns a clock of several runs of the bare loop; clocks of a ring; ns of a mark. */
static bool bare(double *ns, double *clocks, double *mark, char *why, size_t why_len)
{
    char command[4200];
    double n, c, m;
    *ns = *mark = 1e9;
    snprintf(command, sizeof command, "'%s' 8", bench_guest("rtl_loop"));
    for (unsigned i = 0; i < (bench.quick ? 1 : 5); i++) {
        FILE *f = popen(command, "r");
        if (!f || fscanf(f, "%lf %lf %lf", &n, &c, &m) != 3 || pclose(f)) {
            snprintf(why, why_len, "%s did not run", command);
            return false;
        }
        *ns = n < *ns ? n : *ns;
        *mark = m < *mark ? m : *mark;
        *clocks = c;
    }
    return true;
}

static void run(void)
{
    double ns, clocks, mark, ahead = 0, edges = 0;
    char why[512] = "";
    bool busy = bench_wanted(&rows[BUSY]), by_edges = bench_wanted(&rows[EDGES]), marks = bench_wanted(&rows[MARK]);
    if (!busy && !by_edges && !marks) {
        return;
    }
    bool good = bare(&ns, &clocks, &mark, why, sizeof why);
    if (good && marks) {
        bench_set(&rows[MARK], mark / ns);
    }
    if (good && (busy || by_edges)) {
        ahead = on_board("rtl", clocks, why, sizeof why) * 1e9;
        good = ahead > 0;
    }
    if (good && busy) {
        bench_set(&rows[BUSY], ns / ahead);
    }
    if (good && by_edges) {
        edges = on_board("rtl-edges", clocks, why, sizeof why) * 1e9;
        good = edges > 0;
        bench_set(&rows[EDGES], edges / ahead);
    }
    for (struct bench_row *r = rows; r->name && !good; r++) {
        bench_failed(r, "%s", why);
    }
}

const struct bench_group bench_rtl = { rows, run };
