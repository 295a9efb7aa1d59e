/* SPDX-License-Identifier: GPL-2.0-or-later
 * House rules that a machine can check: heads of files, READMEs of folders, sizes, no traces of a machine
 */
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "tree.h"

static const char licence[] = "SPDX-License-Identifier: GPL-2.0-or-later";    /* or that WITH Linux-syscall-note */
static const size_t lines_warn = 400, lines_max = 500;

static bool is_source(const std::string &file)
{
    for (const char *ext : { ".c", ".h", ".cpp", ".S", ".v", ".sv", ".lds", ".lua", ".sh", ".cmake", "CMakeLists.txt",
                             ".rng", "regs.xml" })
        if (ends_with(file, ext))
            return true;
    return file == "ingot";
}

/* The text of a comment line in any of our languages, or "". */
static std::string comment(const std::string &line)
{
    static const std::regex head(R"(\s*(/\*|\*|//|#|--|<!--)?\s*(.*?)\s*(\*/|-->)?\s*)");
    std::smatch m;
    return std::regex_match(line, m, head) ? m[2].str() : "";
}

TEST(HouseRules, EverySourceFileOpensWithLicenceAndTitle)
{
    std::vector<std::string> problems;
    for (const std::string &file : tree_files()) {
        if (!is_source(file))
            continue;
        std::vector<std::string> lines = tree_lines(file);
        size_t first = !lines.empty() && (starts_with(lines[0], "#!") || starts_with(lines[0], "<?xml")) ? 1 : 0;
        if (lines.size() < first + 2 || !starts_with(comment(lines[first]), licence))
            problems.push_back(file + ":" + std::to_string(first + 1) +
                               ": no licence line: begin with SPDX-License-Identifier: GPL-2.0-or-later");
        else if (comment(lines[first + 1]).size() < 8)
            problems.push_back(file + ":" + std::to_string(first + 2) + ": no title: say in one line what the file is");
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

/* Folders that the README one level up speaks for. */
static bool spoken_for(const std::string &folder)
{
    static const std::regex parts("vdevices/[^/]+/rtl|.*/test|drivers-under-test/linux/initramfs|hypervisor/(include|core|arch/[^/]+)");
    return std::regex_match(folder, parts);
}

TEST(HouseRules, EveryFolderWithSourcesHasAReadme)
{
    std::set<std::string> folders;
    for (const std::string &file : tree_files())
        if (is_source(file))
            folders.insert(folder_of(file));
    std::vector<std::string> problems;
    for (const std::string &folder : folders) {
        std::string readme = folder.empty() ? "README.md" : folder + "/README.md";
        if (!spoken_for(folder) && !tree_has(readme))
            problems.push_back(readme + ":1: missing: say what lives here, what may not, what comes in and goes out");
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

TEST(HouseRules, FilesAreRoomsNotHalls)
{
    std::vector<std::string> problems;
    for (const std::string &file : tree_files()) {
        if (!is_source(file) || ends_with(file, ".xml"))   /* a register map is as long as the device has registers */
            continue;
        size_t n = tree_lines(file).size();
        std::string told = file + ":" + std::to_string(n) + ": " + std::to_string(n) + " lines: look for the wall that is missing";
        if (n > lines_max)
            problems.push_back(told);
        else if (n > lines_warn)
            std::cout << "warning: " << told << "\n";
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

static bool is_text(const std::string &file)
{
    for (const char *ext : { ".trace", ".png", ".gz", ".zst", ".bin" })
        if (ends_with(file, ext))
            return false;
    return true;
}

/* Built from pieces, so that this file does not find itself. */
TEST(HouseRules, NoPathOfOneMachine)
{
    static const std::regex machine("(^|[^A-Za-z0-9_.*])/(" "work|root|home" ")/[A-Za-z0-9_.]");
    std::vector<std::string> problems;
    for (const std::string &file : tree_files()) {
        if (!is_text(file))
            continue;
        std::vector<std::string> lines = tree_lines(file);
        for (size_t i = 0; i < lines.size(); i++)
            if (std::regex_search(lines[i], machine))
                problems.push_back(file + ":" + std::to_string(i + 1) +
                                   ": a path of one machine: name it from the repository, the build folder or the cache");
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

/* Hosts that a file may name. What downloads takes its mirror from the machine's own apt configuration. */
TEST(HouseRules, OnlyPublicHostsAreNamed)
{
    static const std::set<std::string> known = {
        "www.accellera.org", "www.w3.org", "relaxng.org", "libvirt.org", "www.gnu.org", "spdx.org", "developer.arm.com",
        "www.qemu.org", "github.com", "gitlab.com", "www.rfc-editor.org", "docs.oasis-open.org",
    };
    static const std::regex url("[a-z]+://([A-Za-z0-9.-]+\\.[a-z]{2,})");
    std::vector<std::string> problems;
    for (const std::string &file : tree_files()) {
        if (!is_text(file))
            continue;
        std::vector<std::string> lines = tree_lines(file);
        for (size_t i = 0; i < lines.size(); i++)
            for (std::sregex_iterator m(lines[i].begin(), lines[i].end(), url), end; m != end; ++m)
                if (!known.count((*m)[1]))
                    problems.push_back(file + ":" + std::to_string(i + 1) + ": host " + (*m)[1].str() +
                                       ": not a public host that we know: take it out, or add it to the test's table");
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

TEST(HouseRules, NoUnfinishedWork)
{
    static const std::regex marks("\\b(TO" "DO|FIX" "ME|X" "XX)\\b(?!.*#[0-9]+)");
    std::vector<std::string> problems;
    for (const std::string &file : tree_files()) {
        if (!is_source(file))
            continue;
        std::vector<std::string> lines = tree_lines(file);
        for (size_t i = 0; i < lines.size(); i++)
            if (std::regex_search(lines[i], marks))
                problems.push_back(file + ":" + std::to_string(i + 1) + ": unfinished: finish it, or name an issue's number");
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

TEST(HouseRules, LinksOfDocumentsLeadSomewhere)
{
    static const std::regex link("\\]\\(([^)#]+)(#[^)]*)?\\)");
    std::vector<std::string> problems;
    for (const std::string &file : tree_files()) {
        if (!ends_with(file, ".md"))
            continue;
        std::vector<std::string> lines = tree_lines(file);
        for (size_t i = 0; i < lines.size(); i++)
            for (std::sregex_iterator m(lines[i].begin(), lines[i].end(), link), end; m != end; ++m) {
                std::string target = (*m)[1];
                if (target.find("://") == std::string::npos && !tree_leads_to(file, target))
                    problems.push_back(file + ":" + std::to_string(i + 1) + ": " + target + " is not there: correct the link");
            }
    }
    EXPECT_TRUE(problems.empty()) << joined(problems);
}
