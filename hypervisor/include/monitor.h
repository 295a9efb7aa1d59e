/* SPDX-License-Identifier: GPL-2.0-or-later
 * Between the hypervisor and a VM's monitor: its address space, exits, calls; and what forge tells it of its VM
 */
#ifndef HYP_MONITOR_H
#define HYP_MONITOR_H

#include "layout.h"

/* The monitor's own addresses: text, data with its stack, what forge says, then the disk. The VM's RAM is where the VM has it. */
#define MONITOR_TEXT 0x10000000
#define MONITOR_DATA 0x10020000
#define MONITOR_STACK 0x101f0000        /* its top */
#define MONITOR_CONFIG 0x101f0000
#define MONITOR_DISK 0x10200000

/* Exits: the portal is entered with one of these in x0, and answers with SVC #0, x0 CALL_REPLY, x1 a value, x2 one of REPLY_*. x4: nanoseconds since reset. */
#define EXIT_MMIO 1                     /* x1 guest physical address, x2 value to write, x3 size in bytes, bit 8: a write; x1 of the answer: what was read */
#define EXIT_INPUT 2                    /* its UART has something */
#define EXIT_ALARM 3                    /* as CALL_ALARM asked for */
#define EXIT_DECODE 7                   /* x1 guest physical address of an instruction that leaves no syndrome; x1 of the answer: DECODED_*, and in 31:0 the ISS of its first access */
#define REPLY_DONE 0
#define REPLY_REFUSED 1                 /* the VM may not do that: it is stopped */

/* An instruction in 63:0: SAS, SSE, SRT, SF and ISV as in ESR_EL2 (D13.2.39), and what that has no place for */
#define DECODED_SECOND(d) ((d) >> 32 & 31)      /* of a pair: register of the access behind the first one */
#define DECODED_BASE(d) ((d) >> 37 & 31)        /* register of the address, not SP */
#define DECODED_PAIR (1ul << 42)
#define DECODED_WRITE_BACK (1ul << 43)          /* the base is moved by the offset, */
#define DECODED_POST (1ul << 44)                /* after the access: the address is the base; else base and offset */
#define DECODED_OFFSET(d) ((int64_t)(d) >> 45)  /* bytes */

#ifndef __ASSEMBLER__
#include <stdint.h>

#define MONITOR_DEVICES 16
enum monitor_kind { MONITOR_PL011 = 1, MONITOR_PL031, MONITOR_VIRTIO_CONSOLE, MONITOR_VIRTIO_BLOCK };
struct monitor_device {
    uint32_t kind, spi;                 /* SPI 0 is INTID 32; the monitor's capability for it has the same number as selector */
    uint64_t base;
    uint32_t line;                      /* console: 0 is its UART; others go nowhere */
    uint32_t read_only;
};
struct monitor_config {
    uint64_t ram_ipa, ram_size;
    uint64_t uart;                      /* 16550-compatible, or 0 */
    uint64_t disk_size;                 /* bytes at MONITOR_DISK */
    uint64_t epoch;                     /* seconds since 1970 at reset */
    uint32_t device_count;
    struct monitor_device devices[MONITOR_DEVICES];
};
#endif

#endif
