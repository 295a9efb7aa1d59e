/* SPDX-License-Identifier: GPL-2.0-or-later
 * Numbers that C and assembly share; core/start.c asserts that struct core agrees
 */
#ifndef HYP_LAYOUT_H
#define HYP_LAYOUT_H

#define CORE_ROUTES 1024        /* struct core: route[], at offset 0 */
#define CORE_ID 1024            /* struct core: id */
#define ROUTE_OWNED_BIT 0
#define ROUTE_OWNED (1 << ROUTE_OWNED_BIT)
#define ROUTE_PRIORITY_SHIFT 3

#define STACK_SHIFT 13          /* 8 KiB a core */
#define TRAP_FRAME 256          /* struct trap_frame */

#endif
