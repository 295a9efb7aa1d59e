// SPDX-License-Identifier: GPL-2.0-or-later
// A board for the tests: the stock QEMU with the module, its control socket and its monitor
#ifndef INGOT_QEMU_TEST_BOARD_H
#define INGOT_QEMU_TEST_BOARD_H

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <sys/types.h>

#include "traces/trace.h"

struct BoardOptions {
    std::string guest;              // file name of a guest of this folder
    int cores = 1;
    std::string pulse_impl = "systemc";
    bool control = true;            // else it runs freely, and ends when the guest does
    std::string incoming;           // checkpoint to restore
    bool traced = true;
    uint64_t file_limit = 0;        // no file of it may be longer: its writes fail then as on a full disk
    std::string more;               // further properties of ingot-board, each after a comma
    std::string plugin;             // another module than the built one
    std::vector<std::string> devices;   // -device, instead of uart0, dmaq0 and pulse0
};

struct Held {
    uint64_t time_ps;
    std::string reason;
};

// Every wait has an end: a test fails with a message (std::runtime_error), it never hangs. The process dies with the test.
class Board {
public:
    explicit Board(const BoardOptions &options);
    ~Board();
    Board(const Board &) = delete;
    Board &operator=(const Board &) = delete;

    Held held();                                        // waits for the next hold
    std::string ask(const std::string &command);        // its answer
    void ok(const std::string &command);                // the answer must be ok
    Held go() { ok("go"); return held(); }
    std::string qmp(const std::string &command, const std::string &arguments = "{}");
    void checkpoint(const std::string &path);           // QMP migrate, to its end
    void resume();                                      // a restored board comes up as its original was: perhaps stopped
    void close_control();
    int exit_code(int within_ms);                       // or -1: still runs
    std::string output();                               // of stdout and stderr so far

    void killed();                                      // kill -9, now
    std::string trace_path() const { return folder_ + "/trace"; }
    std::vector<trace_record> trace() const;            // what is in the file by now
    const std::string &console() const { return console_; }

private:
    std::string line(int fd, std::string &buffer, int within_ms);
    std::string folder_, console_, control_buffer_, qmp_buffer_;
    std::string next();
    std::deque<std::string> holds_;                     // told while an answer was awaited
    pid_t pid_ = -1;    // -1: it has ended
    int listener_ = -1, control_ = -1, qmp_ = -1;
};

std::vector<trace_record> records_of(const std::vector<trace_record> &trace, uint16_t kind);
std::string first_difference(const std::vector<trace_record> &a, const std::vector<trace_record> &b);  // "" if equal

#endif
