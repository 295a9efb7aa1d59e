/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the bare guests of these tests share: the virtual GIC's addresses, system registers
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define GICD 0x08000000ul
#define GICR 0x080a0000ul
#define GICR_SGI 0x080b0000ul
#define ISENABLER 0x100
#define ICENABLER 0x180
#define ISPENDR 0x200
#define ICPENDR 0x280
#define ISACTIVER 0x300
#define ICACTIVER 0x380
#define IPRIORITYR 0x400
#define ICFGR 0xc00

#define READ_SYSREG(name) ({ uint64_t v_; __asm__ volatile("mrs %0, " #name : "=r"(v_) :: "memory"); v_; })
#define WRITE_SYSREG(name, value) do { uint64_t v_ = (value); __asm__ volatile("msr " #name ", %0\n isb" :: "r"(v_) : "memory"); } while (0)
#define IRQ_OFF() __asm__ volatile("msr daifset, #2" ::: "memory")
#define IRQ_ON() __asm__ volatile("msr daifclr, #2\n isb" ::: "memory")
#define WFI() __asm__ volatile("wfi" ::: "memory")

static inline volatile uint32_t *reg(uint64_t at) { return (volatile uint32_t *)at; }
static inline volatile uint8_t *reg8(uint64_t at) { return (volatile uint8_t *)at; }

#endif
