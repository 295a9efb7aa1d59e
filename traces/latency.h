/* SPDX-License-Identifier: GPL-2.0-or-later
 * The interrupt path, stage by stage, from one trace
 *
 * A path starts with a rising TRACE_IRQ of the device and ends with the guest's EOI. Its milestones, in order of the
 * file (README.md has the rules): raise, the core's turn, EL2 vector, list register written, guest vector, driver's
 * handler, acknowledge at the device, EOI. A stage is the way to a milestone from the one before.
 */
#ifndef INGOT_TRACE_LATENCY_H
#define INGOT_TRACE_LATENCY_H

#include <stdbool.h>
#include <stdio.h>

#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LATENCY_CORES 8             /* records of other cores are an error */
#define LATENCY_PS_PER_INSN 1000    /* -icount shift=0 */
#define LATENCY_NO_ACK UINT64_MAX

enum latency_stage {
    LATENCY_TURN,           /* raise -> the core may run: another core had the turn (measured if EL2_VECTOR is) */
    LATENCY_EL2_VECTOR,     /* -> first instruction of EL2's vector */
    LATENCY_LR,             /* -> list register written */
    LATENCY_GUEST_VECTOR,   /* -> first instruction of the guest's IRQ vector */
    LATENCY_HANDLER,        /* -> driver's handler */
    LATENCY_ACK,            /* -> write to the device's acknowledge register */
    LATENCY_EOI,            /* -> guest's ICC_EOIR1_EL1 */
    LATENCY_STAGES
};

/* What to follow. Names are those that the run gave (TRACE_NAME); a NULL probe name leaves its stage out, and the next
 * stage then starts at the milestone before it. handler is required. */
struct latency_query {
    const struct trace *names;      /* where names are found; NULL: the trace itself (a restored run's has none) */
    const char *device;             /* "pulse0" */
    uint32_t intid;                 /* of its line; 0: that of the device's first TRACE_IRQ */
    const char *el2_vector, *lr, *guest_vector, *handler, *eoi;
    uint64_t ack_offset;            /* register whose write acknowledges, or LATENCY_NO_ACK */
};

/* Distribution of one stage over all complete paths. Percentiles by nearest rank. */
struct latency_spread {
    uint64_t min, median, p99, max;
    size_t worst;                   /* index into paths of the (first) max */
};

struct latency_path {
    size_t raise;                   /* index of the raise's record in the trace */
    uint64_t raise_ps;
    uint8_t core;                   /* that executed it */
    bool chained;                   /* raised while EL2 was already at work: stages up to EL2_VECTOR are 0 */
    uint64_t ps[LATENCY_STAGES], insn[LATENCY_STAGES];      /* insn: the executing core's own instructions */
    uint64_t total_ps, total_insn;
};

struct latency_report {
    char device[64];
    uint32_t intid;
    bool measured[LATENCY_STAGES];
    struct latency_path *paths;     /* complete ones, in order of their raise */
    size_t count;                   /* of complete paths; the spreads are of these */
    struct latency_spread ps[LATENCY_STAGES], insn[LATENCY_STAGES], total_ps, total_insn;
    /* Rising edges, each counted once: raises == count + merged + withdrawn + lost + incomplete */
    size_t raises;
    size_t merged;                  /* came before the acknowledge of an earlier one, and were served with it */
    size_t withdrawn;               /* the line fell before a list register was written */
    size_t lost;                    /* its EOI did not come before the next path was acknowledged */
    size_t incomplete;              /* on the way when the trace ended */
    size_t chained;                 /* of the complete paths: raised while EL2 was already at work */
    size_t unraised;                /* not among the raises: delivered again because the line had stayed high */
};

/* 0, or -1 and a line in err: an unknown name (with those that the trace has), a device that never raised, times that
 * go back. Free with latency_free, also after -1. */
int latency_analyse(const struct trace *t, const struct latency_query *q, struct latency_report *report,
                    char *err, size_t err_len);
/* Fills the spreads from count and paths, as latency_analyse has done; for paths of several runs together. -1: no memory. */
int latency_summarise(struct latency_report *report);
void latency_free(struct latency_report *report);
/* The table, at most 100 columns. */
void latency_print(FILE *out, const struct latency_report *report);
const char *latency_stage_name(enum latency_stage s);

#ifdef __cplusplus
}
#endif
#endif
