/* SPDX-License-Identifier: GPL-2.0-or-later
 * A supervisor: says what has failed, and does to it what letters tell; a digit says to whom
 */
#include "guest.h"
#include "hypervisor/include/control.h"
#include "hypervisor/include/layout.h"

enum { RBR = 0, THR = 0, LSR = 5, LSR_DR = 1 };
#define INTID 41
#define UART 0x0b001000ul
#define EL2H 9

void check_main(void);
void check_irq(void);
void check_unexpected(void);

static volatile uint8_t *const uart = (volatile uint8_t *)UART;
static uint64_t selector;

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

static void hex(const char *what, uint64_t v)
{
    int shift = 60;
    text(what);
    text("0x");
    for (; shift && !(v >> shift); shift -= 4) {
    }
    for (; shift >= 0; shift -= 4) {
        uart[THR] = "0123456789abcdef"[v >> shift & 15];
    }
}

void check_irq(void) { }
void check_unexpected(void)
{
    hex("supervise: UNEXPECTED: ESR ", READ_SYSREG(esr_el1));
    for (;;) {
        WFI();
    }
}

static int64_t call(uint64_t number, uint64_t a, uint64_t *b)
{
    register uint64_t x0 __asm__("x0") = number | selector << 8;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = *b;
    __asm__ volatile("hvc #1" : "+r"(x0), "+r"(x1), "+r"(x2) :: "memory");
    *b = x2;
    return x0;
}

static uint64_t get(uint64_t number)
{
    uint64_t v = 0;
    if (call(CALL_REGISTER, number, &v)) {
        text("supervise: WRONG: a register cannot be read\n");
    }
    return v;
}

static void set(uint64_t number, uint64_t v)
{
    if (call(CALL_SET_REGISTER, number, &v)) {
        text("supervise: WRONG: a register cannot be written\n");
    }
}

static void control(uint64_t command)
{
    uint64_t unused = 0;
    int64_t r = call(CALL_CONTROL, command, &unused);
    text(r == 0 ? "supervise: done\n" : r == CALL_NOT_NOW ? "supervise: not now\n" : "supervise: refused\n");
}

/* Who has failed, if it has. */
static void report(void)
{
    static const char *const phases[] = { "runs", "halting", "halted", "ending", "loading", "resuming", "stopped" };
    text("supervise: ");
    text(phases[get(REGISTER_PHASE)]);
    hex(" vcpu ", get(REGISTER_FAULT_VCPU));
    hex(" esr ", get(REGISTER_FAULT_ESR));
    hex(" far ", get(REGISTER_FAULT_FAR));
    hex(" ipa ", get(REGISTER_FAULT_IPA));
    hex(" restarts ", get(REGISTER_RESTARTS));
    text("\n");
}

static void registers(void)
{
    uint64_t vcpu = (get(REGISTER_FAULT_VCPU) & 0xff) << 8;
    hex("supervise: pc ", get(vcpu | REGISTER_PC));
    hex(" pstate ", get(vcpu | REGISTER_PSTATE));
    hex(" ttbr0 ", get(vcpu | REGISTER_TTBR0_EL1));
    hex(" sp ", get(vcpu | REGISTER_SP_EL1));
    text("\n");
}

/* The instruction is done. */
static void skip(void)
{
    uint64_t pc = (get(REGISTER_FAULT_VCPU) & 0xff) << 8 | REGISTER_PC;
    set(pc, get(pc) + 4);
    control(CONTROL_RESUME);
}

static void refused(uint64_t number, uint64_t a, uint64_t b, int64_t wanted, const char *what)
{
    if (call(number, a, &b) != wanted) {
        text("supervise: WRONG: ");
        text(what);
        text("\n");
    }
}

/* Of a halted VM: every general register keeps what is written; what none may write is refused. */
static void probe(void)
{
    for (uint64_t n = 0; n < 31; n++) {
        uint64_t old = get(n);
        set(n, ~old);
        if (get(n) != ~old) {
            text("supervise: WRONG: a register does not keep its value\n");
        }
        set(n, old);
    }
    for (uint64_t n = REGISTER_PC; n <= REGISTER_VBAR_EL1; n++) {
        set(n, get(n));
    }
    refused(CALL_SET_REGISTER, REGISTER_PSTATE, EL2H, CALL_BAD, "PSTATE of EL2");
    refused(CALL_SET_REGISTER, REGISTER_PSTATE, 0x3cd, CALL_BAD, "PSTATE of EL3");
    refused(CALL_SET_REGISTER, REGISTER_PSTATE, 0x1d3, CALL_BAD, "PSTATE of AArch32 EL1");
    refused(CALL_SET_REGISTER, REGISTER_PSTATE, 5ul << 32 | 5, CALL_BAD, "PSTATE of more than 32 bits");
    for (uint64_t n = REGISTER_SCTLR_EL1; n < 256; n++) {
        refused(CALL_SET_REGISTER, n, 0, CALL_BAD, "a register that is only read, or none");
    }
    refused(CALL_REGISTER, 31, 0, CALL_BAD, "register 31");
    refused(CALL_REGISTER, REGISTER_TTBR1_EL1 + 1, 0, CALL_BAD, "a register behind the last one");
    refused(CALL_REGISTER, REGISTER_PHASE + 1, 0, CALL_BAD, "a VM's register behind the last one");
    refused(CALL_REGISTER, 2 << 8, 0, CALL_BAD, "a vCPU that it does not have");
    refused(CALL_REGISTER, ~0ul, 0, CALL_BAD, "a vCPU beyond all numbers");
    refused(CALL_CONTROL, CONTROL_RESTART + 1, 0, CALL_BAD, "a command that there is not");
    text("supervise: probed\n");
}

/* No capability, or one of another type; a VM that runs. */
static void others(void)
{
    uint64_t of = selector;
    for (uint64_t call = CALL_REGISTER; call <= CALL_CONTROL; call++) {
        for (selector = 4; selector < 1ul << 40; selector *= 5) {
            refused(call, 0, 0, CALL_BAD, "another selector");
        }
    }
    selector = of;
    refused(CALL_REGISTER, 0, 0, CALL_NOT_NOW, "a register of a VM that runs");
    refused(CALL_SET_REGISTER, REGISTER_PC, 0, CALL_NOT_NOW, "a register of a VM that runs, to be written");
    refused(CALL_CONTROL, CONTROL_RESUME, 0, CALL_NOT_NOW, "a VM that runs, to be resumed");
    text("supervise: others\n");
}

static void obey(int letter)
{
    switch (letter) {
    case '0': case '1': case '2': case '3': selector = letter - '0'; break;
    case 'f': report(); break;
    case 'g': registers(); break;
    case 'k': skip(); break;
    case 'p': probe(); break;
    case 'n': others(); break;
    case 'c': control(CONTROL_RESUME); break;
    case 'h': control(CONTROL_HALT); break;
    case 's': control(CONTROL_RESTART); break;
    }
}

void check_main(void)
{
    *reg(GICD) = 0x12;                  /* ARE, group 1 */
    *reg(GICR + 0x14) = 0;
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    *reg(GICD + ISENABLER + 4) = 1u << (INTID - 32);
    text("supervise: ready\n");
    for (;;) {
        for (volatile int i = 0; i < 2000; i++) {
        }
        if (READ_SYSREG(ICC_IAR1_EL1) == INTID) {
            WRITE_SYSREG(ICC_EOIR1_EL1, INTID);
            text("supervise: told\n");
        }
        if (uart[LSR] & LSR_DR) {
            obey(uart[RBR]);
        }
    }
}
