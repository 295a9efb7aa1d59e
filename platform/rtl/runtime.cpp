// SPDX-License-Identifier: GPL-2.0-or-later
// What Verilator's runtime calls at $finish, $stop and fatal errors: an exception, not the end of the process
#include <stdexcept>
#include <string>
#include <verilated.h>

static void leave(const char *what, const char *file, int line)
{
    throw std::runtime_error(std::string(file && *file ? file : "Verilator") + ":" + std::to_string(line) + ": " + what);
}

void vl_finish(const char *file, int line, const char *) VL_MT_UNSAFE { leave("$finish", file, line); }
void vl_stop(const char *file, int line, const char *) VL_MT_UNSAFE { leave("$stop or a failed assertion", file, line); }
void vl_fatal(const char *file, int line, const char *, const char *text) VL_MT_UNSAFE { leave(text ? text : "fatal error", file, line); }
