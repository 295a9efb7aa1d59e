/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the client and the domains of domains.xml agree on
 */
#ifndef DOMAINS_H
#define DOMAINS_H

#include "hypervisor/include/layout.h"

enum { PORTAL_ADD = 1, PORTAL_COUNT, PORTAL_RELAY, PORTAL_SPIN, PORTAL_WILD, PORTAL_CRASH };
#define ECHO_UART 0x0b003000ul

#endif
