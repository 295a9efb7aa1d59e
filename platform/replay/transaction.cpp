// SPDX-License-Identifier: GPL-2.0-or-later
// Transactions: names, and what makes two of them equal
#include "platform/replay/recording.h"

namespace ingot {

bool Transaction::same_but_time(const Transaction &o) const
{
    return kind == o.kind && size == o.size && result == o.result && address == o.address && value == o.value && data == o.data;
}

const char *kind_name(Kind k)
{
    static const char *const names[kind_count] = { "read", "write", "input", "reset", "irq", "dma-read", "dma-write", "console", "note", "stop" };
    return names[static_cast<unsigned>(k)];
}

const char *result_name(seam_result r)
{
    static const char *const names[] = { "ok", "slave-error", "decode-error", "denied" };
    return r <= SEAM_DENIED ? names[r] : "unknown";
}

std::string bytes_in_hex(const std::string &bytes)
{
    static const char digits[] = "0123456789abcdef";
    std::string out;
    for (unsigned char c : bytes) {
        out += digits[c >> 4];
        out += digits[c & 15];
    }
    return out;
}

}  // namespace ingot
