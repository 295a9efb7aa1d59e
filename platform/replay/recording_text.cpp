// SPDX-License-Identifier: GPL-2.0-or-later
// A recording as text: a line a transaction, for golden traces, reviews and tests
//
//     ingot-recording 1
//     device dmaq0 dmaq model [clock-ps 10000 | clock-hz 33333333]
//     poll 12                             offset of a register: Recording::polled
//     10000 write 0x8 4 0x2 +30000        time in ps, offset, bytes, value; then how long the bus was occupied, and a result other than ok
//     20000 read 0x0 4 0x444d4151
//     30000 dma-read 0x40000000 8 0011223344556677        address, bytes, data in hex
//     30000 dma-write 0x50000000 8 denied
//     40000 irq 0 1                       line, level
//     50000 input 0x41
//     50000 reset
//     50000 console 0x41
//     60000 note 1 7
//     70000 stop its%20reason
//     80000 end
//
// "# " begins a comment, alone or behind a transaction: register and field names stand there.
#include <cerrno>
#include <cinttypes>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "platform/replay/recording.h"

namespace ingot {

namespace {

class Parser {
public:
    Parser(const std::string &text, const std::string &path) : in_(text) { r_.path = path; }

    Transaction one()
    {
        next();
        transaction(number(word()));
        return r_.all[0];
    }

    Recording parse()
    {
        next();
        if (word() != "ingot-recording" || word() != "1") {
            fail("no recording of version 1: make it again with this ingot");
        }
        bool ended = false;
        while (next()) {
            if (ended) {
                fail("text after the end: remove it");
            }
            std::string first = word();
            if (first != "device" && first != "poll" && number(first) > recording_longest_ps) {
                fail("'" + first + "' ps are more than eleven days: correct it");
            }
            if (first == "device") {
                device();
            } else if (first == "poll") {
                r_.polled.push_back(number());
            } else if (peek() == "end") {
                r_.end_ps = number(first);
                ended = true;
            } else {
                transaction(number(first));
            }
        }
        if (!ended) {
            fail("it ends before its line 'TIME end', it is truncated: make it again");
        }
        if (r_.type.empty()) {
            fail("no line 'device NAME TYPE IMPL': add it");
        }
        return r_;
    }

private:
    // The next line that has words, without its comment.
    bool next()
    {
        std::string text;
        while (std::getline(in_, text)) {
            line_++;
            size_t comment = text.find('#');
            words_ = std::istringstream(comment == std::string::npos ? text : text.substr(0, comment));
            if (!peek().empty()) {
                return true;
            }
        }
        return false;
    }
    std::string word()
    {
        std::string w;
        words_ >> w;
        return w;
    }
    std::string peek()
    {
        auto at = words_.tellg();
        std::string w = word();
        words_.clear();
        words_.seekg(at);
        return w;
    }
    [[noreturn]] void fail(const std::string &what) const { throw std::runtime_error(r_.path + ":" + std::to_string(line_) + ": " + what); }
    uint64_t number(const std::string &w) const
    {
        char *end;
        errno = 0;
        uint64_t n = strtoull(w.c_str(), &end, 0);
        if (w.empty() || w[0] == '-' || *end || errno) {
            fail("'" + w + "' is no number: correct it");
        }
        return n;
    }
    uint64_t number() { return number(word()); }

    void device()
    {
        r_.device = word();
        r_.type = word();
        r_.impl = word();
        std::string key = word();
        if (key == "clock-ps") {
            r_.clock_ps = number();
        } else if (key == "clock-hz") {
            r_.clock_hz = number();
        } else if (!key.empty()) {
            fail("'" + key + "' is unknown here: clock-ps or clock-hz");
        }
    }
    Kind kind(const std::string &w) const
    {
        for (unsigned k = 0; k < kind_count; k++) {
            if (w == kind_name(static_cast<Kind>(k))) {
                return static_cast<Kind>(k);
            }
        }
        fail("'" + w + "' is no kind of transaction: correct it");
    }
    seam_result result(const std::string &w) const
    {
        for (unsigned n = 0; n <= SEAM_DENIED; n++) {
            if (w == result_name(static_cast<seam_result>(n))) {
                return static_cast<seam_result>(n);
            }
        }
        fail("'" + w + "' is no result: ok, slave-error, decode-error or denied");
    }
    void transaction(seam_ps at)
    {
        Transaction t;
        t.time_ps = at;
        if (!r_.all.empty() && at < r_.all.back().time_ps) {
            fail("time goes back: correct its order");
        }
        t.kind = kind(word());
        switch (t.kind) {
        case Kind::Read: case Kind::Write:
            t.address = number();
            t.size = static_cast<uint8_t>(number());
            t.value = number();
            if (t.size != 1 && t.size != 2 && t.size != 4 && t.size != 8) {
                fail("an access has 1, 2, 4 or 8 bytes: correct it");
            }
            if (peek()[0] == '+') {
                t.bus_ps = static_cast<uint32_t>(number(word().substr(1)));
            }
            t.result = peek().empty() ? SEAM_OK : result(word());
            break;
        case Kind::DmaRead: case Kind::DmaWrite:
            t.address = number();
            t.value = number();
            data(t, word());
            break;
        case Kind::Irq: case Kind::Note:
            t.address = number();
            t.value = number();
            break;
        case Kind::Input: case Kind::Console: t.value = number(); break;
        case Kind::Stop: t.data = unescape(word()); break;
        case Kind::Reset: break;
        }
        if (!peek().empty()) {
            fail("'" + peek() + "' is one word too many: remove it");
        }
        r_.all.push_back(t);
    }
    void data(Transaction &t, const std::string &hex)
    {
        if (hex.empty() || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
            t.result = result(hex);
            return;
        }
        if (hex.size() % 2 || hex.size() / 2 != t.value) {
            fail("its data are not " + std::to_string(t.value) + " bytes in hex: correct them");
        }
        auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
        for (size_t i = 0; i < hex.size(); i += 2) {
            t.data += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
        }
    }
    static std::string unescape(const std::string &w)
    {
        std::string out;
        for (size_t i = 0; i < w.size(); i++) {
            if (w[i] == '%' && i + 2 < w.size()) {
                out += static_cast<char>(strtoul(w.substr(i + 1, 2).c_str(), nullptr, 16));
                i += 2;
            } else {
                out += w[i];
            }
        }
        return out;
    }

    std::istringstream in_, words_;
    Recording r_;
    unsigned line_ = 0;
};

std::string hex(const char *format, uint64_t a)
{
    char text[64];
    snprintf(text, sizeof text, format, a);
    return text;
}

std::string escaped(const std::string &text)
{
    std::string out;
    for (unsigned char c : text) {
        out += c <= ' ' || c == '%' || c == '#' || c > '~' ? hex("%%%02" PRIx64, c) : std::string(1, static_cast<char>(c));
    }
    return out;
}

}  // namespace

std::string transaction_text(const Transaction &t)
{
    std::string out = std::to_string(t.time_ps) + " " + kind_name(t.kind);
    switch (t.kind) {
    case Kind::Read: case Kind::Write:
        out += hex(" 0x%" PRIx64, t.address) + " " + std::to_string(t.size) + hex(" 0x%" PRIx64, t.value) + (t.bus_ps ? " +" + std::to_string(t.bus_ps) : "");
        return t.result == SEAM_OK ? out : out + " " + result_name(t.result);
    case Kind::DmaRead: case Kind::DmaWrite:
        return out + hex(" 0x%" PRIx64, t.address) + " " + std::to_string(t.value) + " " + (t.result == SEAM_OK ? bytes_in_hex(t.data) : result_name(t.result));
    case Kind::Irq: case Kind::Note: return out + " " + std::to_string(t.address) + " " + std::to_string(t.value);
    case Kind::Input: case Kind::Console: return out + hex(" 0x%02" PRIx64, t.value);
    case Kind::Stop: return out + " " + escaped(t.data);
    case Kind::Reset: return out;
    }
    return out;
}

Transaction transaction_parse(const std::string &line) { return Parser(line, "a transaction").one(); }

Recording recording_parse(const std::string &text, const std::string &path, const std::string &device)
{
    Recording r = Parser(text, path).parse();
    if (!device.empty() && r.device != device) {
        throw std::runtime_error(path + ": it has no device '" + device + "': it has " + r.device);
    }
    return r;
}

}  // namespace ingot
