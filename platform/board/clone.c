/* SPDX-License-Identifier: GPL-2.0-or-later
 * Clones of a checkpoint
 *
 * The memory is a file that each clone maps privately: it holds only the pages that it writes. QEMU's migration stream has the
 * rest (capability x-ignore-shared). No libvirt: its start alone takes longer than a clone's.
 */
#include "clone.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folders.h"

#define ARGUMENTS_MAX 512
#define STREAM_FD 3             /* in the child: QEMU's -incoming fd:3 */
#define PREPARE_SECONDS 120

struct arguments {
    char *v[ARGUMENTS_MAX];
    size_t count;
};

static void put(void *to, const char *argument)
{
    struct arguments *a = to;
    if (a->count < ARGUMENTS_MAX - 1) {
        a->v[a->count++] = strdup(argument);
    }
}

static void put_all(struct arguments *a, const char *const words[])
{
    for (; *words; words++) {
        put(a, *words);
    }
}

static void drop(struct arguments *a)
{
    for (size_t i = 0; i < a->count; i++) {
        free(a->v[i]);
    }
}

/* The same machine as libvirt makes from our XML: migration compares them. `share` is on or off. */
static void command(struct arguments *a, const struct system *s, const struct domain_options *o, const char *share)
{
    char machine[] = "virt,usb=off,gic-version=3,dump-guest-core=off,memory-backend=mach-virt.ram";
    char memory[32], backend[128], smp[64];
    snprintf(memory, sizeof memory, "%" PRIu64 "k", s->ram_size / 1024);
    snprintf(backend, sizeof backend, "memory-backend-file,id=mach-virt.ram,size=%" PRIu64 ",mem-path=ram,share=%s", s->ram_size, share);
    snprintf(smp, sizeof smp, "%u,sockets=%u,cores=1,threads=1", s->cores, s->cores);
    put_all(a, (const char *[]){ o->emulator, "-name", o->name, "-machine", machine, "-accel", "tcg", "-cpu", "cortex-a57", "-m", memory,
                                 "-object", backend, "-smp", smp, "-display", "none", "-no-user-config", "-nodefaults", "-no-acpi", "-boot", "strict=on",
                                 "-incoming", "fd:3", NULL });
    struct domain_options of_board = *o;
    of_board.clone = strcmp(share, "on") != 0;
    board_arguments(s, &of_board, put, a);
}

/* libvirt's saved image: a header of 92 bytes, its XML, QEMU's stream (qemu_saveimage.h). The fd stands at the stream. */
static int open_saved(const char *path, char *err, size_t err_len)
{
    struct { char magic[16]; uint32_t version, data_len, was_running, compressed, rest[15]; } h;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &h, sizeof h) != sizeof h || memcmp(h.magic, "LibvirtQemudSave", 16)) {
        snprintf(err, err_len, "%s: %s", path, fd < 0 ? strerror(errno) : "not an image that libvirt has saved");
    } else if (h.compressed) {
        snprintf(err, err_len, "%s: it is compressed: set save_image_format = \"raw\" in libvirt's qemu.conf, and save again", path);
    } else if (lseek(fd, sizeof h + h.data_len, SEEK_SET) > 0) {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* QEMU in folder `dir`, its stream on fd 3, `in` and `out` its stdin, stdout; stderr: the file `log`, or out. */
static pid_t launch(struct arguments *a, const char *dir, int stream, int in, int out, const char *log)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid) {
        return pid;
    }
    int err = log ? open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || chdir(dir) < 0 || dup2(in, 0) < 0 || dup2(out < 0 ? err : out, 1) < 0 || dup2(err < 0 ? 1 : err, 2) < 0) {
        _exit(127);
    }
    if (stream == STREAM_FD) {
        fcntl(stream, F_SETFD, 0);
    } else if (dup2(stream, STREAM_FD) < 0) {
        _exit(127);
    }
    execv(a->v[0], a->v);
    dprintf(2, "%s: %s\n", a->v[0], strerror(errno));
    _exit(127);
}

void clone_end(pid_t pid)
{
    if (pid > 0) {
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
}

pid_t clone_start(const struct system *s, const struct domain_options *o, const char *dir, const char *log, char *err, size_t err_len)
{
    char path[4096];
    struct arguments a = { .count = 0 };
    snprintf(path, sizeof path, "%s/state", dir);
    int stream = open(path, O_RDONLY | O_CLOEXEC), null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t pid = -1;
    if (stream < 0) {
        snprintf(err, err_len, "%s: %s", path, strerror(errno));
    } else {
        command(&a, s, o, "off");
        pid = launch(&a, dir, stream, null, -1, log);
        if (pid < 0) {
            snprintf(err, err_len, "fork: %s", strerror(errno));
        }
        drop(&a);
        close(stream);
    }
    close(null);
    return pid;
}

/* The template's monitor. */
struct monitor {
    FILE *in, *out;
    char line[4096];
};

/* The answer to a command: a line with "return", else NULL (m->line has what was said). */
static const char *ask(struct monitor *m, const char *text)
{
    fprintf(m->out, "%s\n", text);
    fflush(m->out);
    while (fgets(m->line, sizeof m->line, m->in)) {
        if (strstr(m->line, "\"return\"")) {
            return m->line;
        }
        if (strstr(m->line, "\"error\"") || !strchr(m->line, '{')) {
            break;
        }
    }
    m->line[strcspn(m->line, "\r\n")] = 0;
    return NULL;
}

static bool wait_completed(struct monitor *m)
{
    for (int i = 0; i < PREPARE_SECONDS * 100; i++) {
        const char *answer = ask(m, "{\"execute\":\"query-migrate\"}");
        if (!answer || strstr(answer, "\"failed\"")) {
            return false;
        }
        if (strstr(answer, "\"completed\"")) {
            return true;
        }
        usleep(10000);
    }
    return false;
}

static bool convert(struct monitor *m)
{
    return fgets(m->line, sizeof m->line, m->in) && ask(m, "{\"execute\":\"qmp_capabilities\"}") && wait_completed(m) &&
           ask(m, "{\"execute\":\"migrate-set-capabilities\",\"arguments\":{\"capabilities\":[{\"capability\":\"x-ignore-shared\",\"state\":true}]}}") &&
           ask(m, "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"exec:cat > state\"}}") && wait_completed(m);
}

/* A template reads the saved state into a shared file, and writes down what is not in that file. It never runs. */
static int make(const struct system *s, const struct domain_options *o, int stream, const char *dir, char *err, size_t err_len)
{
    int to[2], from[2];
    struct arguments a = { .count = 0 };
    struct monitor m = { .in = NULL };
    struct domain_options silent = *o;
    silent.control = silent.trace = NULL;
    command(&a, s, &silent, "on");
    put_all(&a, (const char *[]){ "-S", "-qmp", "stdio", NULL });
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0) {
        snprintf(err, err_len, "pipe: %s", strerror(errno));
        drop(&a);
        return -1;
    }
    pid_t pid = launch(&a, dir, stream, to[0], from[1], NULL);
    drop(&a);
    close(to[0]);
    close(from[1]);
    m.out = fdopen(to[1], "w");
    m.in = fdopen(from[0], "r");
    bool done = convert(&m);
    if (!done) {
        snprintf(err, err_len, "the saved state cannot be taken apart for clones: %s", *m.line ? m.line : "QEMU says nothing");
    }
    clone_end(pid);
    fclose(m.out);
    fclose(m.in);
    return done ? 0 : -1;
}

int clone_prepare(const struct system *s, const struct domain_options *o, const char *saved, const char *dir, char *err, size_t err_len)
{
    char work[4096];
    if (access(dir, F_OK) == 0) {
        return 0;
    }
    int stream = open_saved(saved, err, err_len);
    if (stream < 0) {
        return -1;
    }
    snprintf(work, sizeof work, "%s.%d", dir, (int)getpid());
    folder_remove(work);
    int r = -1;
    if (mkdir(work, 0777) < 0) {
        snprintf(err, err_len, "%s: %s", work, strerror(errno));
    } else {
        r = make(s, o, stream, work, err, err_len);
    }
    close(stream);
    if (r == 0 && rename(work, dir) < 0 && access(dir, F_OK) < 0) {     /* unless another process was faster */
        snprintf(err, err_len, "%s: %s", dir, strerror(errno));
        r = -1;
    }
    folder_remove(work);
    return r;
}
