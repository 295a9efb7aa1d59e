/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs the ingot command as a user does, for its tests
 */
#ifndef INGOT_CLI_TESTING_H
#define INGOT_CLI_TESTING_H

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace cli {

enum { PATIENCE_S = 120 };  /* a hard limit, no measure: boards on a busy machine */

/* One ingot process, its output and errors in one text. */
class Command {
public:
    std::string output;
    int status = -1;        /* exit status, or 1000 + signal */

    explicit Command(std::vector<std::string> args)
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC))
            abort();
        pid_ = fork();
        if (pid_ == 0) {
            dup2(ends[1], 1);
            dup2(ends[1], 2);
            std::vector<char *> argv = { const_cast<char *>(INGOT_PROGRAM) };
            for (std::string &a : args)
                argv.push_back(a.data());
            argv.push_back(nullptr);
            execv(INGOT_PROGRAM, argv.data());
            _exit(127);
        }
        close(ends[1]);
        out_ = ends[0];
    }
    ~Command()
    {
        if (pid_ > 0)
            kill(pid_, SIGKILL);
        finish();
        close(out_);
    }
    Command(const Command &) = delete;

    pid_t pid() const { return pid_; }
    /* Reads until the output has `text`. */
    bool says(const std::string &text)
    {
        while (output.find(text) == std::string::npos)
            if (!read_some())
                return false;
        return true;
    }
    void send(int signal) { kill(pid_, signal); }
    /* Reads all, and waits for its end. */
    int finish()
    {
        int s;
        if (pid_ <= 0)
            return status;
        while (read_some()) {
        }
        waitpid(pid_, &s, 0);
        pid_ = 0;
        return status = WIFEXITED(s) ? WEXITSTATUS(s) : 1000 + WTERMSIG(s);
    }
    bool said(const std::string &text) const { return output.find(text) != std::string::npos; }

private:
    pid_t pid_;
    int out_;

    bool read_some()
    {
        char buf[4096];
        pollfd p = { out_, POLLIN, 0 };
        if (poll(&p, 1, PATIENCE_S * 1000) <= 0)
            return false;
        ssize_t n = read(out_, buf, sizeof buf);
        if (n > 0)
            output.append(buf, n);
        return n > 0;
    }
};

/* A scenario in a file of its own; its name is unique, so its processes can be told from others'. */
class Scenario {
public:
    std::string name, path;

    explicit Scenario(const std::string &text)
    {
        char dir[] = "/tmp/ingot-test-XXXXXX";
        if (!mkdtemp(dir))
            abort();
        dir_ = dir;
        name = dir_.substr(5);
        path = dir_ + "/" + name + ".lua";
        std::ofstream(path) << text;
    }
    ~Scenario()
    {
        unlink(path.c_str());
        rmdir(dir_.c_str());
        std::string remove = "rm -rf '" INGOT_BUILD "/runs/" + name + "'";
        EXPECT_EQ(system(remove.c_str()), 0);
    }
    Scenario(const Scenario &) = delete;

    /* Processes that have the scenario's run folder in their command line. */
    std::vector<pid_t> processes() const
    {
        std::vector<pid_t> found;
        DIR *proc = opendir("/proc");
        while (dirent *e = readdir(proc)) {
            char bytes[16384];          /* by read(2): a process that ends meanwhile is an error, which a stream throws */
            int f = open((std::string("/proc/") + e->d_name + "/cmdline").c_str(), O_RDONLY);
            ssize_t n = f < 0 ? 0 : read(f, bytes, sizeof bytes);
            close(f);
            std::string line(bytes, n > 0 ? n : 0);
            if (line.find("/runs/" + name + "/") != std::string::npos)
                found.push_back(atoi(e->d_name));
        }
        closedir(proc);
        return found;
    }
    /* They may need a moment to see that their control socket has closed. */
    bool all_end() const
    {
        for (int i = 0; i < PATIENCE_S * 20 && !processes().empty(); i++)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return processes().empty();
    }

private:
    std::string dir_;
};

}  // namespace cli
#endif
