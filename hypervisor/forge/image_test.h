// SPDX-License-Identifier: GPL-2.0-or-later
// A finished image, read back from the ELF's bytes: segments, symbols, page tables
//
// Shares no code with forge: own reader, own walk, own masks.
#ifndef INGOT_FORGE_IMAGE_TEST_H
#define INGOT_FORGE_IMAGE_TEST_H

#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

inline std::string read_file(const std::string &path)
{
    std::ifstream f(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(f), {} };
}

// One page of 4 KiB that a translation reaches. Bits of the descriptor: Arm ARM D5.3.3.
struct Leaf {
    uint64_t pa, descriptor;
    unsigned bits(unsigned high, unsigned low) const { return descriptor >> low & ((1u << (high - low + 1)) - 1); }
    bool execute_never() const { return bits(54, 54); }
    bool read_only_el2() const { return bits(7, 7); }
};

class Image {
public:
    explicit Image(const std::string &path) : bytes_(read_file(path))
    {
        const auto &h = at<Elf64_Ehdr>(0);
        if (memcmp(h.e_ident, ELFMAG, SELFMAG) || h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_machine != EM_AARCH64 || h.e_type != ET_EXEC) {
            throw std::runtime_error(path + ": no static A64 ELF");
        }
        entry = h.e_entry;
        for (unsigned i = 0; i < h.e_phnum; i++) {
            const auto &p = at<Elf64_Phdr>(h.e_phoff + i * h.e_phentsize);
            if (p.p_type == PT_LOAD) {
                loads.push_back(p);
            }
        }
        for (unsigned i = 0; i < h.e_shnum; i++) {
            const auto &s = at<Elf64_Shdr>(h.e_shoff + i * h.e_shentsize);
            if (s.sh_type == SHT_SYMTAB) {
                read_symbols(s, at<Elf64_Shdr>(h.e_shoff + s.sh_link * h.e_shentsize).sh_offset);
            }
        }
    }
    uint64_t symbol(const std::string &name) const { return symbols_.at(name); }
    // What the loader puts at a physical address; throws where it puts nothing.
    std::string memory(uint64_t pa, size_t len) const
    {
        for (const auto &p : loads) {
            if (pa >= p.p_paddr && pa + len <= p.p_paddr + p.p_memsz) {
                std::string filled = bytes_.substr(p.p_offset, p.p_filesz) + std::string(p.p_memsz - p.p_filesz, '\0');
                return filled.substr(pa - p.p_paddr, len);
            }
        }
        throw std::runtime_error("not in the image: " + std::to_string(pa));
    }
    template <typename T> T get(uint64_t pa) const
    {
        T v;
        memcpy(&v, memory(pa, sizeof v).data(), sizeof v);
        return v;
    }
    bool has(const std::string &name) const { return symbols_.count(name); }
    // Where the byte that goes to a physical address stands in the file.
    uint64_t offset(uint64_t pa) const
    {
        for (const auto &p : loads) {
            if (pa >= p.p_paddr && pa < p.p_paddr + p.p_filesz) {
                return pa - p.p_paddr + p.p_offset;
            }
        }
        throw std::runtime_error("not in the file: " + std::to_string(pa));
    }
    // Every page that a translation from `root` reaches: 4 KiB granule, 39 bits of input, start at level 1.
    std::map<uint64_t, Leaf> walk(uint64_t root) const
    {
        std::map<uint64_t, Leaf> pages;
        walk(pages, root, 1, 0);
        return pages;
    }

    uint64_t entry;
    std::vector<Elf64_Phdr> loads;

private:
    template <typename T> const T &at(uint64_t offset) const
    {
        if (offset + sizeof(T) > bytes_.size()) {
            throw std::runtime_error("the ELF ends too early");
        }
        return *reinterpret_cast<const T *>(bytes_.data() + offset);
    }
    void read_symbols(const Elf64_Shdr &s, uint64_t names)
    {
        for (uint64_t i = 0; i < s.sh_size / sizeof(Elf64_Sym); i++) {
            const auto &y = at<Elf64_Sym>(s.sh_offset + i * sizeof(Elf64_Sym));
            symbols_[&bytes_[names + y.st_name]] = y.st_value;
        }
    }
    void walk(std::map<uint64_t, Leaf> &pages, uint64_t table, int level, uint64_t input) const
    {
        if (table & 0xfff) {
            throw std::runtime_error("a table that is not aligned");
        }
        std::string entries = memory(table, 4096);
        unsigned shift = 12 + 9 * (3 - level);
        for (uint64_t i = 0; i < 512; i++) {
            uint64_t d, from = input + (i << shift);
            memcpy(&d, &entries[i * 8], 8);
            uint64_t next = d & 0x0000fffffffff000u;
            if (!(d & 1)) {
                continue;
            }
            if (level < 3 && (d & 2)) {
                walk(pages, next, level + 1, from);
            } else if (level == 3 ? !(d & 2) : level != 2 || next & 0x1fffff) {
                throw std::runtime_error("no descriptor of that level");
            } else {
                for (uint64_t k = 0; k < 1ull << shift; k += 0x1000) {
                    pages[from + k] = { next + k, d };
                }
            }
        }
    }

    std::string bytes_;
    std::map<std::string, uint64_t> symbols_;
};

#endif
