/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as FST, GTKWave's compressed format, by the writer that Verilator brings
 */
#include <errno.h>
#include <gtkwave/fstapi.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "waves.h"

#define HANDLES_MAX (1u << 20)

struct fst {
    void *writer;
    fstHandle *handles;         /* by the signals' numbers */
    unsigned count;
    bool no_memory;
};

static void scope(void *to, const char *name)
{
    fstWriterSetScope(((struct fst *)to)->writer, FST_ST_VCD_MODULE, waves_reference(name), NULL);
}

static void upscope(void *to) { fstWriterSetUpscope(((struct fst *)to)->writer); }

static void signal(void *to, unsigned n, enum wave_type type, const char *name)
{
    static const enum fstVarType types[] = { [WAVE_EVENT] = FST_VT_VCD_EVENT, [WAVE_WIRE] = FST_VT_VCD_WIRE, [WAVE_VECTOR] = FST_VT_VCD_REG };
    struct fst *f = to;
    if (n >= f->count && n < HANDLES_MAX) {
        unsigned count = 2 * n + 64;
        fstHandle *grown = realloc(f->handles, count * sizeof *grown);
        if (grown) {
            memset(grown + f->count, 0, (count - f->count) * sizeof *grown);
            f->handles = grown;
            f->count = count;
        }
    }
    f->no_memory |= n >= f->count;
    if (!f->no_memory)
        f->handles[n] = fstWriterCreateVar(f->writer, types[type], FST_VD_IMPLICIT, type == WAVE_VECTOR ? 64 : 1, waves_reference(name), 0);
}

static void begin(void *to, unsigned signals) { (void)to, (void)signals; }
static void at(void *to, uint64_t ps) { fstWriterEmitTimeChange(((struct fst *)to)->writer, ps); }
static bool failed(void *to) { return ((struct fst *)to)->no_memory; }

static void put(void *to, unsigned n, const char *bits)
{
    const struct fst *f = to;
    if (!f->no_memory)
        fstWriterEmitValueChange(f->writer, f->handles[n], bits);
}

static void initial(void *to, unsigned n, enum wave_type type, char level)
{
    char bits[64];
    memset(bits, level, sizeof bits);
    (void)type;         /* the writer knows how many of them */
    put(to, n, bits);
}

static void level(void *to, unsigned n, bool high) { put(to, n, high ? "1" : "0"); }
static void event(void *to, unsigned n) { put(to, n, "1"); }

static void vector(void *to, unsigned n, uint64_t v)
{
    char bits[64];
    for (int i = 0; i < 64; i++)
        bits[i] = (char)('0' + (v >> (63 - i) & 1));
    put(to, n, bits);
}

/* The writer tells no error of the disk: what it left must be readable again. */
static bool whole(const char *path)
{
    void *reader = fstReaderOpen(path);
    bool good = reader && fstReaderGetValueChangeSectionCount(reader);
    if (reader)
        fstReaderClose(reader);
    return good;
}

int view_fst(struct view *v, const struct view_filter *f, const char *out, char *err, size_t err_len)
{
    static const struct wave_writer writer = { scope, upscope, signal, begin, at, initial, event, level, vector, failed };
    struct fst to = { 0 };
    if (text_replace(out, err, err_len) < 0)
        return -1;
    errno = 0;
    if (!(to.writer = fstWriterCreate(out, 1))) {
        snprintf(err, err_len, "%s: cannot be written: %s", out, strerror(errno));
        return -1;
    }
    fstWriterSetTimescaleFromString(to.writer, "1ps");
    fstWriterSetVersion(to.writer, "ingot trace");
    fstWriterSetDate(to.writer, "");        /* equal traces are equal files */
    int r = waves_write(v, f, &writer, &to, err, err_len);
    bool space = !fstWriterGetFseekFailed(to.writer);
    fstWriterClose(to.writer);
    free(to.handles);
    if (to.no_memory) {
        snprintf(err, err_len, "%s: no memory to convert it", view_trace(v)->path);
    } else if (r >= 0 && !(space && whole(out))) {
        snprintf(err, err_len, "%s: cannot write all of it: free some space", out);
        r = -1;
    }
    return r || to.no_memory ? -1 : 0;
}
