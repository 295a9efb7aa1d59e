/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge: system XML in, one bootable image with all tables out
 */
#include "forge.h"

#include <argp.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    const char *xml, *files, *hyp, *cross, *out;
    bool explain, keep;
} args = { .cross = "aarch64-linux-gnu-" };

static void make_bare(const struct system *s, const void *tree)
{
    FILE *f = output_create(s->name, ".elf");
    forge_bare(f, s, tree);
    output_finish(f);
}

static void make_trees(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        void *tree = forge_tree(s, v);
        if (!tree) {
            output_fail();
        }
        FILE *f = output_create(s->vms[v].name, ".dtb");
        fwrite(tree, 1, fdt_totalsize(tree), f);
        output_finish(f);
        f = output_create(s->vms[v].name, ".dts");
        forge_source(f, tree);
        output_finish(f);
        if (s->bare) {
            make_bare(s, tree);
        }
        free(tree);
    }
}

static void make(void (*write)(FILE *out, const struct system *s), const char *name, const struct system *s)
{
    FILE *f = output_create(name, "");
    write(f, s);
    output_finish(f);
}

static void link_hypervisor(const struct system *s, const char *dir)
{
    char payloads[4096];

    make(forge_pages, "pagetables.S", s);
    make(forge_streams, "streams.S", s);
    make(forge_tables, "tables.c", s);
    make(forge_script, "link.ld", s);
    make(forge_payloads, "payloads.S", s);
    if (forge_link(s, dir, args.cross, args.hyp) < 0) {
        output_fail();
    }
    snprintf(payloads, sizeof payloads, "%s/payloads.S", dir);
    if (!args.keep) {
        unlink(payloads);
    }
}

static void build(const struct system *s)
{
    char image[64];
    const char *dir = output_begin(args.out, args.keep);

    make_trees(s);
    make(forge_explain, "layout.txt", s);
    if (!s->bare) {
        link_hypervisor(s, dir);
    }
    snprintf(image, sizeof image, "%s.elf", s->name);
    output_publish(image);
}

static const struct argp_option options[] = {
    { "files", 'f', "DIR", 0, "where payload files are looked up (required to build)", 0 },
    { "hyp", 'y', "LIB", 0, "the runtime, libhyp.a (required to build)", 0 },
    { "cross", 'c', "PREFIX", 0, "prefix of the cross compiler (aarch64-linux-gnu-)", 0 },
    { "out", 'o', "DIR", 0, "folder of the result: NAME.elf, its tables, device trees, layout.txt (required to build)", 0 },
    { "keep", 'k', NULL, 0, "keep what a failed run has made in DIR/.forge, and payloads.S of a good one", 0 },
    { "explain", 'e', NULL, 0, "print the memory map and the interrupt routes; build nothing", 0 },
    { 0 }
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    switch (key) {
    case 'f': args.files = value; return 0;
    case 'y': args.hyp = value; return 0;
    case 'c': args.cross = value; return 0;
    case 'o': args.out = value; return 0;
    case 'k': args.keep = true; return 0;
    case 'e': args.explain = true; return 0;
    case ARGP_KEY_ARG:
        if (args.xml) {
            argp_error(state, "one system at a time: '%s' is too many", value);
        }
        args.xml = value;
        return 0;
    case ARGP_KEY_END:
        if (!args.xml) {
            argp_error(state, "which system? give its XML, for example scenarios/systems/first-light.xml");
        }
        if (!args.explain && (!args.files || !args.hyp || !args.out)) {
            argp_error(state, "--files, --hyp and --out are needed to build (or --explain)");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = { options, parse, "SYSTEM.xml", "forge: makes a hypervisor image from a system's XML.", NULL, NULL, NULL };
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, NULL);

    struct system *s = system_load(args.xml, args.files);
    if (!s) {
        return 1;
    }
    if (args.explain) {
        forge_explain(stdout, s);
    } else if (access(args.hyp, R_OK) < 0) {
        fprintf(stderr, "forge: %s: %s: build it first (./ingot does)\n", args.hyp, strerror(errno));
        system_free(s);
        return 1;
    } else {
        signals_hold();
        build(s);
    }
    system_free(s);
    return 0;
}
