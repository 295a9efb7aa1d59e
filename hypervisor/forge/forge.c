/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge: system XML in, one bootable image with all tables out
 */
#include "stages.h"
#include "wrap.h"

#include <argp.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum stage { STAGE_EXPAND, STAGE_LAYOUT, STAGE_PAGETABLES, STAGE_ALL };
static const char *const stage_names[] = { "expand", "layout", "pagetables" };

static struct {
    const char *xml, *files, *hyp, *cross, *out, *from;
    enum stage stop;
    enum wrap_format format;
    bool explain, keep, unchecked;
} args = { .cross = "aarch64-linux-gnu-", .stop = STAGE_ALL };

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

static void save(const char *name, xmlDocPtr doc)
{
    FILE *f = output_create(name, "");
    stage_write(f, doc);
    output_finish(f);
}

/* A stage's result: written, and read back from its file. */
static xmlDocPtr pass(const char *dir, const char *name, const char *schema, xmlDocPtr doc)
{
    save(name, doc);
    xmlFreeDoc(doc);
    char *path = layout_text("%s/%s", dir, name);
    doc = stage_read(path, schema);
    free(path);
    return doc;
}

/* The stage that FILE of --from is the result of: its root element's name. */
static enum stage from_stage(xmlDocPtr *doc)
{
    if (!args.from) {
        return STAGE_EXPAND;
    }
    *doc = stage_read(args.from, NULL);
    xmlNodePtr root = xmlDocGetRootElement(*doc);
    enum stage stage = !strcmp((char *)root->name, "layout") ? STAGE_LAYOUT : !strcmp((char *)root->name, "pagetables") ? STAGE_PAGETABLES : STAGE_EXPAND;
    if (stage == STAGE_EXPAND) {
        stage_refuse_at(root, "<%s> is no result of a stage: give a 2-layout.xml or a 3-pagetables.xml (a 1-expanded.xml is given instead of SYSTEM.xml)", root->name);
    }
    xmlFreeDoc(*doc);
    *doc = stage_read(args.from, stage_names[stage]);
    return stage;
}

static void make_tables(const struct system *s, const char *dir, xmlDocPtr tables)
{
    FILE *f = output_create("pagetables.S", "");
    pages_emit(f, xmlDocGetRootElement(tables), s->name);
    output_finish(f);
    make(forge_streams, "streams.S", s);
    make(forge_tables, "tables.c", s);
    make(forge_script, "link.ld", s);
    make(forge_modules, "modules.S", s);
    make(forge_payloads, "payloads.S", s);
    if (args.format != WRAP_ELF) {
        make(wrap_head, "head.S", s);
    }
    if (forge_link(s, dir, args.cross, args.hyp, args.format != WRAP_ELF) < 0) {
        output_fail();
    }
    char *payloads = layout_text("%s/payloads.S", dir);
    if (!args.keep) {
        unlink(payloads);
    }
    free(payloads);
}

/* Another program, with nothing of forge in it, holds the image against the XML: what does not pass is not published. */
static void check(const struct system *s, const char *dir, const char *elf)
{
    char *path = layout_text("%s/%s", dir, elf);
    char *argv[] = { FORGE_CHECK, s->file, path, "--files", (char *)args.files, NULL };
    if (signals_run(argv, "build it first (./ingot does), or leave it away with --no-check") < 0) {
        output_fail();
    }
    free(path);
}

/* Beside the ELF, the form that was asked for. */
static void wrap(const struct system *s, const char *dir, const char *elf)
{
    static const char *const endings[] = WRAP_ENDINGS;
    if (args.format != WRAP_ELF) {
        char *path = layout_text("%s/%s", dir, elf);
        FILE *f = output_create(s->name, endings[args.format]);
        wrap_make(f, s, path, args.format);
        output_finish(f);
        free(path);
    }
}

static void measure(const struct system *s, const char *dir, const char *image, xmlDocPtr tables)
{
    char *path = layout_text("%s/%s", dir, image);
    xmlFreeDoc(pass(dir, "4-measured.xml", "measured", measure_make(s, xmlDocGetRootElement(tables), path)));
    free(path);
}

static void explain(FILE *out, const struct system *s, const struct layout *l)
{
    forge_explain(out, s);
    layout_explain(out, l);
}

static void make_rest(struct system *s, const char *dir, const struct layout *l, xmlDocPtr tables)
{
    char *image = layout_text("%s.elf", s->name);
    FILE *f = output_create("layout.txt", "");
    explain(f, s, l);
    output_finish(f);
    make_trees(s);
    if (!s->bare) {
        make_tables(s, dir, tables);
        measure(s, dir, image, tables);
        if (!args.unchecked) {
            check(s, dir, image);
        }
        wrap(s, dir, image);
    }
    output_publish(image);
    free(image);
}

/* From the user's own file messages name it; what forge has made is read back, and messages name the system's XML. */
static struct layout *layout_stage(struct system *s, const char *dir, enum stage from, xmlDocPtr doc)
{
    struct layout *l;
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (from == STAGE_EXPAND) {
        struct layout *made = layout_make(s);
        doc = pass(dir, "2-layout.xml", "layout", layout_write(made));
        layout_free(made);
        l = layout_read(xmlDocGetRootElement(doc), s->file);
        xmlFreeDoc(doc);
    } else {
        l = layout_read(from == STAGE_LAYOUT ? root : stage_next(root->children, "layout"), NULL);
        doc = layout_write(l);
        save("2-layout.xml", doc);
        xmlFreeDoc(doc);
    }
    layout_apply(l, s);
    return l;
}

static xmlDocPtr pagetables_stage(const struct layout *l, const char *dir, enum stage from, xmlDocPtr doc)
{
    if (from == STAGE_PAGETABLES) {
        save("3-pagetables.xml", doc);
        return doc;
    }
    xmlFreeDoc(doc);
    return pass(dir, "3-pagetables.xml", "pagetables", pages_make(l));
}

/* expand, layout, page tables: each from its file; then what they lead to. */
static void build(struct system *s)
{
    xmlDocPtr doc = NULL, expanded = expand_make(s);
    const char *dir = output_begin(args.out, args.keep);
    enum stage from = from_stage(&doc);

    save("1-expanded.xml", expanded);
    xmlFreeDoc(expanded);
    if (args.stop >= STAGE_LAYOUT) {
        struct layout *l = layout_stage(s, dir, from, doc);
        if (args.stop >= STAGE_PAGETABLES) {
            doc = pagetables_stage(l, dir, from, doc);
        }
        if (args.stop == STAGE_ALL) {
            make_rest(s, dir, l, doc);
        }
        layout_free(l);
    }
    if (args.stop != STAGE_ALL) {
        output_publish(NULL);
    }
    xmlFreeDoc(doc);
}

static const struct argp_option options[] = {
    { "files", 'f', "DIR", 0, "where payload files are looked up (required to build)", 0 },
    { "hyp", 'y', "LIB", 0, "the runtime, libhyp.a (required to build)", 0 },
    { "cross", 'c', "PREFIX", 0, "prefix of the cross compiler (aarch64-linux-gnu-)", 0 },
    { "out", 'o', "DIR", 0, "folder of the result: NAME.elf, its tables, device trees, layout.txt (required to build)", 0 },
    { "keep", 'k', NULL, 0, "keep what a failed run has made in DIR/.forge, and payloads.S of a good one", 0 },
    { "explain", 'e', NULL, 0, "print the memory map with its reasons, interrupt routes, schedule and capabilities; build nothing", 0 },
    { "from", 'F', "FILE", 0, "go on from a stage's file: 2-layout.xml or 3-pagetables.xml, as made or changed", 0 },
    { "formats", 'm', "DIR", 0, "where page table formats are looked up, FORMAT.xml (hypervisor/forge/formats)", 0 },
    { "format", 't', "FORM", 0, "the image's form: elf; or with the ELF also image (NAME.image, a Linux arm64 Image) or uimage (NAME.uimage)", 0 },
    { "no-check", 'u', NULL, 0, "publish the image even if it is not what the XML says (forge-check)", 0 },
    { "stop-after", 's', "STAGE", 0, "make the stages' files up to STAGE alone: expand, layout or pagetables", 0 },
    { 0 }
};

static enum stage stage_named(const char *name, struct argp_state *state)
{
    for (enum stage i = STAGE_EXPAND; i < STAGE_ALL; i++) {
        if (!strcmp(stage_names[i], name)) {
            return i;
        }
    }
    argp_error(state, "no stage '%s': expand, layout or pagetables", name);
    return STAGE_ALL;
}

static enum wrap_format format_named(const char *name, struct argp_state *state)
{
    static const char *const endings[] = WRAP_ENDINGS;
    for (enum wrap_format i = WRAP_ELF; i <= WRAP_UIMAGE; i++) {
        if (!strcmp(endings[i] + 1, name)) {
            return i;
        }
    }
    argp_error(state, "no form '%s': elf, image or uimage", name);
    return WRAP_ELF;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    switch (key) {
    case 'f': args.files = value; return 0;
    case 'y': args.hyp = value; return 0;
    case 'c': args.cross = value; return 0;
    case 'o': args.out = value; return 0;
    case 'k': args.keep = true; return 0;
    case 'e': args.explain = true; return 0;
    case 't': args.format = format_named(value, state); return 0;
    case 'u': args.unchecked = true; return 0;
    case 'm': format_folder(value); return 0;
    case 'F': args.from = value; return 0;
    case 's': args.stop = stage_named(value, state); return 0;
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
        if (!args.explain && (!args.files || !args.out || (!args.hyp && args.stop == STAGE_ALL))) {
            argp_error(state, "--files, --hyp and --out are needed to build (or --explain)");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void explain_system(struct system *s)
{
    xmlDocPtr doc = NULL;
    struct layout *l;
    if (from_stage(&doc) == STAGE_EXPAND) {
        l = layout_make(s);
    } else {
        xmlNodePtr root = xmlDocGetRootElement(doc), inner = stage_next(root->children, "layout");
        l = layout_read(inner ? inner : root, NULL);
        layout_apply(l, s);
        xmlFreeDoc(doc);
    }
    explain(stdout, s, l);
    layout_free(l);
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
    if (s->bare && args.format != WRAP_ELF) {
        fprintf(stderr, "%s:%d: a board without the hypervisor has its payload's own form: leave --format away\n", s->file, s->line);
        system_free(s);
        return 1;
    }
    if (args.explain) {
        explain_system(s);
    } else if (args.stop == STAGE_ALL && access(args.hyp, R_OK) < 0) {
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
