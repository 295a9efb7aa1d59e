/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note
 * /dev/dmaqN: the driver's interface to programs
 *
 * All calls return 0 when the engine has answered, whatever it answered (see `status`), and -1 with errno when it could
 * not be asked: EINVAL, EFAULT, ENOMEM, EPERM, ETIMEDOUT (no answer; the engine has been reset), EIO (the engine halted on
 * its ring, and has been reset). One call at a time runs on an engine; others wait.
 */
#ifndef DMAQ_IOCTL_H
#define DMAQ_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define DMAQ_ALIGN 8u			/* addresses and lengths are multiples of it */
#define DMAQ_LENGTH_MAX (16u << 20)	/* bytes of one call */

/* What the engine wrote back (vdevices/dmaq/README.md) */
enum dmaq_status {
	DMAQ_OK = 1,
	DMAQ_BAD_LENGTH,
	DMAQ_BAD_ALIGNMENT,
	DMAQ_SOURCE_ERROR,
	DMAQ_DESTINATION_ERROR,
};

/* Copies length bytes of the caller's memory. Source and destination must not overlap. */
struct dmaq_copy {
	__u64 source, destination;	/* pointers, multiples of DMAQ_ALIGN */
	__u64 length;			/* DMAQ_ALIGN .. DMAQ_LENGTH_MAX, multiple of DMAQ_ALIGN */
	__u32 status;			/* out: enum dmaq_status of the first descriptor that failed, or DMAQ_OK */
	__u32 crc;			/* out: CRC-32C of the data, 0 on error */
	__u32 descriptors;		/* out: how many the copy took */
	__u32 reserved;			/* 0 */
};

/* One descriptor as it is, mistakes included; needs CAP_SYS_RAWIO, for it reaches all of the VM's memory. */
#define DMAQ_RAW_SOURCE_SCRATCH 1u	/* source is an offset in the driver's scratch page of 4096 bytes */
#define DMAQ_RAW_DESTINATION_SCRATCH 2u	/* destination likewise */
struct dmaq_raw {
	__u64 source, destination;	/* bus addresses, or offsets < 4096 */
	__u32 length;
	__u32 flags;			/* DMAQ_RAW_* */
	__u32 status;			/* out: enum dmaq_status */
	__u32 crc;			/* out */
};

/* Since the driver was loaded */
struct dmaq_statistics {
	__u64 descriptors;		/* answered by the engine, also failed ones */
	__u64 errors;			/* of these, failed */
	__u64 bytes;			/* copied without error */
	__u64 interrupts;		/* taken by the handler */
	__u64 timeouts;			/* calls that got no answer */
	__u64 resets;			/* of the engine, after a timeout or a halt */
};

#define DMAQ_COPY _IOWR('q', 0x40, struct dmaq_copy)
#define DMAQ_RAW _IOWR('q', 0x41, struct dmaq_raw)
#define DMAQ_STATISTICS _IOR('q', 0x42, struct dmaq_statistics)

#endif
