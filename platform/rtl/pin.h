// SPDX-License-Identifier: GPL-2.0-or-later
// A port of a Verilated core, of whatever width up to 64 bits
#ifndef INGOT_PIN_H
#define INGOT_PIN_H

#include <cstdint>
#include <type_traits>

namespace ingot {

// Verilator keeps a port in 1, 2, 4 or 8 bytes. A pin that the core has not reads 0 and takes nothing.
class Pin {
public:
    Pin() = default;
    template <class T> explicit Pin(T &port) : at_(&port), bytes_(sizeof(T))
    {
        static_assert(std::is_integral_v<T> && sizeof(T) <= 8, "a port of at most 64 bits");
    }
    explicit operator bool() const { return at_; }
    unsigned bytes() const { return bytes_; }
    uint64_t get() const
    {
        switch (bytes_) {
        case 1:
            return *static_cast<uint8_t *>(at_);
        case 2:
            return *static_cast<uint16_t *>(at_);
        case 4:
            return *static_cast<uint32_t *>(at_);
        case 8:
            return *static_cast<uint64_t *>(at_);
        default:
            return 0;
        }
    }
    void set(uint64_t v) const
    {
        switch (bytes_) {
        case 1:
            *static_cast<uint8_t *>(at_) = v;
            break;
        case 2:
            *static_cast<uint16_t *>(at_) = v;
            break;
        case 4:
            *static_cast<uint32_t *>(at_) = v;
            break;
        case 8:
            *static_cast<uint64_t *>(at_) = v;
            break;
        default:
            break;
        }
    }
    // The first byte, for pins of one bit that are looked at on each edge.
    const uint8_t *byte() const
    {
        static const uint8_t low = 0;
        return at_ ? static_cast<const uint8_t *>(at_) : &low;
    }

private:
    void *at_ = nullptr;
    unsigned bytes_ = 0;
};

// bind_optional(field, core, [](auto &t) -> decltype(Pin(t.port)) { return Pin(t.port); }): nothing if it has no such port.
template <class V, class F> void bind_optional(Pin &pin, V &core, F port)
{
    if constexpr (std::is_invocable_v<F, V &>) {
        pin = port(core);
    }
}

}  // namespace ingot

#endif
