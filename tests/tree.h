/* SPDX-License-Identifier: GPL-2.0-or-later
 * The repository's files, for tests that read them
 */
#ifndef INGOT_TESTS_TREE_H
#define INGOT_TESTS_TREE_H

#include <string>
#include <vector>

/* All files, as paths from the root, sorted; without .git, build* and other tools' folders at the root. */
const std::vector<std::string> &tree_files();
bool tree_has(const std::string &path);
/* Is there a file or folder where `link`, seen from the file `from`, leads? */
bool tree_leads_to(const std::string &from, const std::string &link);
std::vector<std::string> tree_lines(const std::string &path);

bool starts_with(const std::string &s, const std::string &head);
bool ends_with(const std::string &s, const std::string &tail);
/* "a/b" of "a/b/c.h", "" of a file at the root. */
std::string folder_of(const std::string &path);

/* One line a problem: "file:line: what is wrong: what to do". */
std::string joined(const std::vector<std::string> &problems);

#endif
