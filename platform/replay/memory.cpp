// SPDX-License-Identifier: GPL-2.0-or-later
// Guest memory as a recording knows it
#include "platform/replay/memory.h"

#include <algorithm>
#include <cstring>

namespace ingot {

ReplayMemory::ReplayMemory(const Recording &r, MemoryOf of) : of_(of)
{
    for (size_t i = 0; i < r.all.size(); i++) {
        const Transaction &t = r.all[i];
        if (t.kind == Kind::DmaRead || t.kind == Kind::DmaWrite) {
            (t.kind == Kind::DmaRead ? reads_ : writes_).push_back({ i, &t });
        }
    }
    for (size_t i = of == MemoryOf::First ? reads_.size() : 0; i-- > 0;) {      // backwards: the first one stays
        learn(reads_[i].t->address, reads_[i].t->data.data(), reads_[i].t->data.size());
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
    if (of_ == MemoryOf::FromNow) {
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

// What a recorded transfer failed with that has a byte of this one.
seam_result ReplayMemory::failed(const std::vector<Transfer> &list, uint64_t addr, size_t len)
{
    for (const Transfer &x : list) {
        if (x.t->result != SEAM_OK && x.t->address < addr + len && addr < x.t->address + x.t->value) {
            return x.t->result;
        }
    }
    return SEAM_OK;
}

seam_result ReplayMemory::read(uint64_t addr, void *buf, size_t len)
{
    uint8_t *out = static_cast<uint8_t *>(buf);
    Transfer *x = of_ != MemoryOf::Each ? nullptr : exact(reads_, first_read_, addr, len);
    if (x) {
        memcpy(out, x->t->data.data(), x->t->data.size());
        return x->t->result;
    }
    if (of_ == MemoryOf::First) {
        known(addr, buf, len);
        return failed(reads_, addr, len);
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
    Transfer *x = of_ != MemoryOf::Each ? nullptr : exact(writes_, first_write_, addr, len);
    seam_result result = x ? x->t->result : failed(writes_, addr, len);
    if (result == SEAM_OK) {
        learn(addr, buf, len);
    }
    return result;
}

}  // namespace ingot
