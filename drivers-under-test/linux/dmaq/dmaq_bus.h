/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq driver: the busses that one finds it on
 */
#ifndef DMAQ_BUS_H
#define DMAQ_BUS_H

struct pci_driver;

extern struct pci_driver dmaq_pci_driver;

#endif
