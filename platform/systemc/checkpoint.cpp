// SPDX-License-Identifier: GPL-2.0-or-later
// State of the devices' side: which board it is of, then each device's lines, deadlines and registers
#include "platform/systemc/board.h"

#include <stdexcept>

using namespace ingot;

static constexpr uint64_t version = 1;

[[noreturn]] static void refuse(const std::string &text) { throw std::runtime_error(text); }

static std::string describe(const DevicePort &p)
{
    return "type=" + p.type + " impl=" + p.impl + " clock=" + p.clock.text();
}

static void put_text(struct state *out, const char *name, const std::string &text) { state_put(out, name, text.data(), text.size()); }

static std::string get_text(struct state *in, const char *name)
{
    size_t len = state_next(in, name);
    std::string text(len == SIZE_MAX ? 0 : len, '\0');
    state_get(in, name, text.data(), text.size());
    return text;
}

void seam_devices::save(seam_ps now, struct state *out)
{
    kernel.call(now);
    if (kernel.has_systemc_events()) {
        refuse("a SystemC model waits for an sc_event that it has notified itself, which cannot be saved: use ingot::Alarm there");
    }
    state_put_u64(out, "devices-version", version);
    state_put_u64(out, "now", now);
    state_put_u64(out, "count", entries.size());
    for (const Entry &e : entries) {
        put_text(out, "name", e.port->name);
        put_text(out, "built", describe(*e.port));
    }
    for (const Entry &e : entries) {
        std::string why;
        put_text(out, "device", e.port->name);
        e.port->save(out);
        if (!e.device->save(out, why)) {
            refuse(e.port->name + ": " + why);
        }
    }
}

// Before anything is changed: is the state of this board?
static void check_board(const seam_devices &board, seam_ps now, struct state *in)
{
    uint64_t v = state_get_u64(in, "devices-version"), then = state_get_u64(in, "now"), count = state_get_u64(in, "count");
    if (in->bad || v != version) {
        refuse("the devices' state is damaged, or of another version of ingot: take the checkpoint again");
    }
    if (then != now) {
        refuse("the devices' state is of " + std::to_string(then) + " ps, but the board is at " + std::to_string(now) + " ps");
    }
    if (count != board.entries.size()) {
        refuse("the state has " + std::to_string(count) + " devices, the board has " + std::to_string(board.entries.size()) +
               ": start the board that the checkpoint was taken of");
    }
    for (const auto &e : board.entries) {
        std::string name = get_text(in, "name"), built = get_text(in, "built");
        if (name != e.port->name) {
            refuse(e.port->name + ": the state has " + name + " in its place: start the board that the checkpoint was taken of");
        }
        if (built != describe(*e.port)) {
            refuse(name + ": the state is of " + built + ", the board has " + describe(*e.port) + ": start it with the same");
        }
    }
}

void seam_devices::load(seam_ps now, struct state *in)
{
    check_board(*this, now, in);
    kernel.restore(now);
    for (Entry &e : entries) {
        std::string why, name = get_text(in, "device");
        if (name == e.port->name) {
            e.port->load(in);
        }
        if (in->bad || name != e.port->name || !e.device->load(in, why) || in->bad) {
            refuse(e.port->name + ": " + (why.empty() ? "its state is damaged, or of another version of it" : why));
        }
    }
    kernel.look();
}
