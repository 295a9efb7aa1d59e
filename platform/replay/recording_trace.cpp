// SPDX-License-Identifier: GPL-2.0-or-later
// A recording out of a trace: what crossed the seam from and to one device
#include <memory>
#include <stdexcept>

#include "platform/replay/recording.h"
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
    to.result = static_cast<seam_result>(r.result);
    to.address = r.addr;
    to.value = r.value;
    switch (r.kind) {
    case TRACE_READ: case TRACE_WRITE:
        to.kind = r.kind == TRACE_READ ? Kind::Read : Kind::Write;
        to.size = r.size;
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
    default: return false;
    }
}

Recording recording_from_trace(const std::string &path, const std::string &device)
{
    char err[512];
    std::unique_ptr<trace, void (*)(trace *)> t(trace_load(path.c_str(), err, sizeof err), trace_unload);
    if (!t) {
        throw std::runtime_error(err);
    }
    const std::string names = known_names(t.get());
    if (names.empty()) {
        throw std::runtime_error(path + ": it names no device: a restored run begins in its middle, replay the run from power-on");
    }
    int id = trace_find_id(t.get(), TRACE_NAME_DEVICE, device.c_str());
    if (id < 0) {
        throw std::runtime_error(path + ": it has no device '" + device + "': it has " + names);
    }
    Recording r;
    r.path = path;
    r.device = device;
    const char *type = trace_find_name(t.get(), TRACE_NAME_TYPE, static_cast<uint32_t>(id));
    r.type = type ? type : "";
    uint64_t line0 = UINT64_MAX;
    std::unique_ptr<trace_cursor, void (*)(trace_cursor *)> cursor(trace_cursor_new(t.get()), trace_cursor_free);
    if (!cursor) {
        throw std::runtime_error(path + ": no memory to read it");
    }
    trace_item item;
    int more;
    while ((more = trace_next(cursor.get(), &item)) > 0) {
        Transaction to;
        r.end_ps = std::max(r.end_ps, item.r.time_ps);
        if (item.r.id == static_cast<uint32_t>(id) && convert(item, path, to)) {
            line0 = to.kind == Kind::Irq ? std::min(line0, to.address) : line0;
            r.all.push_back(std::move(to));
        }
    }
    if (more < 0 || *t->damage) {
        throw std::runtime_error(more < 0 ? trace_cursor_error(cursor.get()) : t->damage);
    }
    for (Transaction &x : r.all) {
        x.address -= x.kind == Kind::Irq ? line0 : 0;
    }
    return r;
}

}  // namespace ingot
