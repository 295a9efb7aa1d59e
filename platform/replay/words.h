// SPDX-License-Identifier: GPL-2.0-or-later
// Registers, fields and transactions by name
#ifndef INGOT_REPLAY_WORDS_H
#define INGOT_REPLAY_WORDS_H

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "platform/replay/recording.h"
#include "vdevices/regs.h"

namespace ingot {

// Where the devices' folders are (vdevices/TYPE/regs.xml, diff.xml). Set once, by the command.
void replay_devices_folder(const std::string &path);
const std::string &replay_devices_folder();

// A device type's register map; without regs.xml it knows no names, and offsets stand in their place.
class Registers {
public:
    explicit Registers(const std::string &type);

    // Of an access at this offset; several where one has another's place (DLL, RBR): the first that the access can mean.
    const regs_register *at(uint64_t offset, Kind kind) const;
    const regs_register *find(const std::string &name) const;
    std::string name(const Transaction &t) const;       // "TAIL", or "+0x1c"
    std::string words(const Transaction &t) const;      // "CTRL ENABLE=1 RESET=0"
    // Fields of both values that differ: "BUSY is 1 instead of 0"
    std::string difference(const Transaction &was, const Transaction &is) const;
    const regs *map() const { return regs_.get(); }

private:
    struct Free {
        void operator()(regs *r) const { regs_free(r); }
    };
    std::unique_ptr<regs, Free> regs_;
};

std::string transaction_words(const Registers &registers, const Transaction &t);   // "1.293 us  read IRQ_STATUS DONE=1 ERROR=0 (0x1)"
std::string printed(const std::function<void(FILE *)> &print);      // what it printed
std::string time_words(seam_ps ps);

}  // namespace ingot

#endif
