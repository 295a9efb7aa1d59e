/* SPDX-License-Identifier: GPL-2.0-or-later
 * Semaphores: counted by who has the capability, or by a device's interrupt; whoever waits sleeps in its own time
 *
 * Nobody is queued: a core that waits leaves its bit, and looks again when it is woken. So a wait ends with each interrupt of the waiting core too, and its slot's
 * end is never late.
 */
#include "hyp.h"

static struct {
    uint32_t count;
    uint32_t cores;             /* a bit a core that has found it at 0 */
    uint32_t active;            /* its interrupt has come, and must not again before somebody goes down for it */
} semaphores[HYP_SEMAPHORES_MAX];

void semaphore_init(void)
{
    for (uint32_t n = 0; n < hyp_semaphore_count; n++) {
        semaphores[n].count = hyp_semaphores[n].count;
    }
}

int64_t semaphore_up(uint32_t n)
{
    uint32_t count = __atomic_load_n(&semaphores[n].count, __ATOMIC_SEQ_CST);
    do {
        if (count == ~0u) {
            return CALL_BAD;
        }
    } while (!__atomic_compare_exchange_n(&semaphores[n].count, &count, count + 1, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    uint32_t cores = __atomic_exchange_n(&semaphores[n].cores, 0, __ATOMIC_SEQ_CST) & ~(1u << arch_core()->id);
    for (; cores; cores &= cores - 1) {
        gic_kick(&hyp_cores[__builtin_ctz(cores)]);
    }
    return 0;
}

static bool take(uint32_t n)
{
    uint32_t count = __atomic_load_n(&semaphores[n].count, __ATOMIC_SEQ_CST);
    while (count && !__atomic_compare_exchange_n(&semaphores[n].count, &count, count - 1, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
    return count;
}

int64_t semaphore_down(struct vcpu *v, uint32_t n, uint64_t deadline)
{
    if (__atomic_exchange_n(&semaphores[n].active, 0, __ATOMIC_ACQUIRE)) {
        WRITE_SYSREG(ICC_DIR_EL1, hyp_semaphores[n].intid);
    }
    __atomic_fetch_or(&semaphores[n].cores, 1u << v->core->id, __ATOMIC_SEQ_CST);       /* who counts up from here on tells this core */
    if (take(n)) {
        return 0;
    }
    if (deadline <= arch_now()) {
        return CALL_TIMEOUT;
    }
    if (v->monitor || lists_empty()) {          /* a guest's interrupt that is pending would not end the sleep */
        arch_sleep(deadline);
    }
    return take(n) ? 0 : deadline <= arch_now() ? CALL_TIMEOUT : CALL_INTERRUPTED;
}

void semaphore_interrupt(uint32_t intid)
{
    for (uint32_t n = 0; n < hyp_semaphore_count; n++) {
        if (hyp_semaphores[n].intid == intid) {
            semaphores[n].active = 1;
            semaphore_up(n);
        }
    }
}
