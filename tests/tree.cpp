/* SPDX-License-Identifier: GPL-2.0-or-later
 * The repository's files, for tests that read them
 */
#include "tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

static bool skipped_folder(const std::string &path)
{
    return path == ".git" || path == ".cache" || path == ".vscode" || starts_with(path, "build");
}

static std::vector<std::string> walk()
{
    std::vector<std::string> files;
    const fs::path root = INGOT_ROOT;
    for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
        std::string path = it->path().lexically_relative(root).generic_string();
        if (it->is_directory() && skipped_folder(path))
            it.disable_recursion_pending();
        else if (it->is_regular_file() && !it->is_symlink())
            files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

const std::vector<std::string> &tree_files()
{
    static const std::vector<std::string> files = walk();
    return files;
}

bool tree_has(const std::string &path)
{
    return std::binary_search(tree_files().begin(), tree_files().end(), path);
}

bool tree_leads_to(const std::string &from, const std::string &link)
{
    return fs::exists(fs::path(INGOT_ROOT) / folder_of(from) / link);
}

std::vector<std::string> tree_lines(const std::string &path)
{
    std::ifstream in(fs::path(INGOT_ROOT) / path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

bool starts_with(const std::string &s, const std::string &head) { return s.compare(0, head.size(), head) == 0; }

bool ends_with(const std::string &s, const std::string &tail)
{
    return s.size() >= tail.size() && s.compare(s.size() - tail.size(), tail.size(), tail) == 0;
}

std::string folder_of(const std::string &path)
{
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string joined(const std::vector<std::string> &problems)
{
    std::string all;
    for (const std::string &p : problems)
        all += p + "\n";
    return all;
}
