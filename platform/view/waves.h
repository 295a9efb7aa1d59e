/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as signals over time; who writes them down
 */
#ifndef INGOT_VIEW_WAVES_H
#define INGOT_VIEW_WAVES_H

#include "view.h"

enum wave_type { WAVE_EVENT, WAVE_WIRE, WAVE_VECTOR };      /* a vector has 64 bits */

/* A format. Signals are numbered from 0; scopes nest; `begin` ends the declarations. Values are told after a time, which never goes back. */
struct wave_writer {
    void (*scope)(void *to, const char *name);
    void (*upscope)(void *to);
    void (*signal)(void *to, unsigned n, enum wave_type type, const char *name);
    void (*begin)(void *to, unsigned signals);
    void (*time)(void *to, uint64_t ps);
    void (*initial)(void *to, unsigned n, enum wave_type type, char level);     /* '0', or 'x' */
    void (*event)(void *to, unsigned n);
    void (*level)(void *to, unsigned n, bool high);
    void (*vector)(void *to, unsigned n, uint64_t value);
    bool (*failed)(void *to);       /* nothing more can be written */
};

/* 0, or -1 and a line in err. */
int waves_write(struct view *v, const struct view_filter *f, const struct wave_writer *w, void *to, char *err, size_t err_len);
/* A name without blanks: the text is valid until the next call. */
const char *waves_reference(const char *name);

#endif
