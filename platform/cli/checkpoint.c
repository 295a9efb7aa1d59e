/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot checkpoint list
 */
#include <argp.h>
#include <stdbool.h>
#include <string.h>

#include "commands.h"
#include "scenarios/engine/engine.h"

static bool listed;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (strcmp(arg, "list") || listed) {
            argp_error(state, "'%s' is not known: write checkpoint list", arg);
        }
        listed = true;
        return 0;
    case ARGP_KEY_END:
        if (!listed) {
            argp_error(state, "what about checkpoints? write checkpoint list");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int command_checkpoint(int argc, char **argv)
{
    static const struct argp argp = { NULL, parse, "list", "Lists the checkpoints in the build folder: what they are of, and when they were taken.",
                                      NULL, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    return engine_list_checkpoints(places.build);
}
