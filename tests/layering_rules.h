/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which room may include what: the arrows of STYLE.md, rule 3
 */
#ifndef INGOT_TESTS_LAYERING_RULES_H
#define INGOT_TESTS_LAYERING_RULES_H

#include <string>

/* Empty if `file` may have this include line, else what is wrong and what to do. `include` is what stands between the
 * delimiters; `angled` tells <> from "". */
std::string layering_refusal(const std::string &file, const std::string &include, bool angled);

/* Is there a row for this file's room? */
bool layering_knows(const std::string &file);

#endif
