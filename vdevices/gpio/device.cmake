# SPDX-License-Identifier: GPL-2.0-or-later
# gpio: RTL behind Wishbone
ingot_device(TYPE gpio TOP gpio SOURCES rtl/gpio.v BUS wishbone LINES 1 IRQ irq)
