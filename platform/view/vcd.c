/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as VCD (IEEE 1364-2005, 18)
 */
#include <inttypes.h>

#include "text.h"
#include "waves.h"

/* Identifier codes are numbers to base 94, of printable characters. */
static const char *code(char buf[8], unsigned n)
{
    char *p = buf;
    do
        *p++ = (char)('!' + n % 94);
    while ((n /= 94) && p < buf + 7);
    *p = 0;
    return buf;
}

static void scope(void *to, const char *name) { fprintf(to, "$scope module %s $end\n", waves_reference(name)); }
static void upscope(void *to) { fputs("$upscope $end\n", to); }
static void begin(void *to, unsigned signals) { (void)signals, fputs("$enddefinitions $end\n", to); }
static void at(void *to, uint64_t ps) { fprintf(to, "#%" PRIu64 "\n", ps); }
static bool failed(void *to) { return ferror((FILE *)to); }

static void signal(void *to, unsigned n, enum wave_type type, const char *name)
{
    static const char *const types[] = { [WAVE_EVENT] = "event 1", [WAVE_WIRE] = "wire 1", [WAVE_VECTOR] = "reg 64" };
    char id[8];
    fprintf(to, "$var %s %s %s $end\n", types[type], code(id, n), waves_reference(name));
}

static void initial(void *to, unsigned n, enum wave_type type, char level)
{
    char id[8];
    fprintf(to, type == WAVE_VECTOR ? "b%c %s\n" : "%c%s\n", level, code(id, n));
}

static void level(void *to, unsigned n, bool high)
{
    char id[8];
    fprintf(to, "%d%s\n", high, code(id, n));
}

static void event(void *to, unsigned n) { level(to, n, true); }

static void vector(void *to, unsigned n, uint64_t v)
{
    char id[8];
    int bit = 63;
    fputc('b', to);
    while (bit && !(v >> bit & 1))
        bit--;
    for (; bit >= 0; bit--)
        fputc('0' + (int)(v >> bit & 1), to);
    fprintf(to, " %s\n", code(id, n));
}

int view_vcd(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len)
{
    static const struct wave_writer writer = { scope, upscope, signal, begin, at, initial, event, level, vector, failed };
    fputs("$comment ingot trace $end\n$timescale 1 ps $end\n", out);
    return text_end(waves_write(v, f, &writer, out, err, err_len), out, err, err_len);
}
