/* SPDX-License-Identifier: GPL-2.0-or-later
 * regsgen: regs.xml in, C header out
 *
 * The header holds #defines of plain numbers alone, so that C, C++, assembly and the kernel can all include it.
 */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "regs.h"

struct options {
    const char *input, *output;
};

static const struct argp_option options[] = {
    { "output", 'o', "FILE", 0, "Header to write (default: standard output)", 0 },
    { 0 },
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;

    switch (key) {
    case 'o':
        o->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (o->input)
            argp_error(state, "%s: one regs.xml at a time: remove it", arg);
        o->input = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "regs.xml is missing: name it");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void emit(FILE *out, const struct regs *regs)
{
    char prefix[64];
    size_t i;

    for (i = 0; i < sizeof(prefix) - 1 && regs->name[i]; i++)
        prefix[i] = (char)toupper((unsigned char)regs->name[i]);
    prefix[i] = 0;
    fprintf(out, "/* Written by regsgen from %s's regs.xml: change that */\n#ifndef %s_REGS_H\n#define %s_REGS_H\n", regs->name,
            prefix, prefix);
    for (i = 0; i < regs->register_count; i++) {
        const struct regs_register *reg = &regs->registers[i];

        fprintf(out, "\n#define %s_%s 0x%02llx\n", prefix, reg->name, (unsigned long long)reg->offset);
        for (size_t k = 0; k < reg->field_count; k++) {
            const struct regs_field *f = &reg->fields[k];

            fprintf(out, "#define %s_%s_%s 0x%llx\n", prefix, reg->name, f->name, (unsigned long long)regs_mask(f));
            fprintf(out, "#define %s_%s_%s_SHIFT %u\n", prefix, reg->name, f->name, f->shift);
        }
    }
    fprintf(out, "\n#endif\n");
}

/* Written beside and renamed, so that a full disk leaves no half header. */
static int write_header(const struct regs *regs, const char *path)
{
    char *partial;
    FILE *out;
    bool good;

    if (asprintf(&partial, "%s.partial", path) < 0)
        return -1;
    out = fopen(partial, "w");
    if (out)
        emit(out, regs);
    good = out && !ferror(out);
    if (out && fclose(out))
        good = false;
    if (!good || rename(partial, path)) {
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
        unlink(partial);
        good = false;
    }
    free(partial);
    return good ? 0 : -1;
}

int main(int argc, char **argv)
{
    static const struct argp argp = { options, on_option, "regs.xml", "Writes the C header of a device's registers.", NULL,
                                      NULL, NULL };
    struct options o = { NULL, NULL };
    struct regs *regs;
    int result = 0;

    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    regs = regs_load(o.input, stderr);
    if (!regs)
        return 1;
    if (o.output)
        result = write_header(regs, o.output);
    else
        emit(stdout, regs);
    if (!o.output && (fflush(stdout) || ferror(stdout))) {
        fprintf(stderr, "standard output: cannot be written: %s\n", strerror(errno));
        result = -1;
    }
    regs_free(regs);
    return result ? 1 : 0;
}
