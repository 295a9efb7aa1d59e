/* SPDX-License-Identifier: GPL-2.0-or-later
 * forge: system XML in, one bootable image with all tables out
 *
 * Everything is made in a folder beside the result and takes its place at the end: a failed run leaves the old one.
 */
#include "forge.h"

#include <argp.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MAX_ 4096

static struct {
    const char *xml, *files, *hyp, *cross, *out;
    bool explain;
} args = { .cross = "aarch64-linux-gnu-" };

static char work[PATH_MAX_];    /* the folder being made; removed on failure */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static void give_up(void)
{
    if (work[0]) {
        remove_tree(work);
    }
    exit(1);
}

static FILE *create(const char *name)
{
    char path[PATH_MAX_ + 64];
    snprintf(path, sizeof path, "%s/%s", work, name);
    FILE *f = fopen(path, "w");
    if (!f) {
        fprintf(stderr, "forge: %s: %s\n", path, strerror(errno));
        give_up();
    }
    return f;
}

static void finish(FILE *f, const char *name)
{
    bool bad = ferror(f);
    if (fclose(f) || bad) {
        fprintf(stderr, "forge: %s/%s: cannot be written: %s\n", work, name, strerror(errno));
        give_up();
    }
}

static char *join(const char *a, const char *b)
{
    char *p;
    if (asprintf(&p, "%s%s", a, b) < 0) {
        abort();
    }
    return p;
}

static void build(const struct system *s)
{
    char image[PATH_MAX_ + 64];
    FILE *f;

    for (size_t v = 0; v < s->vm_count; v++) {
        char path[PATH_MAX_ + 64];
        snprintf(path, sizeof path, "%s/%s.dtb", work, s->vms[v].name);
        if (forge_tree(path, s, v) < 0) {
            give_up();
        }
    }
    f = create("pagetables.S"), forge_pages(f, s), finish(f, "pagetables.S");
    f = create("tables.c"), forge_tables(f, s), finish(f, "tables.c");
    f = create("link.ld"), forge_script(f, s), finish(f, "link.ld");
    f = create("payloads.S"), forge_payloads(f, s, work), finish(f, "payloads.S");
    f = create("layout.txt"), forge_explain(f, s), finish(f, "layout.txt");

    snprintf(image, sizeof image, "%s/%s.elf", work, s->name);
    char *argv[] = {
        join(args.cross, "gcc"), "-nostdlib", "-static", "-no-pie", "-fno-pic", "-ffreestanding", "-std=gnu11", "-O2", "-g", "-Wall", "-Werror",
        join("-I", FORGE_INCLUDE), "-Wl,--build-id=none", "-Wl,-z,max-page-size=4096", "-Wl,--no-warn-rwx-segments",
        join("-Wl,-T,", join(work, "/link.ld")), "-o", image, join(work, "/tables.c"), join(work, "/pagetables.S"),
        join(work, "/payloads.S"), "-Wl,--whole-archive", (char *)args.hyp, NULL };
    if (forge_run(argv) < 0) {
        give_up();
    }
    char *payloads = join(work, "/payloads.S");
    unlink(payloads);
    free(payloads);
}

/* The finished folder takes the place of the old one. */
static void replace(void)
{
    char old[PATH_MAX_ + 16];
    snprintf(old, sizeof old, "%s.old", work);
    bool there = rename(args.out, old) == 0;
    if (rename(work, args.out) < 0) {
        fprintf(stderr, "forge: %s: %s\n", args.out, strerror(errno));
        if (there) {
            rename(old, args.out);
        }
        give_up();
    }
    if (there) {
        remove_tree(old);
    }
}

static const struct argp_option options[] = {
    { "files", 'f', "DIR", 0, "where payload files are looked up (required to build)", 0 },
    { "hyp", 'y', "LIB", 0, "the runtime, libhyp.a (required to build)", 0 },
    { "cross", 'c', "PREFIX", 0, "prefix of the cross compiler (aarch64-linux-gnu-)", 0 },
    { "out", 'o', "DIR", 0, "folder of the result: NAME.elf, tables, device trees (required to build)", 0 },
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
    } else {
        if (access(args.hyp, R_OK) < 0) {
            fprintf(stderr, "forge: %s: %s: build it first (./ingot does)\n", args.hyp, strerror(errno));
            return 1;
        }
        snprintf(work, sizeof work, "%s.new-%d", args.out, (int)getpid());
        if (mkdir(work, 0777) < 0) {
            fprintf(stderr, "forge: %s: %s\n", work, strerror(errno));
            return 1;
        }
        build(s);
        replace();
    }
    system_free(s);
    return 0;
}
