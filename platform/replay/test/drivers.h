// SPDX-License-Identifier: GPL-2.0-or-later
// Drivers as scripts, each with the bugs that it can be given
#ifndef INGOT_DRIVERS_H
#define INGOT_DRIVERS_H

#include "platform/replay/test/recorder.h"

namespace ingot {

enum class DriverBug {
    None,
    DmaqNoAcknowledge,      // IRQ_STATUS is not written back
    DmaqEarlyDoorbell,      // TAIL before the descriptor is in memory
    DmaqRingSize,           // RING_SIZE is that of another ring
    DmaqLength,             // a descriptor's length is 8 bytes short
    PulseAcknowledge,       // writes 0 to the W1C bit
    PulseArmedFirst,        // START before DELAY
    PulseCount,             // a periodic run without COUNT
    UartDlab,               // DLAB is left set after the divisor
    UartNoFifo,             // FCR is not written
    UartOverread            // reads RBR once more than LSR.DR says
};

// What a run of the type's driver leaves: dmaq, pulse, uart16550. One a process. A mutation that found no occasion gives an empty one.
Recording drive(const std::string &type, const std::string &impl, DriverBug bug, Mutation mutation = {});

// dmaq or pulse: at work, reset with the board, and at work again.
Recording drive_through_a_reset(const std::string &type, const std::string &impl);

}  // namespace ingot

#endif
