// SPDX-License-Identifier: GPL-2.0-or-later
// ingot golden: the golden traces against today's devices
#include <argp.h>

#include <cstdio>

#include "platform/cli/commands.h"
#include "platform/cli/replay_options.h"
#include "platform/replay/golden.h"

using namespace ingot;

static std::string folder;
static std::vector<std::string> words;

static error_t parse(int key, char *arg, argp_state *state)
{
    switch (key) {
    case 'f': folder = arg; return 0;
    case ARGP_KEY_ARG: words.push_back(arg); return 0;
    case ARGP_KEY_END:
        if (words.empty() || (words[0] != "check" && words[0] != "accept")) {
            argp_error(state, "check or accept is needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int check(const std::vector<std::string> &paths)
{
    int failed = 0;
    for (const std::string &path : paths) {
        Judgement j = golden_check(path);
        printf("%s: %s", path.c_str(), j.verdict == Verdict::Same ? "as recorded\n" : ("\n" + j.report).c_str());
        failed |= j.verdict != Verdict::Same;
    }
    if (failed) {
        printf("If the change is meant: ./ingot golden accept, then review the diff\n");
    }
    return failed;
}

static int accept(const std::vector<std::string> &paths)
{
    for (const std::string &path : paths) {
        std::string diff = golden_accept(path);
        if (!diff.empty()) {
            printf("--- %s\n%s", path.c_str(), diff.c_str());
        }
    }
    return 0;
}

int command_golden(int argc, char **argv)
{
    static const argp_option options[] = { { "folder", 'f', "FOLDER", 0, "where they are (traces/golden)", 0 }, {} };
    static const argp a = { options, parse, "check|accept [NAME...]", "check: today's devices answer to the golden traces to the letter, or the first difference "
                            "is printed. accept: takes what they answer today, and prints the change. A new one: ./ingot replay-device TRACE --device "
                            "dmaq0=model --save traces/golden/NAME.rec", nullptr, nullptr, nullptr };
    argp_parse(&a, argc, argv, 0, nullptr, nullptr);
    replay_devices_folder(std::string(places.source) + "/vdevices");
    folder = folder.empty() ? std::string(places.source) + "/traces/golden" : folder;
    return replay_guarded([&] {
        const std::vector<std::string> paths = golden_paths(folder, { words.begin() + 1, words.end() });
        return words[0] == "check" ? check(paths) : accept(paths);
    });
}
