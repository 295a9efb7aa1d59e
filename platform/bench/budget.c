/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot bench hypervisor: the table of budgets, which rows, and how they are shown
 */
#include "budget.h"

#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench.h"
#include "results.h"

#define SKIPPED 77

static const char SWITCH[] = "switch";

/* Budget, stretch goal, and what Bao needs (QEMU virt, GICv3, -O2, warm; counted once, from entry to ERET too). */
struct budget_row budget_rows[] = {
    { "irq.spi", "device's IRQ, virtual one to a list register, ERET", BUDGET_IRQ, "irq_spi", "irq_spi.end", 64, 45, 200 },
    { "irq.timer", "the same of the virtual timer", BUDGET_IRQ, "irq_timer", "irq_timer.end", 64, 45, 200 },
    { "irq.lines", "64-byte lines of code that it touches", BUDGET_LINES, "irq_spi", "irq_spi.end", 6, 4, 24 },
    { "irq.pages", "4-KiB pages of code that it touches", BUDGET_PAGES, "irq_spi", "irq_spi.end", 1, 1, 6 },
    { "irq.exits", "visits of EL2 an interrupt", BUDGET_VISITS, "irq_spi", "irq_spi.end", 1, 0, 1 },
    { "irq.overflow", "IRQ while all list registers are in use", BUDGET_IRQ, "irq_overflow", "irq_overflow.end" },
    { "wfi.exits", "visits of EL2 a WFI that the timer ends", BUDGET_VISITS, "wfi", "wfi.end", 1 },
    { "hvc.null", "null hypercall, round trip", BUDGET_SYNC, "hvc_null", "hvc_null.end", 40, 16, 146 },
    { "hvc.failing", "hypercall that is refused, round trip", BUDGET_SYNC, "hvc_failing", "hvc_failing.end", 0, 0, 146 },
    { "virq.vector", "virtual IRQ to a VM on the same core, up to its vector", BUDGET_SYNC, "virq_vector", "guest-vector", 90, 64 },
    { "virq.masked", "the same while that VM masks it, round trip", BUDGET_SYNC, "virq_masked", "virq_masked.end", 90, 64 },
    { "vgic.ctlr-read", "read of GICD_CTLR", BUDGET_SYNC, "ctlr_read", "ctlr_read.end", 90, 60, 232 },
    { "vgic.typer-read", "read of GICR_TYPER", BUDGET_SYNC, "typer_read", "typer_read.end", 90, 60 },
    { "vgic.enabled-read", "read of GICD_ISENABLER<n>", BUDGET_SYNC, "enabled_read", "enabled_read.end", 90, 60 },
    { "vgic.pending-read", "read of GICD_ISPENDR<n>", BUDGET_SYNC, "pending_read", "pending_read.end" },      /* looks into each list register: without a goal */
    { "vgic.spi-enable", "write of GICD_ISENABLER<n>", BUDGET_SYNC, "spi_enable", "spi_enable.end", 300, 120 },
    { "vgic.ppi-enable", "write of GICR_ISENABLER0", BUDGET_SYNC, "ppi_enable", "ppi_enable.end", 300, 120, 3636 },
    { "sysreg.sgi", "write of ICC_SGI1R_EL1, to itself", BUDGET_SYNC, "sgi", "sgi.end" },
    { "sysreg.raz", "read of OSLSR_EL1, which is zero", BUDGET_SYNC, "raz", "raz.end" },
    { "portal.call", "access to an emulated device, up to its monitor", BUDGET_SYNC, "portal", "vmm_portal_entry", 150, 110 },
    { "portal.reply", "the monitor's answer, up to the guest", BUDGET_SYNC, "vmm_portal_reply", "portal.end", 150, 110 },
    { "switch.slot", "a slot's end, up to the ERET into the next slot's VM, no SIMD (NOVA: to a VMM and back 423)", BUDGET_IRQ, "switch", "switch.end", 260, 200, 0, SWITCH },
    { "size.lines", "lines of .c and .S that " INSTANCE " uses", BUDGET_SOURCE, NULL, NULL, 4000, 3000, 6670 },
    { "size.bytes", "code and read-only data of " INSTANCE, BUDGET_BYTES, NULL, NULL, 24576, 12288, 72118 },
    { 0 }
};

#define FOR_ROWS(r) for (struct budget_row *r = budget_rows; r->name; r++) if (r->wanted)

static struct {
    bool json, list, some;
    const char *write;
} args;

bool budget_met(const struct budget_row *r) { return r->runs && (!r->goal || r->maximum <= r->goal); }

void budget_failed(struct budget_row *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
}

static const char *verdict(const struct budget_row *r)
{
    return r->skipped ? "skipped" : !r->runs ? "failed" : !r->goal ? "" : !budget_met(r) ? "exceeded"
        : r->stretch && r->maximum <= r->stretch ? "stretch" : "met";
}

/* A number's text, or "" for none. */
static const char *number(uint32_t n, bool there, char text[16])
{
    snprintf(text, 16, there ? "%u" : "", n);
    return text;
}

static void show(FILE *out, const char *format)
{
    FOR_ROWS(r) {
        char t[5][16];
        fprintf(out, format, r->name, number(r->value, r->runs, t[0]), number(r->maximum, r->runs, t[1]), number(r->goal, r->goal, t[2]),
                number(r->stretch, r->stretch, t[3]), number(r->bao, r->bao, t[4]), verdict(r), r->runs ? r->meaning : r->why);
    }
}

static void table(FILE *out)
{
    fprintf(out, "%-18s %7s %7s %7s %7s %7s  %-8s  %s\n", "path", "typical", "maximum", "budget", "stretch", "Bao", "", "meaning");
    show(out, "%-18s %7s %7s %7s %7s %7s  %-8s  %s\n");
}

static void markdown(FILE *out)
{
    fputs("| path | typical | maximum | budget | stretch | Bao | | meaning |\n|---|---|---|---|---|---|---|---|\n", out);
    show(out, "| %s | %s | %s | %s | %s | %s | %s | %s |\n");
}

static void json_number(FILE *out, const char *key, uint32_t n, bool there)
{
    fprintf(out, there ? ", \"%s\": %u" : ", \"%s\": null", key, n);
}

static void json(FILE *out)
{
    const char *comma = "";
    fputs("[", out);
    FOR_ROWS(r) {
        fprintf(out, "%s\n  {\"name\": ", comma);
        results_quoted(out, r->name);
        json_number(out, "value", r->value, r->runs);
        json_number(out, "maximum", r->maximum, r->runs);
        json_number(out, "goal", r->goal, r->goal);
        json_number(out, "stretch", r->stretch, r->stretch);
        json_number(out, "bao", r->bao, r->bao);
        fprintf(out, ", \"met\": %s", budget_met(r) ? "true" : "false");
        if (!r->runs) {
            fprintf(out, ", \"skipped\": %s, \"why\": ", r->skipped ? "true" : "false");
            results_quoted(out, r->why);
        }
        fputs("}", out);
        comma = ",";
    }
    fputs("\n]\n", out);
}

/* A row by its name, or a group of them by what its names begin with, up to a dot. */
static bool choose(const char *name)
{
    size_t len = name ? strlen(name) : 0;
    bool found = false;
    for (struct budget_row *r = budget_rows; r->name; r++) {
        if (!name || (!strncmp(r->name, name, len) && (!r->name[len] || r->name[len] == '.'))) {
            found = r->wanted = true;
        }
    }
    return found;
}

static void missing(const char *name, const char *why)
{
    FOR_ROWS(r) {
        if (!strcmp(r->name, name)) {
            r->skipped = true;
            budget_failed(r, "%s", why);
        }
    }
}

/* Plays a scenario, which names the trace and the paths that there are not; NULL: hypervisor.lua. */
static void measure_paths(const char *script)
{
    char command[8400], line[4600], name[64], why[512], trace[4200] = "", last[512] = "";
    bool wanted = false;
    FOR_ROWS(r) {
        wanted |= r->start && r->script == script;
    }
    if (!wanted) {
        return;
    }
    snprintf(command, sizeof command, "'%s/platform/cli/ingot' run --quiet '%s/platform/bench/%s.lua' 2>&1", bench.build, bench.source, script ? script : "hypervisor");
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        if (sscanf(line, "==> missing %63s %511[^\n]", name, why) == 2) {
            missing(name, why);
        }
        sscanf(line, "==> trace %4199[^\n]", trace);
        snprintf(last, sizeof last, "%.500s", line);
    }
    int status = f ? pclose(f) : -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        FOR_ROWS(r) {
            if (r->start && r->script == script) {
                budget_failed(r, "%s.lua: %s", script ? script : "hypervisor", last);
            }
        }
        return;
    }
    budget_paths(trace, script);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'j': args.json = true; return 0;
    case 'l': args.list = true; return 0;
    case 'w': args.write = arg; return 0;
    case ARGP_KEY_ARG:
        if (!choose(arg)) {
            argp_error(state, "no row '%s': see bench hypervisor --list", arg);
        }
        args.some = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int status(void)
{
    unsigned wanted = 0, skipped = 0;
    bool good = true;
    FOR_ROWS(r) {
        wanted++;
        skipped += r->skipped;
        good &= r->skipped || budget_met(r);
    }
    return wanted == skipped ? SKIPPED : good ? 0 : 1;
}

int budget_main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "json", 'j', NULL, 0, "A list of objects with name, value, maximum, goal, stretch, met, instead of the table", 0 },
        { "list", 'l', NULL, 0, "The rows there are", 0 },
        { "write", 'w', "FILE", 0, "Also put the table into this file (docs/results.md), between its two marks", 0 },
        { 0 }
    };
    static const struct argp argp = { options, parse, "[ROW...]", "Counts the instructions of the hypervisor's paths, from an exception's entry to its ERET, and holds "
                                      "them to their budgets. The counts are exact: the same in each run. A ROW may be a group, such as irq.", NULL, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (!args.some) {
        choose(NULL);
    }
    if (args.list) {
        FOR_ROWS(r) {
            printf("%-18s %s\n", r->name, r->meaning);
        }
        return 0;
    }
    measure_paths(NULL);
    measure_paths(SWITCH);
    budget_size();
    (args.json ? json : table)(stdout);
    if (args.write && results_put(args.write, "hypervisor ", markdown) < 0) {
        return 1;
    }
    return status();
}
