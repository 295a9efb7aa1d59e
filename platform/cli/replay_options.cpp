// SPDX-License-Identifier: GPL-2.0-or-later
// Options of the commands over recordings
#include "platform/cli/replay_options.h"

#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "platform/cli/commands.h"

namespace {

const argp_option all_options[] = {
    { "device", 'd', "NAME[=IMPL]", 0, "the device, and the implementation that answers now: dmaq0=rtl (required for a trace)", 0 },
    { "type", 't', "TYPE", 0, "its type, where the trace does not tell: dmaq", 0 },
    { "clock-ps", 'p', "PS", 0, "period of its clock, if it is not the default (10000)", 0 },
    { "clock-hz", 'z', "HZ", 0, "its clock's frequency instead", 0 },
    { "waves", 'w', "FILE", 0, "RTL: waveform (FST) around the divergence", 0 },
    { "save", 's', "FILE", 0, "writes the device's part of the trace as text, too", 0 },
    { "context", 'c', "N", 0, "transactions around the difference (6)", 0 },
    { "ignore-timing", 'i', nullptr, 0, "other times alone are no difference", 0 },
    { "output", 'o', "FILE", 0, "where the test's source is written", 0 },
    { "test", 'T', "SUITE.NAME", 0, "name of the conformance test: DmaqRing.WrapsAtItsEnd", 0 },
    { "against", 'a', "IMPL", 0, "implementation that is right (the one that was recorded, or the type's default)", 0 },
    {},
};

struct Parsing {
    ReplayOptions *o;
    size_t files_min, files_max;
};

uint64_t number(const char *arg, argp_state *state)
{
    char *end;
    uint64_t n = strtoull(arg, &end, 0);
    if (!*arg || *end || *arg == '-') {
        argp_error(state, "'%s' is no number", arg);
    }
    return n;
}

error_t parse(int key, char *arg, argp_state *state)
{
    Parsing *p = static_cast<Parsing *>(state->input);
    ReplayOptions &o = *p->o;
    switch (key) {
    case 'd': {
        const char *is = strchr(arg, '=');
        o.device = is ? std::string(arg, is - arg) : arg;
        o.impl = is ? is + 1 : "";
        return 0;
    }
    case 't': o.type = arg; return 0;
    case 'p': o.clock_ps = number(arg, state); return 0;
    case 'z': o.clock_hz = number(arg, state); return 0;
    case 'w': o.waves = arg; return 0;
    case 's': o.save = arg; return 0;
    case 'c': o.context = static_cast<unsigned>(number(arg, state)); return 0;
    case 'i': o.ignore_timing = true; return 0;
    case 'o': o.output = arg; return 0;
    case 'T': o.test = arg; return 0;
    case 'a': o.against = arg; return 0;
    case ARGP_KEY_ARG: o.files.push_back(arg); return 0;
    case ARGP_KEY_END:
        if (o.files.size() < p->files_min || o.files.size() > p->files_max) {
            argp_error(state, p->files_max > 1 ? "one trace or two are needed" : "one trace is needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

}  // namespace

void replay_options(int argc, char **argv, const char *letters, const char *args, const char *doc, size_t files_min, size_t files_max, ReplayOptions *options)
{
    std::vector<argp_option> some;
    for (const argp_option &o : all_options) {
        if (!o.name || strchr(letters, o.key)) {
            some.push_back(o);
        }
    }
    Parsing p = { options, files_min, files_max };
    const argp a = { some.data(), parse, args, doc, nullptr, nullptr, nullptr };
    argp_parse(&a, argc, argv, 0, nullptr, &p);
    ingot::replay_devices_folder(std::string(places.source) + "/vdevices");
}

ingot::Recording ReplayOptions::load(size_t file) const
{
    ingot::Recording r = ingot::recording_load(files.at(file), device);
    r.type = type.empty() ? r.type : type;
    r.clock_ps = clock_ps || clock_hz ? clock_ps : r.clock_ps;
    r.clock_hz = clock_ps || clock_hz ? clock_hz : r.clock_hz;
    if (r.type.empty()) {
        throw std::runtime_error(r.path + ": it does not tell the type of " + r.device + ": add --type");
    }
    return r;
}

int replay_guarded(const std::function<int()> &command)
{
    try {
        return command();
    } catch (const std::exception &e) {
        fprintf(stderr, "ingot: %s\n", e.what());
        return 1;
    }
}
