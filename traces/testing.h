/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of this room: traces made by hand, in files of their own
 */
#ifndef INGOT_TRACE_TESTING_H
#define INGOT_TRACE_TESTING_H

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "trace.h"

/* A file name of its own, in the tests' folder; the file is removed at the end. */
struct TempFile {
    std::string path;
    TempFile()
    {
        std::string name = testing::TempDir() + "ingot-trace-XXXXXX";
        int fd = mkstemp(name.data());
        EXPECT_GE(fd, 0) << name;
        close(fd);
        path = name;
    }
    TempFile(const TempFile &) = delete;
    TempFile &operator=(const TempFile &) = delete;
    ~TempFile() { unlink(path.c_str()); }

    std::string bytes() const
    {
        std::ifstream in(path, std::ios::binary);
        return { std::istreambuf_iterator<char>(in), {} };
    }
    void write(const std::string &bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
};

struct Unload {
    void operator()(struct trace *t) const { trace_unload(t); }
};
using TracePtr = std::unique_ptr<struct trace, Unload>;

/* A record and its data, on their own. */
struct Item {
    struct trace_record r;
    std::string data;
};

/* All that can be read; `error` gets why it ended, or "". */
inline std::vector<Item> items(const struct trace *t, std::string *error = nullptr)
{
    std::vector<Item> all;
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    int more;
    while ((more = trace_next(c, &item)) == 1) {
        EXPECT_EQ(item.index, all.size());
        all.push_back({ item.r, item.data ? std::string((const char *)item.data, item.r.aux) : std::string() });
    }
    if (error)
        *error = more < 0 ? trace_cursor_error(c) : "";
    else
        EXPECT_EQ(more, 0) << trace_cursor_error(c);
    trace_cursor_free(c);
    return all;
}

/* Writes a trace with the real writer and reads it with the real reader. */
struct Written {
    TempFile file;
    TracePtr trace;
    explicit Written(const std::function<void(struct trace_writer *)> &fill)
    {
        char err[200] = "";
        struct trace_writer *w = trace_open(file.path.c_str(), err, sizeof err);
        EXPECT_NE(w, nullptr) << err;
        fill(w);
        EXPECT_EQ(trace_close(w), 0);
        trace.reset(trace_load(file.path.c_str(), err, sizeof err));
        EXPECT_NE(trace, nullptr) << err;
    }
};

#endif
