/* SPDX-License-Identifier: GPL-2.0-or-later
 * Loops that only wait: each pass does what the last one did, until somebody else has written memory
 */
#ifndef INGOT_SPIN_LOOP_H
#define INGOT_SPIN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPIN_LOOP_MAX 8     /* instructions of the longest loop that is recognised */

/* Length in instructions, 1 to SPIN_LOOP_MAX, of the loop that an A64 branch closes; 0: it is no short backward branch. */
unsigned spin_loop_length(uint32_t branch);
/* `code`: the loop's instructions in order, the last is the branch. True if it loads, writes neither memory nor system
 * registers, calls nobody, and no pass reads a register that an earlier pass has written. */
bool spin_loop_waits(const uint32_t *code, unsigned length);

#ifdef __cplusplus
}
#endif
#endif
