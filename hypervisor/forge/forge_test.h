// SPDX-License-Identifier: GPL-2.0-or-later
// forge at work in a folder of its own, with payloads made for the system
#ifndef INGOT_FORGE_TEST_H
#define INGOT_FORGE_TEST_H

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "hypervisor/forge/image_test.h"

extern "C" {
#include "platform/board/system.h"
}

class ForgeBench {
public:
    ForgeBench(const std::string &program, const std::string &hyp) : program_(program), hyp_(hyp)
    {
        char name[] = "/tmp/ingot-forge-XXXXXX";
        dir = mkdtemp(name);
    }
    ~ForgeBench() { std::filesystem::remove_all(dir); }

    // A file for each payload that the system names, filled with a letter of its own.
    void payloads(const std::string &xml)
    {
        struct system *s = system_load(xml.c_str(), nullptr);
        for (size_t v = 0; s && v < s->vm_count; v++) {
            const struct system_vm &vm = s->vms[v];
            std::string kernel(5000, 'K' + v);
            if (vm.payload == SYSTEM_PAYLOAD_LINUX) {
                uint64_t header[3] = { 0, 64 << 20, 0xa };  // booting.rst 4: text_offset 0, image_size 64 MiB, flags; magic
                memcpy(&kernel[8], header, sizeof header);
                memcpy(&kernel[56], "ARM\x64", 4);
            }
            write(std::string("files/") + vm.kernel, kernel);
            if (vm.initramfs) {
                write(std::string("files/") + vm.initramfs, std::string(9999, 'a' + v));
            }
        }
        system_free(s);
    }
    void write(const std::string &name, const std::string &text)
    {
        std::filesystem::create_directories(std::filesystem::path(dir + "/" + name).parent_path());
        std::ofstream(dir + "/" + name, std::ios::binary) << text;
    }
    std::string command(const std::string &xml, const std::string &out, const std::string &more = "") const
    {
        return program_ + " " + xml + " --files " + dir + "/files --hyp " + hyp_ + " --out " + dir + "/" + out + " " + more + " 2>" + dir + "/said";
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

private:
    std::string program_, hyp_;
};

#endif
