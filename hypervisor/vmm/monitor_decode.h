/* SPDX-License-Identifier: GPL-2.0-or-later
 * Loads and stores of general registers that leave no syndrome
 */
#ifndef VMM_MONITOR_DECODE_H
#define VMM_MONITOR_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An A64 instruction as hypervisor/include/monitor.h has it (DECODED_*); false: another one, or one with SP as its base. */
bool decode_a64(uint32_t instruction, uint64_t *decoded);

#ifdef __cplusplus
}
#endif
#endif
