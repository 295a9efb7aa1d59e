/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folders of libvirt's embedded driver: one process a folder, kept from run to run
 */
#include "embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folders.h"

#define SLOTS 64
#define ROOT_MAX 48         /* what libvirt adds has up to 58: /lib/qemu/domain-N-20 CHARACTERS/monitor.sock */

/* On a bare machine and in a container: no other daemon, no sandbox of libvirt's, no change of files' owners. */
static const char qemu_conf[] =
    "stdio_handler = \"file\"\nsecurity_driver = \"none\"\nnamespaces = []\ncgroup_controllers = []\nseccomp_sandbox = 0\n"
    "dynamic_ownership = 0\nremember_owner = 0\n";
static const char qemu_conf_root[] = "user = \"root\"\ngroup = \"root\"\n";    /* else libvirt drops root's rights */

static int failed(const char *path, char *err, size_t err_len)
{
    snprintf(err, err_len, "%s: %s: check its permissions and free space", path, strerror(errno));
    return -1;
}

/* What a killed run left there says that its domains still live. */
static void forget_domains(const struct embedded *e)
{
    static const char *const stale[] = { "run", "lib", "log" };
    char path[EMBEDDED_PATH_MAX + 8];
    for (size_t i = 0; i < sizeof stale / sizeof stale[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", e->slot, stale[i]);
        folder_remove(path);
    }
}

/* Sockets lie below the root, and the path of one has 107 bytes at most. */
static int choose_root(struct embedded *e, const char *runtime_dir, char *err, size_t err_len)
{
    if (strlen(e->slot) <= ROOT_MAX) {
        strcpy(e->root, e->slot);
        return 0;
    }
    if (!runtime_dir || strlen(runtime_dir) + strlen("/virt") > ROOT_MAX) {
        snprintf(err, err_len, "%s: too long for libvirt's sockets: choose a cache folder or a TMPDIR with a shorter path", e->slot);
        return -1;
    }
    snprintf(e->root, sizeof e->root, "%s/virt", runtime_dir);
    return symlink(e->slot, e->root) < 0 ? failed(e->root, err, err_len) : 0;
}

static int prepare(struct embedded *e, const char *runtime_dir, char *err, size_t err_len)
{
    char path[EMBEDDED_PATH_MAX + 16];
    forget_domains(e);
    snprintf(path, sizeof path, "%s/etc/qemu.conf", e->slot);
    FILE *f = fopen(path, "w");
    if (!f) {
        return failed(path, err, err_len);
    }
    int bad = fputs(qemu_conf, f) < 0 || (geteuid() == 0 && fputs(qemu_conf_root, f) < 0);
    if (fclose(f) || bad) {
        return failed(path, err, err_len);
    }
    return choose_root(e, runtime_dir, err, err_len);
}

int embedded_take(struct embedded *e, const char *cache_dir, const char *runtime_dir, char *err, size_t err_len)
{
    char path[EMBEDDED_PATH_MAX + 16];
    e->lock = -1;
    for (int slot = 0; slot < SLOTS; slot++) {
        if (snprintf(e->slot, sizeof e->slot, "%s/libvirt/%d", cache_dir, slot) >= (int)sizeof e->slot) {
            errno = ENAMETOOLONG;
            return failed(cache_dir, err, err_len);
        }
        snprintf(path, sizeof path, "%s/etc", e->slot);
        if (folder_make(path) < 0) {
            return failed(path, err, err_len);
        }
        snprintf(path, sizeof path, "%s/slot.lock", e->slot);
        e->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (e->lock < 0) {
            return failed(path, err, err_len);
        }
        if (flock(e->lock, LOCK_EX | LOCK_NB) == 0) {
            return prepare(e, runtime_dir, err, err_len);
        }
        close(e->lock);
        e->lock = -1;
    }
    snprintf(err, err_len, "%s/libvirt: all %d slots are in use: end other runs", cache_dir, SLOTS);
    return -1;
}

void embedded_release(struct embedded *e)
{
    if (e->lock < 0) {
        return;
    }
    if (e->root[0] && strcmp(e->root, e->slot)) {
        unlink(e->root);
    }
    close(e->lock);
    e->lock = -1;
}

/* "qemu-system-aarch64: words", or with libvirt's time before it; the -option that it names is cut off. */
static const char *words_of(char *line)
{
    char *words = strstr(line, "qemu-system-aarch64: ");
    if (!words || strstr(line, "terminating on signal")) {
        return NULL;
    }
    words += strlen("qemu-system-aarch64: ");
    words[strcspn(words, "\r\n")] = 0;
    return words;
}

void embedded_qemu_words(const struct embedded *e, const char *name, char *words, size_t words_len)
{
    char path[EMBEDDED_PATH_MAX + 256], line[4096];
    *words = 0;
    snprintf(path, sizeof path, "%s/log/qemu/%s.log", e->slot, name);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strstr(line, ": starting up libvirt version")) {
            *words = 0;
        }
        const char *more = words_of(line);
        if (more) {
            size_t used = strlen(words);
            snprintf(words + used, words_len - used, "%s%s", used ? "; " : "", more);
        }
    }
    if (f) {
        fclose(f);
    }
}
