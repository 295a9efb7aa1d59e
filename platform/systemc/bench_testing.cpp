// SPDX-License-Identifier: GPL-2.0-or-later
// Tests on a bench: a child process for each board
#include "platform/systemc/bench_testing.h"

#include <sys/wait.h>
#include <unistd.h>

namespace ingot {

static void write_all(int fd, const std::string &bytes)
{
    for (size_t done = 0; done < bytes.size();) {
        ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
        if (n <= 0) {
            _exit(1);
        }
        done += n;
    }
}

// Of this test so far; a child begins with its parent's.
static int failure_count()
{
    const ::testing::TestResult &r = *::testing::UnitTest::GetInstance()->current_test_info()->result();
    int n = 0;
    for (int i = 0; i < r.total_part_count(); i++) {
        n += r.GetTestPartResult(i).failed();
    }
    return n;
}

[[noreturn]] static void run_child(int fd, const std::function<std::string()> &part)
{
    int before = failure_count();
    try {
        write_all(fd, part());
    } catch (const std::exception &e) {
        ADD_FAILURE() << "threw: " << e.what();
    }
    fflush(stdout);
    fflush(stderr);
    _exit(failure_count() != before);
}

std::string in_child(const std::function<std::string()> &part)
{
    int fds[2], status = 0;
    std::string result;
    char buf[4096];
    fflush(stdout);
    if (pipe(fds) < 0) {
        ADD_FAILURE() << "no pipe";
        return "";
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        run_child(fds[1], part);
    }
    close(fds[1]);
    for (ssize_t n; pid > 0 && (n = read(fds[0], buf, sizeof buf)) > 0;) {
        result.append(buf, n);
    }
    close(fds[0]);
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
        ADD_FAILURE() << "the part in a process of its own failed" << (WIFSIGNALED(status) ? ", by a signal" : "");
    }
    return result;
}

}  // namespace ingot
