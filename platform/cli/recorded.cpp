// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings for the engine: what a stand-in is given, and where a driver departed from it
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "platform/cli/commands.h"
#include "platform/replay/departure.h"
#include "platform/replay/words.h"
#include "scenarios/engine/engine.h"

using namespace ingot;

static constexpr unsigned context = 6;

static int prepare(const char *path, const char *device, const char *type, const char *file, char *err, size_t err_len)
{
    try {
        std::string remark;
        replay_devices_folder(std::string(places.source) + "/vdevices");
        recording_save(departure_prepare(path, device, type, remark), file);
        if (!remark.empty()) {
            fprintf(stderr, "ingot: %s\n", remark.c_str());
        }
        return 0;
    } catch (const std::exception &e) {
        snprintf(err, err_len, "%s", e.what());
        return -1;
    }
}

static char *words(const char *file, uint64_t at, const char *now)
{
    try {
        return strdup(departure_words(recording_load(file, ""), at, now, context).c_str());
    } catch (const std::exception &e) {
        return strdup(e.what());
    }
}

const struct engine_recorded recorded_hooks = { prepare, words };
