// SPDX-License-Identifier: GPL-2.0-or-later
// Golden traces: check, accept, and the diff that is reviewed
#include "platform/replay/golden.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ingot {

namespace fs = std::filesystem;

static constexpr size_t table_max = 25000000;   // cells; larger changes are told as one block

std::vector<std::string> golden_paths(const std::string &folder, const std::vector<std::string> &names)
{
    std::vector<std::string> all, some;
    std::error_code error;
    for (const fs::directory_entry &e : fs::directory_iterator(folder, error)) {
        if (e.path().extension() == ".rec") {
            all.push_back(e.path());
        }
    }
    if (error) {
        throw std::runtime_error(folder + ": " + error.message());
    }
    std::sort(all.begin(), all.end());
    std::string known;
    for (const std::string &path : all) {
        known += (known.empty() ? "" : ", ") + fs::path(path).stem().string();
    }
    for (const std::string &name : names) {
        auto at = std::find_if(all.begin(), all.end(), [&](const std::string &path) { return fs::path(path).stem() == name; });
        if (at == all.end()) {
            throw std::runtime_error("no golden trace '" + name + "': there are " + known);
        }
        some.push_back(*at);
    }
    return names.empty() ? all : some;
}

static std::string file_text(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    if (!in) {
        throw std::runtime_error(path + ": " + strerror(errno));
    }
    return all.str();
}

Judgement golden_check(const std::string &path)
{
    const Recording r = recording_load(path, "");
    Judgement j = judge_exact(r, Replay(), 4);
    if (j.verdict == Verdict::Same && recording_text(r) != file_text(path)) {
        return { Verdict::Device, path + ": its comments or its form are not what ingot writes: accept it again\n" };
    }
    return j;
}

std::string golden_accept(const std::string &path)
{
    const std::string old = file_text(path);
    const Recording now = record_again(recording_load(path, ""), "");
    const std::string text = recording_text(now);
    if (text != old) {
        recording_save(now, path + ".new");
        fs::rename(path + ".new", path);
    }
    return lines_diff(old, text, 3);
}

static std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

// Longest common subsequence of the middle, where both differ; ' ' and the line, or '-', or '+'.
static void middle(const std::vector<std::string> &a, const std::vector<std::string> &b, std::vector<std::string> &out)
{
    const size_t w = b.size() + 1;
    std::vector<uint32_t> length;
    if ((a.size() + 1) * w <= table_max) {
        length.resize((a.size() + 1) * w);
        for (size_t i = a.size(); i-- > 0;) {
            for (size_t j = b.size(); j-- > 0;) {
                length[i * w + j] = a[i] == b[j] ? length[(i + 1) * w + j + 1] + 1 : std::max(length[(i + 1) * w + j], length[i * w + j + 1]);
            }
        }
    }
    for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        if (i < a.size() && j < b.size() && a[i] == b[j] && !length.empty()) {
            out.push_back(" " + a[i++]);
            j++;
        } else if (i < a.size() && (j == b.size() || length.empty() || length[(i + 1) * w + j] >= length[i * w + j + 1])) {
            out.push_back("-" + a[i++]);
        } else {
            out.push_back("+" + b[j++]);
        }
    }
}

std::string lines_diff(const std::string &old, const std::string &now, unsigned context)
{
    std::vector<std::string> a = lines_of(old), b = lines_of(now), all;
    size_t head = 0, tail = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) {
        all.push_back(" " + a[head++]);
    }
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
        tail++;
    }
    auto part = [&](const std::vector<std::string> &v) { return std::vector<std::string>(v.begin() + static_cast<long>(head), v.end() - static_cast<long>(tail)); };
    middle(part(a), part(b), all);
    for (size_t i = a.size() - tail; i < a.size(); i++) {
        all.push_back(" " + a[i]);
    }
    std::string out;
    size_t shown = 0;
    for (size_t i = 0; i < all.size(); i++) {
        size_t from = i > context ? i - context : 0, to = std::min(all.size(), i + context + 1);
        bool near = std::any_of(all.begin() + static_cast<long>(from), all.begin() + static_cast<long>(to), [](const std::string &l) { return l[0] != ' '; });
        if (near) {
            out += (shown != i ? "@@ line " + std::to_string(i + 1) + "\n" : "") + all[i] + "\n";
            shown = i + 1;
        }
    }
    return out;
}

}  // namespace ingot
