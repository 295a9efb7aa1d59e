/* SPDX-License-Identifier: GPL-2.0-or-later
 * What becomes of a VM that has failed: restart, supervisor; between forge, the runtime, supervisors, and the program that puts memory back
 */
#ifndef HYP_CONTROL_H
#define HYP_CONTROL_H

/* The space of a restart, at EL1 with its MMU off: vmm/restart.S, its jobs, and what the VM begins with, which it may not write. The VM's memory is where the VM has
 * it, and what its monitor can write where the monitor has it (monitor.h). */
#define RESTART_TEXT 0x20000000
#define RESTART_JOBS 0x20001000
#define RESTART_COPY 0x20002000
#define RESTART_PATIENCE 1000000
#define RESTART_LINE 64                 /* bytes: what to, from and bytes of a job are multiples of */

/* CALL_REGISTER, CALL_SET_REGISTER: x1 is the vCPU's number in bits 15:8, in 7:0 a general register, or one of these; the value is in x2. Registers of the last fault
 * are not a vCPU's, and only read. */
#define REGISTER_PC 32
#define REGISTER_PSTATE 33              /* as SPSR_EL2 has it; of EL0 or EL1 */
#define REGISTER_SP_EL0 34
#define REGISTER_SP_EL1 35
#define REGISTER_ELR_EL1 36
#define REGISTER_SPSR_EL1 37
#define REGISTER_ESR_EL1 38
#define REGISTER_FAR_EL1 39
#define REGISTER_VBAR_EL1 40
#define REGISTER_SCTLR_EL1 41           /* this one and those after it are only read */
#define REGISTER_TCR_EL1 42
#define REGISTER_TTBR0_EL1 43
#define REGISTER_TTBR1_EL1 44
#define REGISTER_FAULT_VCPU 64          /* which has failed; bit 8: in its monitor */
#define REGISTER_FAULT_ESR 65           /* ESR_EL2, FAR_EL2 */
#define REGISTER_FAULT_FAR 66
#define REGISTER_FAULT_IPA 67           /* of an abort */
#define REGISTER_RESTARTS 68            /* so far */
#define REGISTER_PHASE 69               /* CONTROL_*, below; of a VM in any of them */

/* CALL_CONTROL: x1 */
#define CONTROL_RESUME 0                /* a halted VM goes on */
#define CONTROL_HALT 1                  /* a VM that runs is halted; its supervisor's interrupt comes when it is */
#define CONTROL_RESTART 2               /* it begins anew, whatever it does now; only with <restart>, and not above its limit */

/* What a VM is in */
#define PHASE_RUNS 0
#define PHASE_HALTING 1
#define PHASE_HALTED 2
#define PHASE_ENDING 3                  /* it begins anew when all its vCPUs are off */
#define PHASE_LOADING 4
#define PHASE_RESUMING 5
#define PHASE_STOPPED 6                 /* for good, or until CONTROL_RESTART */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* In order; behind the last one is one to 0. A job of 1 or 4 bytes writes `from` itself, to a device's register; one of 8 reads a register of 32 bits until it has no bit
 * of `from`, RESTART_PATIENCE times at most. */
struct restart_job {
    uint64_t to, bytes;
    uint64_t from;                      /* 0: zeroes */
};
#define RESTART_VMID 0x80               /* and the VM's own: that of the space */
#endif

#endif
