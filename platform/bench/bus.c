/* SPDX-License-Identifier: GPL-2.0-or-later
 * What co-simulation by messages costs: a round trip between processes, against a guest's read of a SystemC register
 */
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { SOCKET, SHARED };
static struct bench_row rows[] = {
    [SOCKET] = { "socket", "mmio.systemc", "", "a Unix-socket round trip of 8 bytes against a guest's read of a SystemC register", BENCH_AT_LEAST, 50, 0, 0, 0, "" },
    [SHARED] = { "shared-memory", "mmio.systemc", "", "a round trip through shared memory, both sides spinning, against that read", BENCH_NONE, 0, 0, 0, 0, "" },
    { 0 }
};

#define TRIPS 100000
#define READS 5000000       /* in guest/reads.S as CMakeLists.txt builds it */

/* s a round trip; the other side is a process that echoes. */
static double socket_trip(void)
{
    int pair[2];
    uint64_t word = 1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(pair[0]);
        while (read(pair[1], &word, sizeof word) == sizeof word && write(pair[1], &word, sizeof word) == sizeof word) {
        }
        _exit(0);
    }
    close(pair[1]);
    double begin = bench_now();
    for (unsigned i = 0; i < TRIPS; i++) {
        if (write(pair[0], &word, sizeof word) != sizeof word || read(pair[0], &word, sizeof word) != sizeof word) {
            begin = bench_now() + 1;    /* makes the result negative */
            break;
        }
    }
    double s = (bench_now() - begin) / TRIPS;
    close(pair[0]);
    waitpid(pid, NULL, 0);
    return s;
}

static double shared_trip(void)
{
    _Atomic uint64_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (word == MAP_FAILED) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (uint64_t n = 1; n <= 2 * TRIPS; n += 2) {
            while (atomic_load_explicit(word, memory_order_acquire) != n) {
            }
            atomic_store_explicit(word, n + 1, memory_order_release);
        }
        _exit(0);
    }
    double begin = bench_now();
    for (uint64_t n = 1; n <= 2 * TRIPS; n += 2) {
        atomic_store_explicit(word, n, memory_order_release);
        while (atomic_load_explicit(word, memory_order_acquire) != n + 1) {
        }
    }
    double s = (bench_now() - begin) / TRIPS;
    waitpid(pid, NULL, 0);
    munmap(word, 4096);
    return s;
}

static double least_of(double (*trip)(void))
{
    double least = -1;
    for (unsigned i = 0; i < (bench.quick ? 1 : 5); i++) {
        double s = trip();
        least = s > 0 && (least < 0 || s < least) ? s : least;
    }
    return least;
}

/* s a read, by a guest's loop. */
static double a_read(char *why, size_t why_len)
{
    char **argv[2];
    double least[2];
    for (unsigned i = 0; i < 2; i++) {
        argv[i] = bench_qemu((const char *[]){ "-smp", "1", "-m", "64", "-serial", "none", "-device",
            "ingot-vdev,id=pulse0,vdev=pulse,impl=systemc,addr=0x0b020000,spi=180", "-kernel", bench_guest(i ? "pulse.elf" : "empty.elf"), NULL }, true, NULL);
    }
    bool good = bench_least(2, (char *const *const *)argv, least, why, why_len);
    bench_free(argv[0]);
    bench_free(argv[1]);
    return good ? (least[1] - least[0]) / READS : -1;
}

static void run(void)
{
    char why[512];
    bool socket = bench_wanted(&rows[SOCKET]), shared = bench_wanted(&rows[SHARED]);
    if (!socket && !shared) {
        return;
    }
    double read = a_read(why, sizeof why), trips[2] = { least_of(socket_trip), least_of(shared_trip) };
    for (unsigned i = 0; i < 2; i++) {
        if (read <= 0 || trips[i] <= 0) {
            bench_failed(&rows[i], "%s", read <= 0 ? why : "the round trip failed");
        } else {
            bench_set(&rows[i], trips[i] / read);
        }
    }
}

const struct bench_group bench_bus = { rows, run };
