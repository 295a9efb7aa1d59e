// SPDX-License-Identifier: GPL-2.0-or-later
// A device that is not there: a recording answers the driver in its place
//
// The order of requests and answers is the recording's, always. While the driver makes the recorded requests, each access takes as long as then, each read is given its
// recorded value, and each edge, DMA transfer, console byte and note comes as long after the request before it as it did then: at the recorded
// instant, if the requests are. A request that comes earlier than answers recorded before it has them come first, at its own instant.
// The first request that is another one, and the first DMA read that finds other data, departs: it stops the board.
//
// Held::Effects is for a driver that was changed.
// - Its reads are free. One that is not the next request is looked for among the recorded reads before the next write; if it is there, those
//   before it are passed over, and else it gets what was read there last (or is read there next).
// - Its memory may lie elsewhere. A word that is written to a register, or that the device reads in memory, and whose recorded value is an
//   address where a recorded transfer begins, is an address: transfers from there on go to where it points now.
//
// Polling: a register of Recording::polled that is read several times in a row, then or now, is one request. Each read gives what was read
// last at that distance from the first one; answers go by time; the next request of another kind ends it.
#ifndef INGOT_STAND_IN_H
#define INGOT_STAND_IN_H

#include <map>

#include "platform/replay/recording.h"
#include "platform/seam/state.h"

namespace ingot {

class StandIn {
public:
    // What it needs of the board. Times are the board's.
    class Client {
    public:
        virtual seam_ps now() const = 0;
        virtual void irq(unsigned line, bool level) = 0;
        virtual seam_result dma_read(uint64_t addr, void *buf, size_t len) = 0;
        virtual seam_result dma_write(uint64_t addr, const void *buf, size_t len) = 0;
        virtual void console(uint8_t byte) = 0;
        virtual void note(uint32_t code, uint64_t value) = 0;
        virtual void wake(seam_ps at) = 0;      // due() at that instant, and not at an earlier one; SEAM_NEVER: not at all
        virtual void stop(const std::string &reason) = 0;

    protected:
        ~Client() = default;
    };

    enum class Held { All, Effects };   // what must be as recorded: all; all but reads and addresses

    StandIn(Recording recording, Held held, Client &client);

    void power_on();        // before anything else
    void reset();           // the board's, later
    seam_result read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps);
    seam_result write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps);
    void input(uint8_t byte);
    void due();
    seam_result peek(uint64_t offset, unsigned size, uint64_t *value) const;    // what was read there last

    // The first request of the recording that the driver has not made and must make: an index, its size if there is none.
    size_t waits_for() const;
    // Held::Effects: reads that were not as recorded, or were left out.
    uint64_t other_reads() const { return other_reads_; }
    bool departed() const { return departed_; }
    const Recording &recording() const { return r_; }

    void save(struct state *out) const;
    void load(struct state *in);    // of the same recording

private:
    static constexpr size_t none = SIZE_MAX;
    const Transaction *request(const Transaction &now);
    seam_result access(const Transaction &now, uint64_t *value, seam_ps *delay_ps);
    const Transaction *polled_again();
    size_t find(const Transaction &now) const;
    bool is(const Transaction &recorded, const Transaction &now) const;
    uint64_t address_of(uint64_t recorded, size_t size) const;
    uint64_t moved(uint64_t address) const;
    void reconcile(const Transaction &recorded, std::string &now);
    const Transaction *free_read(const Transaction &now);
    bool polls(const Transaction &t) const;
    bool same_poll(const Transaction &t) const;
    void perform(const Transaction &recorded);
    void depart(size_t at, Transaction now);

    const Recording r_;
    const Held held_;
    Client &client_;
    size_t next_ = 0;               // the first transaction that has not happened
    seam_ps now_ps_ = 0, then_ps_ = 0;      // of the last request: on the board, in the recording
    size_t poll_first_ = none, poll_ = none;    // while a register is polled: its first read, and the one whose value it has now
    uint64_t other_reads_ = 0;
    std::map<uint64_t, uint64_t> starts_;       // of transfers, by their low 32 bits and by all
    std::map<uint64_t, uint64_t> moves_;        // recorded addresses, and where they are now
    bool departed_ = false;
};

}  // namespace ingot

#endif
