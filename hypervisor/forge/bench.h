// SPDX-License-Identifier: GPL-2.0-or-later
// forge at work in a folder of its own: payloads that carry their names, and what it said
#ifndef INGOT_FORGE_BENCH_H
#define INGOT_FORGE_BENCH_H

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "hypervisor/forge/image.h"

class ForgeBench {
public:
    ForgeBench()
    {
        char name[] = "/tmp/ingot-forge-XXXXXX";
        dir = mkdtemp(name);
        for (const char *folder : { "/files/linux", "/files/rt" }) {
            std::filesystem::create_directories(dir + folder);
        }
        // An Image's header (booting.rst 4): text_offset 0, image_size 64 MiB, magic.
        std::string image(5000, 'K');
        uint64_t header[3] = { 0, 64 << 20, 0xa };
        memcpy(&image[8], header, sizeof header);
        memcpy(&image[56], "ARM\x64", 4);
        write("files/linux/Image", image);
        write("files/linux/initramfs.cpio", std::string(9999, 'I'));
        write("files/rt/rt.bin", std::string(3000, 'R'));
    }
    ~ForgeBench() { std::filesystem::remove_all(dir); }

    void write(const std::string &name, const std::string &text) { std::ofstream(dir + "/" + name, std::ios::binary) << text; }
    std::string command(const std::string &xml, const std::string &out, const std::string &more = "") const
    {
        return FORGE " " + xml + " --files " + dir + "/files --hyp " HYP " --out " + dir + "/" + out + " " + more + " 2>" + dir + "/said";
    }
    // Its exit status; what it said is in said().
    int forge(const std::string &xml, const std::string &out, const std::string &more = "")
    {
        int status = ::system(command(xml, out, more).c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::string said() const { return read_file(dir + "/said"); }
    bool exists(const std::string &name) const { return std::filesystem::exists(dir + "/" + name); }

    std::string dir;
};

#endif
