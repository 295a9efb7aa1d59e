/* SPDX-License-Identifier: GPL-2.0-or-later
 * The monitor's portal: entered for each exit of its guest, with an empty stack; it answers and is gone
 */
#include "hypervisor/include/monitor.h"

    .section .text.portal, "ax"
    .global vmm_portal_entry
vmm_portal_entry:
    bl      monitor_exit                /* x0 exit, x1-x4 of it */
    mov     x2, x1                      /* REPLY_* */
    mov     x1, x0                      /* what was read */
    mov     x0, #CALL_REPLY
    .global vmm_portal_reply
vmm_portal_reply:
    svc     #0

    .section .text, "ax"
    .global monitor_call
monitor_call:
    svc     #0
    ret
