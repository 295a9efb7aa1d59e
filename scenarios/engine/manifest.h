/* SPDX-License-Identifier: GPL-2.0-or-later
 * A checkpoint's manifest: what it is of, and how to tell that it is whole
 *
 * Text, a line an item, the words escaped as in the control protocol; the last line is the CRC-32C of all before it:
 *
 *     ingot-checkpoint 2
 *     scenario first-light
 *     board model
 *     domain ingot-first-light-model-4711
 *     system first-light
 *     time-ps 812345678000
 *     qemu QEMU%20emulator%20version%207.2.22
 *     configuration 7d5c… (SHA-256 of cores, memory and QEMU's arguments, without paths)
 *     device dmaq0 dmaq model
 *     probe rt.lr%20lr%201
 *     image 35651584 0a1b2c3d
 *     state 91226112 4e5f6071
 *     end 8293a4b5
 */
#ifndef INGOT_MANIFEST_H
#define INGOT_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MANIFEST_DEVICES_MAX 64
#define MANIFEST_PROBES_MAX 64
#define MANIFEST_IMPL_MAX 1024

struct manifest_file {
    uint64_t size;
    uint32_t crc32c;
};

struct manifest {
    char scenario[128], board[128];
    char domain[192];           /* a restored board is the same domain to libvirt */
    char system[1024];          /* as the scenario named it */
    char qemu[128];             /* first line of qemu-system-aarch64 --version */
    char configuration[65];     /* SHA-256 of the board's hardware, in hex */
    uint64_t time_ps;
    size_t device_count, probe_count;
    struct {
        char name[64], type[64], impl[MANIFEST_IMPL_MAX];     /* impl: "rtl", "recorded:FILE" */
    } devices[MANIFEST_DEVICES_MAX];
    char probes[MANIFEST_PROBES_MAX][256];      /* command lines without `probe ID` */
    struct manifest_file image, state;
};

/* 0, or -1 and a line in err ("PATH: what is wrong"). */
int manifest_write(const struct manifest *m, const char *path, char *err, size_t err_len);
int manifest_read(struct manifest *m, const char *path, char *err, size_t err_len);
/* The same for another thing's manifest: `again` is what to do about a bad one. */
int manifest_read_of(struct manifest *m, const char *path, const char *again, char *err, size_t err_len);
int manifest_measure(const char *path, struct manifest_file *f, char *err, size_t err_len);

#ifdef __cplusplus
}
#endif
#endif
