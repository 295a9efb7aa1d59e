/* SPDX-License-Identifier: GPL-2.0-or-later
 * A domain's life through libvirt: by default its embedded driver, in this process and without a daemon
 */
#include "domain.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS 64

struct host {
    virConnectPtr connection;
    int lock;                   /* of the slot, or -1 */
    char root[4096];            /* embedded driver's files, or "" */
};

static void *event_loop(void *unused)
{
    (void)unused;
    while (virEventRunDefaultImpl() == 0) {
    }
    return NULL;
}

static void silent(void *data, virErrorPtr e) { (void)data, (void)e; }

static int libvirt_failed(const char *what, char *err, size_t err_len)
{
    virErrorPtr e = virGetLastError();
    snprintf(err, err_len, "%s: %s", what, e && e->message ? e->message : "libvirt gives no reason");
    for (char *p = err; *p; p++) {
        if (*p == '\n' && p[1]) {
            *p = ' ';
        }
    }
    return -1;
}

static int make_dirs(const char *path)
{
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = copy + 1; ; p++) {
        if (*p == '/' || !*p) {
            char end = *p;
            *p = 0;
            if (mkdir(copy, 0777) < 0 && errno != EEXIST) {
                return -1;
            }
            *p = end;
            if (!end) {
                return 0;
            }
        }
    }
}

/* The embedded driver locks its folder, and probes QEMU once a folder: slots are kept from run to run. */
static int take_slot(struct host *h, const char *cache_dir, char *err, size_t err_len)
{
    static const char conf[] =
        "stdio_handler = \"file\"\nsecurity_driver = \"none\"\nnamespaces = []\ncgroup_controllers = []\n"
        "user = \"root\"\ngroup = \"root\"\nseccomp_sandbox = 0\n";
    char path[4200];
    for (int slot = 0; slot < SLOTS; slot++) {
        snprintf(h->root, sizeof h->root, "%s/libvirt/%d", cache_dir, slot);
        snprintf(path, sizeof path, "%s/etc", h->root);
        if (make_dirs(path) < 0) {
            snprintf(err, err_len, "%s: %s: check its permissions and free space", path, strerror(errno));
            return -1;
        }
        snprintf(path, sizeof path, "%s/slot.lock", h->root);
        h->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (h->lock >= 0 && flock(h->lock, LOCK_EX | LOCK_NB) == 0) {
            snprintf(path, sizeof path, "%s/etc/qemu.conf", h->root);
            FILE *f = fopen(path, "w");
            if (!f || fputs(conf, f) < 0 || fclose(f)) {
                snprintf(err, err_len, "%s: %s", path, strerror(errno));
                return -1;
            }
            return 0;
        }
        close(h->lock);
        h->lock = -1;
    }
    snprintf(err, err_len, "%s/libvirt: all %d slots are in use: end other runs", cache_dir, SLOTS);
    return -1;
}

struct host *host_open(const char *uri, const char *cache_dir, char *err, size_t err_len)
{
    static bool loop_runs;
    char embedded[4300];
    struct host *h = calloc(1, sizeof *h);
    h->lock = -1;

    virSetErrorFunc(NULL, silent);
    prctl(PR_SET_CHILD_SUBREAPER, 1);       /* QEMU daemonizes; with us as its parent its end is seen at once */
    if (!loop_runs) {
        pthread_t thread;
        if (virEventRegisterDefaultImpl() < 0 || pthread_create(&thread, NULL, event_loop, NULL)) {
            libvirt_failed("libvirt's event loop", err, err_len);
            free(h);
            return NULL;
        }
        pthread_detach(thread);
        loop_runs = true;
    }
    if (!uri) {
        if (take_slot(h, cache_dir, err, err_len) < 0) {
            free(h);
            return NULL;
        }
        snprintf(embedded, sizeof embedded, "qemu:///embed?root=%s", h->root);
        uri = embedded;
    }
    h->connection = virConnectOpen(uri);
    if (!h->connection) {
        libvirt_failed(uri, err, err_len);
        host_close(h);
        return NULL;
    }
    return h;
}

void host_close(struct host *h)
{
    if (h->connection) {
        virConnectClose(h->connection);
    }
    if (h->lock >= 0) {
        close(h->lock);
    }
    free(h);
}

int host_start(struct host *h, const char *xml, char *err, size_t err_len)
{
    virDomainPtr d = virDomainCreateXML(h->connection, xml, VIR_DOMAIN_NONE);
    if (!d) {
        return libvirt_failed("the board does not start", err, err_len);
    }
    virDomainFree(d);
    return 0;
}

int host_save(struct host *h, const char *name, const char *path, char *err, size_t err_len)
{
    virDomainPtr d = virDomainLookupByName(h->connection, name);
    if (!d) {
        return libvirt_failed("the board is gone", err, err_len);
    }
    int r = virDomainSave(d, path);
    if (r < 0) {
        libvirt_failed("the board cannot be saved", err, err_len);
    }
    virDomainFree(d);
    return r;
}

int host_restore(struct host *h, const char *path, const char *xml, char *err, size_t err_len)
{
    if (virDomainRestoreFlags(h->connection, path, xml, VIR_DOMAIN_SAVE_RUNNING) < 0) {
        return libvirt_failed("the board cannot be restored", err, err_len);
    }
    return 0;
}

void host_destroy(struct host *h, const char *name)
{
    virDomainPtr d = virDomainLookupByName(h->connection, name);
    if (d) {
        virDomainDestroy(d);
        virDomainFree(d);
    }
}
