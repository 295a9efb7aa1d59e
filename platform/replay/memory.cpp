// SPDX-License-Identifier: GPL-2.0-or-later
// Guest memory as a recording knows it
#include "platform/replay/memory.h"

#include <algorithm>
#include <cstring>

namespace ingot {

ReplayMemory::ReplayMemory(const Recording &r, bool from_now) : from_now_(from_now)
{
    for (size_t i = 0; i < r.all.size(); i++) {
        const Transaction &t = r.all[i];
        if (t.kind == Kind::DmaRead || t.kind == Kind::DmaWrite) {
            (t.kind == Kind::DmaRead ? reads_ : writes_).push_back({ i, &t });
        }
    }
}

// The first that is not used yet, among the next few: another order is possible, another place is not likely.
ReplayMemory::Transfer *ReplayMemory::exact(std::vector<Transfer> &list, size_t &first, uint64_t addr, size_t len)
{
    while (first < list.size() && list[first].taken == list[first].t->value) {
        first++;
    }
    for (size_t i = first; i < list.size() && i < first + window; i++) {
        Transfer &x = list[i];
        if (!x.taken && x.t->address == addr && x.t->value == len) {
            x.taken = len;
            return &x;
        }
    }
    return nullptr;
}

ReplayMemory::Transfer *ReplayMemory::piece(uint64_t addr)
{
    if (from_now_) {
        Transfer *before = nullptr;
        for (Transfer &x : reads_) {
            if (x.covers(addr)) {
                before = &x;
                if (x.index >= position_) {
                    break;
                }
            }
        }
        return before;
    }
    for (size_t i = first_read_; i < reads_.size() && i < first_read_ + window; i++) {
        Transfer &x = reads_[i];
        if (x.covers(addr) && addr - x.t->address >= x.taken) {
            return &x;
        }
    }
    return nullptr;
}

uint64_t ReplayMemory::end_of_unknown(uint64_t addr, uint64_t end)
{
    for (const Transfer &x : reads_) {
        if (x.t->address > addr && x.t->address < end) {
            end = x.t->address;
        }
    }
    return end;
}

void ReplayMemory::learn(uint64_t addr, const void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        Page &p = pages_[(addr + i) / page];
        p.byte[(addr + i) % page] = static_cast<const uint8_t *>(bytes)[i];
        p.known[(addr + i) % page] = true;
    }
}

void ReplayMemory::known(uint64_t addr, void *bytes, size_t len) const
{
    for (size_t i = 0; i < len; i++) {
        auto p = pages_.find((addr + i) / page);
        static_cast<uint8_t *>(bytes)[i] = p == pages_.end() ? 0 : p->second.byte[(addr + i) % page];
    }
}

seam_result ReplayMemory::read(uint64_t addr, void *buf, size_t len)
{
    uint8_t *out = static_cast<uint8_t *>(buf);
    Transfer *x = from_now_ ? nullptr : exact(reads_, first_read_, addr, len);
    if (x) {
        memcpy(out, x->t->data.data(), x->t->data.size());
        return x->t->result;
    }
    seam_result result = SEAM_OK;
    for (uint64_t at = addr, end = addr + len; at < end;) {
        uint64_t stop;
        if ((x = piece(at))) {
            uint64_t skip = at - x->t->address;
            stop = std::min(end, x->t->address + x->t->value);
            if (x->t->result != SEAM_OK) {
                result = x->t->result;
            } else {
                memcpy(out + (at - addr), x->t->data.data() + skip, stop - at);
            }
            x->taken = skip + (stop - at);
        } else {
            stop = end_of_unknown(at, end);
            known(at, out + (at - addr), stop - at);
        }
        at = stop;
    }
    return result;
}

seam_result ReplayMemory::write(uint64_t addr, const void *buf, size_t len)
{
    Transfer *x = from_now_ ? nullptr : exact(writes_, first_write_, addr, len);
    seam_result result = x ? x->t->result : SEAM_OK;
    for (size_t i = 0; !x && i < writes_.size(); i++) {
        const Transaction &t = *writes_[i].t;
        if (t.result != SEAM_OK && t.address < addr + len && addr < t.address + t.value) {
            result = t.result;
        }
    }
    if (result == SEAM_OK) {
        learn(addr, buf, len);
    }
    return result;
}

}  // namespace ingot
