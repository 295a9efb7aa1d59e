/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot latency TRACE: the interrupt path of a device
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "traces/latency.h"

static struct latency_query query = { .el2_vector = "el2-vector", .lr = "lr", .guest_vector = "guest-vector", .handler = "handler",
                                      .eoi = "eoi", .ack_offset = LATENCY_NO_ACK };
static const char *path;

static const struct argp_option options[] = {
    { "device", 'd', "NAME", 0, "device whose interrupt is followed (required)", 0 },
    { "el2-vector", 'v', "PROBE", 0, "name of the probe at EL2's vector (el2-vector)", 0 },
    { "lr", 'l', "PROBE", 0, "of the list register's write (lr)", 0 },
    { "guest-vector", 'g', "PROBE", 0, "of the guest's vector (guest-vector)", 0 },
    { "handler", 'h' + 256, "PROBE", 0, "of the driver's handler (handler)", 0 },
    { "eoi", 'e', "PROBE", 0, "of the guest's EOI (eoi)", 0 },
    { "ack", 'a', "OFFSET", 0, "register whose write acknowledges the interrupt at the device", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'd': query.device = arg; return 0;
    case 'v': query.el2_vector = arg; return 0;
    case 'l': query.lr = arg; return 0;
    case 'g': query.guest_vector = arg; return 0;
    case 'h' + 256: query.handler = arg; return 0;
    case 'e': query.eoi = arg; return 0;
    case 'a': query.ack_offset = strtoull(arg, NULL, 0); return 0;
    case ARGP_KEY_ARG: path = arg; return 0;
    case ARGP_KEY_END:
        if (!path || !query.device) {
            argp_error(state, "a trace and --device NAME are needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int command_latency(int argc, char **argv)
{
    static const struct argp argp = { options, parse, "TRACE", "Prints the interrupt path of a device, stage by stage.", NULL, NULL, NULL };
    struct latency_report report;
    char err[512];
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    struct trace *t = trace_load(path, err, sizeof err);
    if (!t) {
        fprintf(stderr, "ingot: %s\n", err);
        return 1;
    }
    int r = latency_analyse(t, &query, &report, err, sizeof err);
    if (r < 0) {
        fprintf(stderr, "ingot: %s: %s\n", path, err);
    } else {
        latency_print(stdout, &report);
    }
    latency_free(&report);
    trace_unload(t);
    return r < 0;
}
