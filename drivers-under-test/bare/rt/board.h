/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where the guest finds its devices: as scenarios/systems/first-light.xml gives them to vm "rt"
 */
#ifndef RT_BOARD_H
#define RT_BOARD_H

#define UART_BASE 0x0b001000ul      /* uart1 */
#define UART_INTID (177 + 32)
#define PULSE_BASE 0x0b020000ul     /* pulse0 */
#define PULSE_INTID (180 + 32)
#define GICD_BASE 0x08000000ul
#define GICR_BASE 0x080a0000ul

#endif
