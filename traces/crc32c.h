/* SPDX-License-Identifier: GPL-2.0-or-later
 * CRC-32C by table: what hosts without the instruction use; trace_crc32c chooses
 */
#ifndef INGOT_TRACE_CRC32C_H
#define INGOT_TRACE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As trace_crc32c. */
uint32_t crc32c_by_table(uint32_t crc, const void *data, size_t len);

#ifdef __cplusplus
}
#endif
#endif
