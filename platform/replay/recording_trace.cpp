// SPDX-License-Identifier: GPL-2.0-or-later
// A recording out of a trace: what crossed the seam from and to one device
#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

#include "platform/replay/recording.h"
#include "traces/compare.h"
#include "traces/trace.h"

namespace ingot {

static std::string known_names(const struct trace *t)
{
    std::string names;
    for (uint32_t id = 0; const char *name = trace_find_name(t, TRACE_NAME_DEVICE, id); id++) {
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return names;
}

static bool convert(const trace_item &item, const std::string &path, Transaction &to)
{
    const trace_record &r = item.r;
    to.time_ps = r.time_ps;
    to.result = trace_result(&r) == TRACE_ENDED ? SEAM_OK : static_cast<seam_result>(trace_result(&r));     // it will not answer in a replay either
    to.address = r.addr;
    to.value = r.value;
    switch (r.kind) {
    case TRACE_READ: case TRACE_WRITE:
        to.kind = r.kind == TRACE_READ ? Kind::Read : Kind::Write;
        to.size = r.size;
        to.bus_ps = trace_bus_ps(&r);
        if (!r.size || r.size > 8 || r.size & (r.size - 1)) {
            throw std::runtime_error(path + ": record " + std::to_string(item.index) + " is an access of " + std::to_string(r.size) + " bytes: the trace is damaged");
        }
        return true;
    case TRACE_DMA_READ: case TRACE_DMA_WRITE:
        to.kind = r.kind == TRACE_DMA_READ ? Kind::DmaRead : Kind::DmaWrite;
        to.value = r.aux;
        if (to.result == SEAM_OK && !item.data) {
            throw std::runtime_error(path + ": record " + std::to_string(item.index) + ": a transfer without its data: record the run again with this ingot");
        }
        to.data = to.result == SEAM_OK ? std::string(reinterpret_cast<const char *>(item.data), r.aux) : "";
        return true;
    case TRACE_IRQ: to.kind = Kind::Irq; return true;
    case TRACE_CONSOLE: to.kind = Kind::Console; to.address = 0; return true;
    case TRACE_INPUT: to.kind = Kind::Input; to.address = 0; return true;
    case TRACE_NOTE: to.kind = Kind::Note; return true;
    case TRACE_RESET: to.kind = Kind::Reset; return true;
    default: return false;
    }
}

using TracePtr = std::unique_ptr<trace, void (*)(trace *)>;

static TracePtr loaded(const std::string &path)
{
    char err[512];
    TracePtr t(trace_load(path.c_str(), err, sizeof err), trace_unload);
    if (!t) {
        throw std::runtime_error(err);
    }
    return t;
}

// What the first trace says of the device besides its transactions.
static void identify(const trace *t, uint32_t id, Recording &r)
{
    auto said = [&](enum trace_name what) {
        const char *text = trace_find_name(t, what, id);
        return std::string(text ? text : "");
    };
    r.type = said(TRACE_NAME_TYPE);
    r.impl = said(TRACE_NAME_IMPL);
    std::istringstream clock(said(TRACE_NAME_CLOCK));
    uint64_t n;
    std::string unit;
    if (clock >> n >> unit) {
        (unit == "Hz" ? r.clock_hz : r.clock_ps) = n;
    }
}

// The first `count` records.
static void append(const trace *t, const std::string &path, uint32_t id, size_t count, Recording &r)
{
    std::unique_ptr<trace_cursor, void (*)(trace_cursor *)> cursor(trace_cursor_new(t), trace_cursor_free);
    if (!cursor) {
        throw std::runtime_error(path + ": no memory to read it");
    }
    trace_item item;
    int more;
    while ((more = trace_next(cursor.get(), &item)) > 0 && item.index < count) {
        Transaction to;
        bool answered = trace_is_access(&item.r) || item.r.kind == TRACE_DMA_READ || item.r.kind == TRACE_DMA_WRITE;
        if (item.r.kind != TRACE_NAME && (item.r.time_ps > recording_longest_ps || (answered && trace_result(&item.r) > TRACE_ENDED))) {
            throw std::runtime_error(path + ": record " + std::to_string(item.index) + " has a time or a result that no run has: the trace is damaged");
        }
        r.end_ps = std::max(r.end_ps, item.r.time_ps);
        if ((item.r.id == id || item.r.kind == TRACE_RESET) && convert(item, path, to)) {
            r.all.push_back(std::move(to));
        }
    }
    if (more < 0 || (*t->damage && count == SIZE_MAX)) {
        throw std::runtime_error(more < 0 ? trace_cursor_error(cursor.get()) : t->damage);
    }
}

// "a+b+c": b goes on from a checkpoint of a, and so on; a file of that very name is one trace.
static std::vector<std::string> parts_of(const std::string &path)
{
    std::vector<std::string> parts = { path };
    for (size_t plus; access(path.c_str(), F_OK) && (plus = parts.back().find('+')) != std::string::npos;) {
        std::string rest = parts.back().substr(plus + 1);
        parts.back().resize(plus);
        parts.push_back(rest);
    }
    return parts;
}

Recording recording_from_trace(const std::string &path, const std::string &device)
{
    const std::vector<std::string> parts = parts_of(path);
    std::vector<TracePtr> traces;
    for (const std::string &part : parts) {
        traces.push_back(loaded(part));
    }
    const std::string names = known_names(traces[0].get());
    if (names.empty()) {
        throw std::runtime_error(path + ": it names no device, a restored run begins in its middle: name the run that it went on from, too: FIRST+" + path);
    }
    for (size_t i = 0; i < parts.size(); i++) {
        if (uint64_t lost = trace_cut(traces[i].get(), nullptr)) {
            throw std::runtime_error(parts[i] + ": it begins in the middle of a run: the " + std::to_string(lost) +
                                     " records before are gone, so the device's state is not known: record the whole run (ingot run --trace), or look at it with ingot trace show");
        }
    }
    int id = trace_find_id(traces[0].get(), TRACE_NAME_DEVICE, device.c_str());
    if (id < 0) {
        throw std::runtime_error(path + ": it has no device '" + device + "': it has " + names);
    }
    Recording r;
    r.path = path;
    r.device = device;
    identify(traces[0].get(), static_cast<uint32_t>(id), r);
    for (size_t i = 0; i < parts.size(); i++) {
        size_t count = i + 1 < parts.size() ? compare_before(traces[i].get(), traces[i + 1].get()) : SIZE_MAX;
        append(traces[i].get(), parts[i], static_cast<uint32_t>(id), count, r);
        r.cut = !traces[i]->closed && count == SIZE_MAX;
    }
    uint64_t line0 = UINT64_MAX;
    for (const Transaction &x : r.all) {
        line0 = x.kind == Kind::Irq ? std::min(line0, x.address) : line0;
    }
    for (size_t i = 0; i < r.all.size(); i++) {
        Transaction &x = r.all[i];
        x.address -= x.kind == Kind::Irq ? line0 : 0;
        if (i && x.time_ps < r.all[i - 1].time_ps) {
            throw std::runtime_error(path + ": time goes back at " + std::to_string(x.time_ps) + " ps: its parts do not follow on each other");
        }
    }
    return r;
}

}  // namespace ingot
