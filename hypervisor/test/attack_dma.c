/* SPDX-License-Identifier: GPL-2.0-or-later
 * DMA at others: the guest's own engine is aimed at the hypervisor, at other VMs, at the GIC, at devices, and beyond its own memory's end
 *
 * A device's addresses are its VM's (IPA). What the VM does not reach, neither does its device: a bus error.
 */
#include "attack.h"
#include "dmaq_regs.h"

#define DMAQ 0x0b010000ul
#define RAM_END 0x40200000ul
#define SIZE 256
#define OK 1
#define SOURCE_ERROR 4
#define DESTINATION_ERROR 5
#define HALTED 100
#define SILENT 101
#define RANDOM 500
#define PATTERN 0x5aul

static struct { uint64_t source, destination; uint32_t length, flags, status, crc; } ring[2] __attribute__((aligned(64)));
static uint64_t mine[SIZE / 8], other[SIZE / 8] __attribute__((aligned(64)));

static uint32_t run(uint64_t at)
{
    put32(DMAQ + DMAQ_CTRL, DMAQ_CTRL_RESET);
    for (unsigned i = 0; get32(DMAQ + DMAQ_STATUS) & DMAQ_STATUS_BUSY && i < 10000; i++) {
    }
    put32(DMAQ + DMAQ_RING_LO, at);
    put32(DMAQ + DMAQ_RING_HI, at >> 32);
    put32(DMAQ + DMAQ_RING_SIZE, 1);
    put32(DMAQ + DMAQ_CTRL, DMAQ_CTRL_ENABLE);
    __asm__ volatile("dsb sy" ::: "memory");
    put32(DMAQ + DMAQ_TAIL, 1);
    for (unsigned i = 0; i < 10000; i++) {
        if (get32(DMAQ + DMAQ_STATUS) & DMAQ_STATUS_HALTED) {
            return HALTED;
        }
        if (get32(DMAQ + DMAQ_HEAD) == 1) {
            return *(volatile uint32_t *)&ring[0].status;
        }
    }
    return SILENT;
}

static uint32_t copy(uint64_t source, uint64_t destination)
{
    ring[0].source = source;
    ring[0].destination = destination;
    ring[0].length = SIZE;
    ring[0].flags = ring[0].status = 0;
    return run((uint64_t)ring);
}

static void fill(uint64_t *at, uint64_t v)
{
    for (unsigned i = 0; i < SIZE / 8; i++) {
        at[i] = v;
    }
}

void attack_dma(void)
{
    static const uint64_t targets[] = { HYPERVISOR, HYPERVISOR + 0x200000, HYPERVISOR + 0x400000, OTHERS, 0x08000000, 0x080a0000, PULSE, 0x0b002000, 0x09000000, 0, 0x5000000000,
                                        ~0ul - SIZE + 1, RAM_END - 64 };
    uint64_t tried = 0, blocked = 0;
    fill(mine, PATTERN);
    fill(other, 0);
    require(copy((uint64_t)mine, (uint64_t)other) == OK && other[SIZE / 8 - 1] == PATTERN, "DMA within its own memory");
    for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++, tried += 3) {
        fill(other, 0);
        blocked += copy(targets[i], (uint64_t)other) == SOURCE_ERROR;
        bool seen = false;
        for (unsigned k = 0; k < SIZE / 8; k++) {
            seen |= other[k] && targets[i] != RAM_END - 64;         /* of the last one the bursts before its end are copied */
        }
        require(!seen, "something of another's was read");
        blocked += copy((uint64_t)mine, targets[i]) == DESTINATION_ERROR;
        uint32_t status = run((targets[i] + SIZE - 1) & ~63ul);     /* its descriptors are there */
        blocked += status == HALTED;
    }
    for (unsigned i = 0; i < RANDOM; i++, tried++) {
        uint64_t at = random64() >> (random64() % 40) & ~7ul;
        if (at - 0x40000000 < 0x200000) {
            at += 0x200000;
        }
        blocked += i & 1 ? copy(at, (uint64_t)other) == SOURCE_ERROR : copy((uint64_t)mine, at) == DESTINATION_ERROR;
    }
    put32(DMAQ + DMAQ_CTRL, DMAQ_CTRL_RESET);
    count_of(tried, "tried");
    count_of(blocked, "blocked");
    require(blocked == tried, "a transfer was not blocked");
}
