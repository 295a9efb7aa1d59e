/* SPDX-License-Identifier: GPL-2.0-or-later
 * A guest that never ends
 */
    .text
    .global _start
_start:
    b _start
