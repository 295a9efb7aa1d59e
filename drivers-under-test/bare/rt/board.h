/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where the guest finds its devices: as scenarios/systems/first-light.xml gives them to vm "rt"
 */
#ifndef RT_BOARD_H
#define RT_BOARD_H

#ifndef RT_NUMBER
#define RT_NUMBER 0                 /* rt.bin; rt-1.bin, rt-2.bin … have devices of their own, as scenarios/systems/four-vms.xml has them */
#endif
#if RT_NUMBER == 0
#define UART_BASE 0x0b001000ul      /* uart1 */
#define UART_INTID (177 + 32)
#define PULSE_INTID (180 + 32)
#else
#define UART_BASE (0x0b003000ul + 0x1000 * RT_NUMBER)
#define UART_INTID (189 + RT_NUMBER + 32)
#define PULSE_INTID (193 + RT_NUMBER + 32)
#endif
#define PULSE_BASE (0x0b020000ul + 0x1000 * RT_NUMBER)
#define GICD_BASE 0x08000000ul
#define GICR_BASE 0x080a0000ul

#endif
