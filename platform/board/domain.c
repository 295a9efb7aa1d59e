/* SPDX-License-Identifier: GPL-2.0-or-later
 * A domain's life through libvirt: by default its embedded driver, in this process and without a daemon
 */
#include "domain.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"

#define STARTED_MAX 64

struct host {
    virConnectPtr connection;
    struct embedded files;
    virDomainPtr started[STARTED_MAX];  /* those that may still live */
    size_t started_count;
};

static void *event_loop(void *unused)
{
    (void)unused;
    while (virEventRunDefaultImpl() == 0) {
    }
    return NULL;
}

static void silent(void *data, virErrorPtr e) { (void)data, (void)e; }

/* What libvirt would say on stderr goes beside the slot; errors are also told by its functions, and come in our words. */
static void silence(const struct embedded *files)
{
    char outputs[EMBEDDED_PATH_MAX + 32] = "4:file:/dev/null";
    if (files->lock >= 0 && !strchr(files->root, ' ')) {
        snprintf(outputs, sizeof outputs, "3:file:%s/libvirt.log", files->root);
    }
    setenv("LIBVIRT_LOG_OUTPUTS", outputs, 0);
    virSetErrorFunc(NULL, silent);
}

/* Once a process. Signals are for the main thread. */
static int start_event_loop(void)
{
    static bool runs;
    pthread_t thread;
    sigset_t all, before;
    if (runs) {
        return 0;
    }
    if (virEventRegisterDefaultImpl() < 0) {
        return -1;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, event_loop, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) {
        pthread_detach(thread);
        runs = true;
    }
    return failed ? -1 : 0;
}

void host_words(struct host *h, const char *name, char *words, size_t words_len)
{
    *words = 0;
    if (h->files.lock >= 0) {
        embedded_qemu_words(&h->files, name, words, words_len);
    }
}

/* One line: what could not be done, and QEMU's own words if it said any, else libvirt's. */
static int failed(struct host *h, const char *domain, const char *what, char *err, size_t err_len)
{
    virErrorPtr e = virGetLastError();
    char words[2048] = "";
    if (h && domain) {
        host_words(h, domain, words, sizeof words);
    }
    snprintf(err, err_len, "%s: %s", what, *words ? words : e && e->message ? e->message : "libvirt gives no reason");
    for (char *p = err; *p; p++) {
        *p = *p == '\n' ? ' ' : *p;
    }
    return -1;
}

struct host *host_open(const char *uri, const char *cache_dir, const char *runtime_dir, char *err, size_t err_len)
{
    char embedded[EMBEDDED_PATH_MAX + 32];
    struct host *h = calloc(1, sizeof *h);
    h->files.lock = -1;

    if (!uri) {
        if (embedded_take(&h->files, cache_dir, runtime_dir, err, err_len) < 0) {
            host_close(h);
            return NULL;
        }
        snprintf(embedded, sizeof embedded, "qemu:///embed?root=%s", h->files.root);
        uri = embedded;
    }
    silence(&h->files);
    if (start_event_loop() < 0) {
        failed(NULL, NULL, "libvirt's event loop", err, err_len);
        host_close(h);
        return NULL;
    }
    h->connection = virConnectOpen(uri);
    if (!h->connection) {
        failed(NULL, NULL, uri, err, err_len);
        host_close(h);
        return NULL;
    }
    return h;
}

void host_close(struct host *h)
{
    for (size_t i = 0; i < h->started_count; i++) {
        virDomainDestroy(h->started[i]);
        virDomainFree(h->started[i]);
    }
    if (h->connection) {
        virConnectClose(h->connection);
    }
    embedded_release(&h->files);
    free(h);
}

static virDomainPtr find(struct host *h, const char *name)
{
    for (size_t i = 0; i < h->started_count; i++) {
        if (!strcmp(virDomainGetName(h->started[i]), name)) {
            return h->started[i];
        }
    }
    return NULL;
}

static void forget(struct host *h, virDomainPtr d)
{
    size_t i = 0;
    while (h->started[i] != d) {
        i++;
    }
    memmove(&h->started[i], &h->started[i + 1], (--h->started_count - i) * sizeof d);
    virDomainFree(d);
}

static int room(struct host *h, char *err, size_t err_len)
{
    for (size_t i = h->started_count; i-- > 0;) {
        if (virDomainIsActive(h->started[i]) != 1) {
            forget(h, h->started[i]);
        }
    }
    if (h->started_count == STARTED_MAX) {
        snprintf(err, err_len, "%d boards run already: close some", STARTED_MAX);
        return -1;
    }
    return 0;
}

/* The name in a domain's XML, for messages: the text of its first <name>. */
static void name_in(const char *xml, char name[128])
{
    const char *p = strstr(xml, "<name>");
    *name = 0;
    if (p) {
        sscanf(p, "<name>%127[^<]", name);
    }
}

int host_start(struct host *h, const char *xml, char *err, size_t err_len)
{
    char name[128];
    if (room(h, err, err_len) < 0) {
        return -1;
    }
    virDomainPtr d = virDomainCreateXML(h->connection, xml, VIR_DOMAIN_NONE);
    if (!d) {
        name_in(xml, name);
        return failed(h, name, "the board does not start", err, err_len);
    }
    h->started[h->started_count++] = d;
    return 0;
}

int host_save(struct host *h, const char *name, const char *path, char *err, size_t err_len)
{
    virDomainPtr d = find(h, name);
    if (!d || virDomainIsActive(d) != 1) {
        snprintf(err, err_len, "the board is gone");
        return -1;
    }
    if (virDomainSaveFlags(d, path, NULL, VIR_DOMAIN_SAVE_RUNNING) < 0) {
        return failed(h, name, "the board cannot be saved", err, err_len);
    }
    forget(h, d);
    return 0;
}

int host_restore(struct host *h, const char *path, const char *xml, char *err, size_t err_len)
{
    char name[128];
    name_in(xml, name);
    if (room(h, err, err_len) < 0) {
        return -1;
    }
    if (virDomainRestoreFlags(h->connection, path, xml, VIR_DOMAIN_SAVE_RUNNING) < 0) {
        return failed(h, name, "the board cannot be restored", err, err_len);
    }
    virDomainPtr d = virDomainLookupByName(h->connection, name);
    if (!d) {
        return failed(h, name, "the restored board ended", err, err_len);
    }
    h->started[h->started_count++] = d;
    return 0;
}

bool host_runs(struct host *h, const char *name)
{
    virDomainPtr d = find(h, name);
    return d && virDomainIsActive(d) == 1;
}

void host_destroy(struct host *h, const char *name)
{
    virDomainPtr d = find(h, name);
    if (d) {
        virDomainDestroy(d);
        forget(h, d);
    }
}
