// SPDX-License-Identifier: GPL-2.0-or-later
// Transactions in words, with the names of regs.xml
#include "platform/replay/words.h"

#include <cinttypes>

#include <unistd.h>

namespace ingot {

static std::string folder = "vdevices";

void replay_devices_folder(const std::string &path) { folder = path; }
const std::string &replay_devices_folder() { return folder; }

static std::string number(const char *format, uint64_t n)
{
    char text[40];
    snprintf(text, sizeof text, format, n);
    return text;
}

Registers::Registers(const std::string &type)
{
    std::string path = folder + "/" + type + "/regs.xml";
    if (!type.empty() && type.find('/') == std::string::npos && access(path.c_str(), R_OK) == 0) {
        regs_.reset(regs_load(path.c_str(), stderr));
    }
}

const regs_register *Registers::at(uint64_t offset, Kind kind) const
{
    const regs_access refused = kind == Kind::Read ? REGS_WRITE_ONLY : REGS_READ_ONLY;
    const regs_register *near = nullptr;
    for (size_t i = 0; regs_ && i < regs_->register_count; i++) {
        const regs_register *r = &regs_->registers[i];
        if (r->offset == offset && !r->group && (!near || near->access == refused)) {
            near = r;
        }
    }
    return near;
}

const regs_register *Registers::find(const std::string &name) const
{
    for (size_t i = 0; regs_ && i < regs_->register_count; i++) {
        if (name == regs_->registers[i].name) {
            return &regs_->registers[i];
        }
    }
    return nullptr;
}

std::string Registers::name(const Transaction &t) const
{
    const regs_register *r = at(t.address, t.kind);
    return r ? r->name : number("+0x%" PRIx64, t.address);
}

static uint64_t field_of(const regs_field *f, uint64_t value) { return (value & regs_mask(f)) >> f->shift; }

std::string Registers::words(const Transaction &t) const
{
    const regs_register *r = at(t.address, t.kind);
    std::string out = name(t);
    for (size_t i = 0; r && i < r->field_count; i++) {
        const regs_field *f = &r->fields[i];
        if (r->field_count > 1 || f->width < r->size) {
            uint64_t v = field_of(f, t.value);
            out += std::string(" ") + f->name + "=" + number(v < 10 ? "%" PRIu64 : "0x%" PRIx64, v);
        }
    }
    return out;
}

std::string Registers::difference(const Transaction &was, const Transaction &is) const
{
    const regs_register *r = at(was.address, was.kind);
    std::string out;
    for (size_t i = 0; r && i < r->field_count; i++) {
        const regs_field *f = &r->fields[i];
        if ((was.value ^ is.value) & regs_mask(f)) {
            out += (out.empty() ? "" : ", ") + std::string(r->name) + "." + f->name + " is " + number("0x%" PRIx64, field_of(f, is.value)) +
                   " instead of " + number("0x%" PRIx64, field_of(f, was.value));
        }
    }
    return out.empty() ? name(was) + " is " + number("0x%" PRIx64, is.value) + " instead of " + number("0x%" PRIx64, was.value) : out;
}

std::string printed(const std::function<void(FILE *)> &print)
{
    char *text = nullptr;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    print(f);
    fclose(f);
    std::string s(text, len);
    free(text);
    return s;
}

std::string time_words(seam_ps ps)
{
    char text[48];
    snprintf(text, sizeof text, "%" PRIu64 ".%06" PRIu64 " us", ps / 1000000, ps % 1000000);
    return text;
}

std::string transaction_words(const Registers &registers, const Transaction &t)
{
    std::string out = time_words(t.time_ps) + "  " + kind_name(t.kind) + " ";
    switch (t.kind) {
    case Kind::Read: case Kind::Write: out += registers.words(t) + number(" (0x%" PRIx64 ")", t.value); break;
    case Kind::Irq: return out + "line " + std::to_string(t.address) + (t.value ? " rises" : " falls");
    case Kind::DmaRead: case Kind::DmaWrite:
        out += number("0x%" PRIx64, t.address) + " +" + std::to_string(t.value);
        out += t.data.empty() ? "" : " " + bytes_in_hex(t.data.substr(0, 32)) + (t.data.size() > 32 ? "..." : "");
        break;
    case Kind::Input: case Kind::Console: return out + number("0x%02" PRIx64, t.value) + (isprint(static_cast<int>(t.value)) ? std::string(" '") + static_cast<char>(t.value) + "'" : "");
    case Kind::Note: return out + std::to_string(t.address) + " " + std::to_string(t.value);
    case Kind::Stop: return out + t.data;
    case Kind::Reset: return out + "of all devices";
    }
    return t.result == SEAM_OK ? out : out + " -> " + result_name(t.result);
}

}  // namespace ingot
