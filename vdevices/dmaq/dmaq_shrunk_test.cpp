// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: what ingot shrink has left of runs with a seeded bug: the ring's wrap, the acknowledge
#include "platform/replay/replay_testing.h"

static const char DmaqShrunkHeadWraps[] = R"(ingot-recording 1
device dmaq0 dmaq model
1000000 write 0x8 4 0x1  # CTRL ENABLE=1 RESET=0
20570000 write 0x1c 4 0x7  # TAIL INDEX=7
20650000 dma-read 0x0 32 0000000000000000000000000000000000000000000000000000000000000000
20700000 dma-write 0x18 8 0200000000000000
23320000 write 0x1c 4 0x0  # TAIL INDEX=0
23400000 dma-read 0x20 32 0000000000000000000000000000000000000000000000000000000000000000
23450000 dma-write 0x38 8 0200000000000000
24420000 write 0x1c 4 0x1  # TAIL INDEX=1
24500000 dma-read 0x0 32 0000000000000000000000000000000000000000000000000200000000000000
24500000 end
)";

REPLAY_TEST(DmaqShrunk, HeadWraps, "dmaq", DmaqShrunkHeadWraps, "model", "rtl")

static const char DmaqShrunkAnAcknowledgeClearsItsBitsOnly[] = R"(ingot-recording 1
device dmaq0 dmaq model
1000000 write 0x28 4 0x3  # IRQ_ENABLE DONE=1 ERROR=1
1100000 write 0x8 4 0x1  # CTRL ENABLE=1 RESET=0
15210000 write 0x1c 4 0x5  # TAIL INDEX=5
15290000 dma-read 0x0 32 0000000000000000000000000000000000000000000000000000000000000000
15340000 dma-write 0x18 8 0200000000000000
15340000 irq 0 1
16440000 write 0x24 4 0x1  # IRQ_STATUS DONE=1 ERROR=0
16540000 write 0x24 4 0x2  # IRQ_STATUS DONE=0 ERROR=1
16540000 irq 0 0
16540000 end
)";

REPLAY_TEST(DmaqShrunk, AnAcknowledgeClearsItsBitsOnly, "dmaq", DmaqShrunkAnAcknowledgeClearsItsBitsOnly, "model", "rtl")
