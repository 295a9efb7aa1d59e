// SPDX-License-Identifier: GPL-2.0-or-later
// A board for the tests
#include "board.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int kWaitMs = 60000;

[[noreturn]] void fail(const std::string &what) { throw std::runtime_error(what); }

sockaddr_un address(const std::string &path)
{
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    strncpy(a.sun_path, path.c_str(), sizeof a.sun_path - 1);
    return a;
}

int listen_at(const std::string &path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un a = address(path);
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0 || listen(fd, 1) < 0)
        fail(path + ": " + strerror(errno));
    return fd;
}

int accept_within(int listener, int ms)
{
    pollfd p{ listener, POLLIN, 0 };
    return poll(&p, 1, ms) == 1 ? accept4(listener, nullptr, nullptr, SOCK_CLOEXEC) : -1;
}

std::string unescape(const std::string &word)
{
    std::string out;
    for (size_t i = 0; i < word.size(); i++) {
        if (word[i] == '%') {
            out += static_cast<char>(std::stoi(word.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            out += word[i];
        }
    }
    return out;
}

std::vector<std::string> command_line(const BoardOptions &o, const std::string &folder)
{
    std::string board = "ingot-board,id=board" + (o.traced ? ",trace=" + folder + "/trace" : "") + o.more;
    if (o.control)
        board += ",control=" + folder + "/control";
    std::vector<std::string> args = {
        "qemu-system-aarch64", "-machine", "virt,gic-version=3,virtualization=on,dtb-randomness=off", "-cpu", "cortex-a57",
        "-smp", std::to_string(o.cores), "-m", "64", "-icount", "shift=0,sleep=off", "-rtc",
        "base=2026-01-01T00:00:00,clock=vm", "-seed", "1", "-display", "none", "-nic", "none", "-serial", "none", "-monitor",
        "none", "-nodefaults", "-qmp", "unix:" + folder + "/qmp,server=on,wait=off", "-plugin",
        o.plugin.empty() ? INGOT_MODULE : o.plugin, "-device", board,
        "-kernel", INGOT_GUEST_FOLDER "/" + o.guest };
    const std::vector<std::string> usual = {
        "ingot-vdev,id=uart0,vdev=uart16550,addr=0x0b000000,spi=176",
        "ingot-vdev,id=dmaq0,vdev=dmaq,impl=model,addr=0x0b010000,spi=179,stream=1",
        "ingot-vdev,id=pulse0,vdev=pulse,impl=" + o.pulse_impl + ",addr=0x0b020000,spi=180,clock-ps=10000",
        "ingot-window,stream=1,ipa=0x40000000,pa=0x41000000,size=0x1000000" };
    for (const std::string &device : o.devices.empty() ? usual : o.devices)
        args.insert(args.end(), { "-device", device });
    if (!o.incoming.empty())
        args.insert(args.end(), { "-incoming", "exec:cat " + o.incoming });
    return args;
}

}  // namespace

Board::Board(const BoardOptions &options)
{
    char pattern[] = "/tmp/ingot-qemu-test-XXXXXX";
    if (!mkdtemp(pattern))
        fail(std::string("mkdtemp: ") + strerror(errno));
    folder_ = pattern;
    listener_ = listen_at(folder_ + "/control");

    std::vector<std::string> args = command_line(options, folder_);
    std::vector<char *> argv;
    for (std::string &a : args)
        argv.push_back(a.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (options.file_limit) {
            rlimit limit = { options.file_limit, RLIM_INFINITY };
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &limit);
        }
        int out = open((folder_ + "/output").c_str(), O_WRONLY | O_CREAT, 0666);
        dup2(out, 1);
        dup2(out, 2);
        execvp(argv[0], argv.data());
        _exit(127);
    }
    if (options.control) {
        for (int waited = 0; control_ < 0 && waited < kWaitMs && exit_code(0) < 0; waited += 100)
            control_ = accept_within(listener_, 100);
        if (control_ < 0)
            fail("the board does not connect: " + output());
        line(control_, control_buffer_, kWaitMs);    // hello
    }
}

void Board::killed()
{
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    pid_ = -1;
}

Board::~Board()
{
    killed();
    for (int fd : { listener_, control_, qmp_ })
        if (fd >= 0)
            close(fd);
    std::filesystem::remove_all(folder_);
}

std::string Board::line(int fd, std::string &buffer, int within_ms)
{
    for (;;) {
        size_t end = buffer.find('\n');
        if (end != std::string::npos) {
            std::string result = buffer.substr(0, end);
            buffer.erase(0, end + 1);
            return result;
        }
        pollfd p{ fd, POLLIN, 0 };
        if (poll(&p, 1, within_ms) != 1)
            fail("no line within the time: " + output());
        char chunk[4096];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n <= 0)
            fail("QEMU has closed the socket: " + output());
        buffer.append(chunk, n);
    }
}

// The next line that is not console output.
std::string Board::next()
{
    for (;;) {
        std::istringstream words(line(control_, control_buffer_, kWaitMs));
        std::string kind, device, text;
        words >> kind >> device >> text;
        if (kind != "console")
            return words.str();
        console_ += unescape(text);
    }
}

Held Board::held()
{
    std::string text;
    if (holds_.empty()) {
        text = next();
    } else {
        text = holds_.front();
        holds_.pop_front();
    }
    std::istringstream words(text);
    std::string kind;
    Held h;
    words >> kind >> h.time_ps >> std::ws;
    std::getline(words, h.reason);
    if (kind != "held")
        fail("expected held, got: " + words.str());
    return h;
}

std::string Board::ask(const std::string &command)
{
    std::string text = command + "\n";
    if (send(control_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        fail("cannot send: " + command);
    for (;;) {
        std::string answer = next();
        if (answer.rfind("held ", 0) != 0)
            return answer;
        holds_.push_back(answer);
    }
}

void Board::ok(const std::string &command)
{
    std::string answer = ask(command);
    if (answer.rfind("ok", 0) != 0)
        fail(command + ": " + answer);
}

std::string Board::qmp(const std::string &command, const std::string &arguments)
{
    auto say = [&](const std::string &text) {
        if (send(qmp_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            fail("QMP: cannot send");
        for (;;) {
            std::string answer = line(qmp_, qmp_buffer_, kWaitMs);
            if (answer.find("\"return\"") != std::string::npos || answer.find("\"error\"") != std::string::npos)
                return answer;      // else it is an event
        }
    };
    if (qmp_ < 0) {
        qmp_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un a = address(folder_ + "/qmp");
        if (connect(qmp_, reinterpret_cast<sockaddr *>(&a), sizeof a) < 0)
            fail(std::string("QMP: ") + strerror(errno));
        line(qmp_, qmp_buffer_, kWaitMs);
        say("{\"execute\":\"qmp_capabilities\"}\n");
    }
    return say("{\"execute\":\"" + command + "\",\"arguments\":" + arguments + "}\n");
}

void Board::checkpoint(const std::string &path)
{
    qmp("migrate", "{\"uri\":\"exec:cat > " + path + "\"}");
    for (int i = 0; i < 3000; i++) {
        std::string state = qmp("query-migrate");
        if (state.find("\"completed\"") != std::string::npos)
            return;
        if (state.find("\"failed\"") != std::string::npos)
            fail("the checkpoint failed: " + output());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    fail("the checkpoint does not end");
}

void Board::resume()
{
    for (int i = 0; qmp("query-status").find("inmigrate") != std::string::npos; i++) {
        if (i == 3000)
            fail("the restore does not end: " + output());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    qmp("cont");
}

void Board::close_control()
{
    close(control_);
    control_ = -1;
}

int Board::exit_code(int within_ms)
{
    int status;
    for (int waited = 0; waited <= within_ms; waited += 10) {
        if (waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return -1;
}

std::string Board::output()
{
    std::ifstream f(folder_ + "/output");
    return std::string(std::istreambuf_iterator<char>(f), {});
}

std::vector<trace_record> Board::trace() const
{
    char err[256];
    struct trace *t = trace_load(trace_path().c_str(), err, sizeof err);
    if (!t)
        fail(err);
    std::vector<trace_record> result;
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    int more;
    while ((more = trace_next(c, &item)) == 1)
        result.push_back(item.r);
    std::string error = more < 0 ? trace_cursor_error(c) : "";
    trace_cursor_free(c);
    trace_unload(t);
    if (!error.empty())
        fail(error.c_str());
    return result;
}

std::vector<trace_record> records_of(const std::vector<trace_record> &trace, uint16_t kind)
{
    std::vector<trace_record> result;
    for (const trace_record &r : trace)
        if (r.kind == kind)
            result.push_back(r);
    return result;
}

std::string first_difference(const std::vector<trace_record> &a, const std::vector<trace_record> &b)
{
    size_t n = std::min(a.size(), b.size()), i = 0;
    while (i < n && !memcmp(&a[i], &b[i], sizeof a[i]))
        i++;
    if (i == a.size() && i == b.size())
        return "";
    std::ostringstream text;
    text << "record " << i << " of " << a.size() << " and " << b.size();
    for (const auto *t : { &a, &b })
        if (i < t->size())
            text << ": time " << (*t)[i].time_ps << " kind " << (*t)[i].kind << " core " << int((*t)[i].core) << " insn "
                 << (*t)[i].insn << " addr " << (*t)[i].addr << " value " << (*t)[i].value;
    return text.str();
}
