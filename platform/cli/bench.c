/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot bench
 */
#include "commands.h"
#include "platform/bench/bench.h"

int command_bench(int argc, char **argv)
{
    bench.source = places.source;
    bench.build = places.build;
    return bench_main(argc, argv);
}
