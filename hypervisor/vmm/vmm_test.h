/* SPDX-License-Identifier: GPL-2.0-or-later
 * What lies outside of the busses, for tests: a clock, interrupt lines, consoles, a VM's memory
 */
#ifndef VMM_VMM_TEST_H
#define VMM_VMM_TEST_H

#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bus.h"

class Outside {
public:
    static constexpr uint64_t RAM = 0x40000000, RAM_SIZE = 0x40000, MORE = 0x80000000, MORE_SIZE = 0x1000;

    /* Each region is an allocation of its own, so that the address sanitizer sees what is beside it. */
    Outside() : regions{ { RAM, RAM_SIZE, page(RAM_SIZE) }, { MORE, MORE_SIZE, page(MORE_SIZE) } } { bus_init(&bus, &functions); }
    ~Outside()
    {
        for (const vmm_region &r : regions)
            free(r.at);
    }
    Outside(const Outside &) = delete;

    enum vmm_result access(struct vmm_mmio &m) { return bus_mmio(&bus, &m); }
    enum vmm_result write(uint64_t gpa, uint64_t value, unsigned size = 4)
    {
        struct vmm_mmio m = { gpa, value, (uint8_t)size, true };
        return access(m);
    }
    uint64_t read(uint64_t gpa, unsigned size = 4)
    {
        struct vmm_mmio m = { gpa, 0, (uint8_t)size, false };
        EXPECT_EQ(VMM_DONE, access(m)) << std::hex << gpa;
        return m.value;
    }
    size_t input(uint32_t line, const std::string &bytes) { return bus_input(&bus, line, (const uint8_t *)bytes.data(), bytes.size()); }
    /* Lets time pass; the alarm goes off when it is due. */
    void pass_ns(uint64_t ns)
    {
        uint64_t end_ns = now_ns + ns;
        while (alarm_ns <= end_ns) {
            now_ns = alarm_ns > now_ns ? alarm_ns : now_ns;
            bus_time(&bus);
        }
        now_ns = end_ns;
    }
    template <typename T> T &at(uint64_t gpa) { return *(T *)vmm_region_at(regions, 2, gpa, sizeof(T)); }

    struct vmm_bus bus = {};
    uint64_t now_ns = 0, alarm_ns = VMM_NEVER;
    std::map<uint32_t, bool> irq;
    unsigned irq_changes = 0;
    std::map<uint32_t, std::string> console;
    std::function<void()> on_console;   /* called after bytes came out, if it is set */
    unsigned memory_calls = ~0u;        /* after so many, there is no memory any more */
    vmm_region regions[2];

private:
    static void *page(size_t size) { return memset(aligned_alloc(4096, size), 0, size); }
    static Outside *of(void *opaque) { return (Outside *)opaque; }

    const struct vmm_outside functions = {
        this,
        [](void *o, uint32_t spi, bool level) { of(o)->irq[spi] = level, of(o)->irq_changes++; },
        [](void *o, uint32_t line, const uint8_t *bytes, size_t len) {
            of(o)->console[line].append((const char *)bytes, len);
            if (of(o)->on_console)
                of(o)->on_console();
        },
        [](void *o) { return of(o)->now_ns; },
        [](void *o, uint64_t deadline_ns) { of(o)->alarm_ns = deadline_ns; },
        [](void *o, uint64_t gpa, uint64_t len) {
            EXPECT_TRUE(len && gpa + len >= gpa);
            return of(o)->memory_calls && of(o)->memory_calls-- ? vmm_region_at(of(o)->regions, 2, gpa, len) : nullptr;
        },
    };
};

#endif
