/* SPDX-License-Identifier: GPL-2.0-or-later
 * The board as a libvirt domain: its XML, and its life
 */
#ifndef INGOT_DOMAIN_H
#define INGOT_DOMAIN_H

#include "system.h"

#ifdef __cplusplus
extern "C" {
#endif

struct domain_options {
    const char *name;           /* of the domain; the same name gives the same UUID */
    const char *image;          /* ELF for -kernel */
    const char *module;         /* ingot-qemu.so */
    const char *emulator;       /* absolute path of qemu-system-aarch64 */
    const char *control;        /* Unix socket of the scenario engine, or NULL */
    const char *trace;          /* trace file, or NULL */
    uint64_t trace_last_ps, trace_room;     /* it keeps its last so many ps, in so many bytes; trace_last_ps 0: all */
    bool clone;                 /* it is started from a checkpoint whose memory is a file */
    const char *impl[SYSTEM_DEVICES_MAX];   /* per device index: implementation, or NULL for the system's choice */
};

/* What makes QEMU our board, argument by argument. */
void board_arguments(const struct system *s, const struct domain_options *o, void (*put)(void *to, const char *argument), void *to);
/* The domain's XML; free() it. The command line is that of docs/architecture.md. */
char *domain_xml(const struct system *s, const struct domain_options *o);

/* A libvirt connection. Functions return NULL or -1, with libvirt's or QEMU's own words in err. */
struct host;
/* uri NULL: the embedded driver, in this process and without a daemon. Its files go to a free slot below
 * cache_dir/libvirt, which keeps from run to run what libvirt learned about QEMU; if that path is too long for the
 * sockets in it, libvirt is told a link in runtime_dir, which may be NULL otherwise. */
struct host *host_open(const char *uri, const char *cache_dir, const char *runtime_dir, char *err, size_t err_len);
/* Destroys the domains that it started, and waits for their end. */
void host_close(struct host *h);
int host_start(struct host *h, const char *xml, char *err, size_t err_len);
/* Stops the domain, writes all of it to path (absolute) and ends it. */
int host_save(struct host *h, const char *name, const char *path, char *err, size_t err_len);
/* Continues a saved domain in a new process, with an XML of the same name and the same hardware. */
int host_restore(struct host *h, const char *path, const char *xml, char *err, size_t err_len);
bool host_runs(struct host *h, const char *name);
/* What QEMU itself said in the domain's last process, in one line; "" if nothing, or if libvirt's log is not ours. */
void host_words(struct host *h, const char *name, char *words, size_t words_len);
void host_destroy(struct host *h, const char *name);    /* no error if it is gone already */

#ifdef __cplusplus
}
#endif
#endif
