/* SPDX-License-Identifier: GPL-2.0-or-later
 * A hostile monitor's portal (vmm/monitor_start.S), and what C cannot say
 */
#include "hypervisor/include/monitor.h"

    .section .text.portal, "ax"
    .global vmm_portal_entry
vmm_portal_entry:
    bl      hostile_exit
    mov     x2, x1
    mov     x1, x0
    mov     x0, #CALL_REPLY
    svc     #0

    .section .text, "ax"
    .global hostile_call, hostile_run
hostile_call:
    svc     #0
    ret
hostile_run:
    br      x0
