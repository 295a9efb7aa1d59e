// SPDX-License-Identifier: GPL-2.0-or-later
// A process of its own for each board
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

#include "platform/replay/replay.h"

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

// Its first byte tells a result from an error.
[[noreturn]] static void run(int fd, const std::function<std::string()> &part)
{
    std::string result;
    try {
        result = "=" + part();
    } catch (const std::exception &e) {
        result = std::string("!") + e.what();
    }
    write_all(fd, result);
    fflush(stdout);
    fflush(stderr);
    _exit(0);
}

std::string in_process(const std::function<std::string()> &part)
{
    int fds[2], status = 0;
    char buf[4096];
    std::string result;
    fflush(stdout);
    fflush(stderr);
    if (pipe(fds) < 0) {
        throw std::runtime_error(std::string("pipe: ") + strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        run(fds[1], part);
    }
    close(fds[1]);
    for (ssize_t n; pid > 0 && (n = read(fds[0], buf, sizeof buf)) > 0;) {
        result.append(buf, n);
    }
    close(fds[0]);
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        throw std::runtime_error(std::string("fork: ") + strerror(errno));
    }
    if (result.empty()) {
        throw std::runtime_error("the device's code has ended its process" + (WIFSIGNALED(status) ? std::string(" by signal ") + strsignal(WTERMSIG(status)) : ""));
    }
    if (result[0] == '!') {
        throw std::runtime_error(result.substr(1));
    }
    return result.substr(1);
}

}  // namespace ingot
