/* SPDX-License-Identifier: GPL-2.0-or-later
 * Loads and stores of general registers that leave no syndrome (Arm ARM C4.1.66): indexed with write-back, and pairs
 */
#include "monitor_decode.h"

#include "hypervisor/include/monitor.h"

#define RT(i) ((i) & 31)
#define RN(i) ((i) >> 5 & 31)
#define RT2(i) ((i) >> 10 & 31)
#define SP 31u

/* Bits of an instruction from `low` up, as a signed number */
static int64_t number(uint32_t i, unsigned low, unsigned bits) { return (int32_t)(i << (32 - low - bits)) >> (32 - bits); }

/* D13.2.39 */
static uint64_t iss(unsigned size, bool is_signed, bool wide, bool store, uint32_t rt)
{
    return 1ul << 24 | (uint64_t)size << 22 | (uint64_t)is_signed << 21 | rt << 16 | (uint64_t)wide << 15 | (uint64_t)store << 6;
}

static uint64_t place(uint32_t base, int64_t offset, bool write_back, bool post)
{
    return (uint64_t)base << 37 | (write_back ? DECODED_WRITE_BACK : 0) | (post ? DECODED_POST : 0) | (uint64_t)offset << 45;
}

/* size 31:30, 111 V=0 00, opc 23:22, 0, imm9 20:12, 01 or 11: post- or pre-indexed */
static bool indexed(uint32_t i, uint64_t *decoded)
{
    unsigned size = i >> 30, opc = i >> 22 & 3;
    if (opc >= 2 && size + opc >= 5) {
        return false;                           /* signed ones are narrower than their register */
    }
    *decoded = iss(size, opc >= 2, opc == 2 || (opc < 2 && size == 3), opc == 0, RT(i)) | place(RN(i), number(i, 12, 9), true, !(i >> 11 & 1));
    return true;
}

/* opc 31:30, 101 V=0 0, 24:23 no-allocate, post, offset, pre; L 22, imm7 21:15 */
static bool pair(uint32_t i, uint64_t *decoded)
{
    unsigned opc = i >> 30, index = i >> 23 & 3, size = opc == 2 ? 3 : 2;
    bool load = i >> 22 & 1;
    if (opc == 3 || (opc == 1 && (!load || index == 0))) {
        return false;
    }
    *decoded = iss(size, opc == 1, opc != 0, !load, RT(i)) | DECODED_PAIR | (uint64_t)RT2(i) << 32 |
               place(RN(i), number(i, 15, 7) * (1 << size), index & 1, index == 1);
    return true;
}

bool decode_a64(uint32_t i, uint64_t *decoded)
{
    if (RN(i) == SP) {
        return false;
    }
    if ((i & 0x3f200400) == 0x38000400) {
        return indexed(i, decoded);
    }
    return (i & 0x3e000000) == 0x28000000 && pair(i, decoded);
}
