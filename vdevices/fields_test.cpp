// SPDX-License-Identifier: GPL-2.0-or-later
// A model's field table is its whole state: each byte of the struct is in exactly one field
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "vdevices/models.h"

namespace {

class Fields : public testing::TestWithParam<const vdev_ops *> {};

TEST_P(Fields, CoverTheWholeState)
{
    const vdev_ops *ops = GetParam();
    std::vector<unsigned> covered(ops->state_size);
    for (const vdev_field *f = ops->fields; f->name; f++) {
        ASSERT_LE(f->offset + f->size, ops->state_size) << f->name;
        for (size_t i = 0; i < f->size; i++) {
            covered[f->offset + i]++;
        }
    }
    for (size_t i = 0; i < covered.size(); i++) {
        EXPECT_EQ(covered[i], 1u) << "byte " << i << " of the state";
    }
}

TEST_P(Fields, CarryAPatternThroughSaveAndLoad)
{
    const vdev_ops *ops = GetParam();
    std::vector<uint8_t> before(ops->state_size), after(ops->state_size);
    state s = {};
    for (size_t i = 0; i < before.size(); i++) {
        before[i] = static_cast<uint8_t>(i * 37 + 11);
    }
    for (const vdev_field *f = ops->fields; f->name; f++) {
        state_put(&s, f->name, before.data() + f->offset, f->size);
    }
    for (const vdev_field *f = ops->fields; f->name; f++) {
        state_get(&s, f->name, after.data() + f->offset, f->size);
    }
    EXPECT_FALSE(s.bad);
    EXPECT_EQ(before, after);
    state_free(&s);
}

INSTANTIATE_TEST_SUITE_P(, Fields, testing::Values(&uart16550_ops, &dmaq_ops, &smmuv3_ops),
                         [](const auto &info) { return std::string(info.param->type); });

}  // namespace
