/* SPDX-License-Identifier: GPL-2.0-or-later
 * check: what a VM may expect of the hypervisor, one line of console each; then the letters that end it
 */
#include "check.h"

enum { RBR = 0, THR = 0, LSR = 5, LSR_DR = 1 };

static volatile uint8_t *uart;
static unsigned wrong, wrong_here;
static const char *current;

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

static void hex(uint64_t v)
{
    text("0x");
    for (int shift = v >> 32 ? 60 : 28; shift >= 0; shift -= 4) {
        uart[THR] = "0123456789abcdef"[v >> shift & 15];
    }
}

void expect(const char *what, uint64_t got, uint64_t wanted)
{
    if (got != wanted) {
        text("check: ");
        text(current);
        text(": WRONG: ");
        text(what);
        text(" is ");
        hex(got);
        text(", not ");
        hex(wanted);
        text("\n");
        wrong_here++;
    }
}

void check_unexpected(void)
{
    text("check: UNEXPECTED: ESR ");
    hex(READ_SYSREG(esr_el1));
    text(", ELR ");
    hex(READ_SYSREG(elr_el1));
    text("\n");
    for (;;) {
        WFI();
    }
}

/* The UARTs that the VM owns, and the least of their addresses: the console. A board of these tests gives the UART at
 * 0x0b00n000 SPI 176 + n. Its nodes are found by their names, "serial@ADDRESS". */
static unsigned uarts_of(const char *tree, uint64_t *console)
{
    static const char name[] = "serial@";
    const char *end = tree + __builtin_bswap32(*(const uint32_t *)(tree + 4));      /* totalsize */
    uint32_t seen = 0;
    unsigned count = 0;

    *console = ~0ul;
    for (unsigned same = 0; tree < end; tree++) {
        same = *tree == name[same] ? same + 1 : *tree == name[0];
        if (same == sizeof name - 1) {
            uint64_t address = 0;
            for (const char *s = tree + 1; *s; s++) {
                address = address << 4 | (*s <= '9' ? *s - '0' : *s - 'a' + 10);
            }
            *console = address < *console ? address : *console;
            count += !(seen >> (address >> 12 & 31) & 1);       /* /chosen names the console too */
            seen |= 1u << (address >> 12 & 31);
            same = 0;
        }
    }
    return count;
}

static const struct {
    const char *name;
    void (*run)(void);
} checks[] = {
    { "most urgent first, of more than the list registers", check_list_order },
    { "16 SGIs", check_sgis },
    { "nested deeper than the list registers", check_nesting },
    { "more urgent ones that wait come within a handler", check_waiting },
    { "a more urgent one takes the list register of a less urgent one", check_preempting },
    { "disabling takes back what is pending", check_withdrawing },
    { "clearing pending", check_clearing },
    { "active and pending bits", check_states },
    { "interrupts of others", check_foreign },
    { "GICD_CTLR", check_group },
    { "virtual timer", check_timer },
    { "PSCI", check_psci },
    { "CPU_SUSPEND", check_suspend },
    { "system registers", check_sysregs },
    { "loads of every kind", check_loads },
    { "two vCPUs and an SPI", check_several },
};

#define TYPER_LAST (1u << 4)              /* GICR_TYPER: no vCPU behind it */
#define SIGNAL 40                        /* hypervisor/test/signals.xml */
static bool listens;

/* Raises the virtual interrupt of a capability, and listens for the one that others raise here. */
static bool signals(int letter)
{
    switch (letter) {
    case 'l':
        *reg(GICD + ISENABLER + SIGNAL / 32 * 4) = 1u << SIGNAL % 32;
        listens = true;
        text("check: listens\n");
        return true;
    case 'g':
        text(call_own(1) == 0 ? "check: raised\n" : "check: not raised\n");
        return true;
    case 'G':
        text(call_own(1 | 1 << 8) == -1 ? "check: no capability\n" : "check: WRONG: raised without a capability\n");
        return true;
    default:
        return false;
    }
}

static void hear(void)
{
    uint64_t intid = listens ? READ_SYSREG(ICC_IAR1_EL1) : 1023;
    if (intid == SIGNAL) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
        text("check: signal\n");
    }
}

static void without_syndrome(void)
{
    current = "without syndrome";
    wrong_here = 0;
    check_syndromes();
    text(wrong_here ? "check: FAILED\n" : "check: without syndrome: ok\n");
}

static void end_by(int letter)
{
    if (signals(letter)) {
        return;
    }
    switch (letter) {
    case 'w': without_syndrome(); return;
    case 'v': __asm__ volatile("mov x0, #3 << 20\n msr cpacr_el1, x0\n isb\n ldr q0, [%0], #16" :: "r"(0x09010fe0ul) : "x0", "memory"); break;
    case 'd': *reg(0x09000000) = 1; break;
    case 'i': ((void (*)(void))0x0a000000)(); break;
    case 's': WRITE_SYSREG(pmcr_el0, 1); break;
    case 'p': { uint64_t a, b; __asm__ volatile("ldp %0, %1, [%2]" : "=r"(a), "=r"(b) : "r"(GICD) : "memory"); break; }
    case 'z': (void)*reg8(GICD); break;
    case 'c': call_hvc(0x84000002, 0, 0, 0); break;
    case 'r': call_smc(0x84000009, 0, 0, 0); break;
    case 'o': call_hvc(0x84000008, 0, 0, 0); break;
    default: return;
    }
    text("check: WRONG: this VM still runs\n");
}

void check_main(const char *tree, uint64_t others, uint64_t daif, uint64_t sctlr, uint64_t el)
{
    uint64_t console;
    unsigned count = uarts_of(tree, &console);
    uart = (volatile uint8_t *)console;
    gic_spi = 32 + 176 + ((uint64_t)uart >> 12 & 0xff);
    current = "state at entry";
    expect("x1 to x30", others, 0);
    expect("DAIF", daif, 0x3c0);
    expect("SCTLR_EL1", sctlr, 0x30d00800);
    expect("CurrentEL", el, 1 << 2);
    expect("MPIDR_EL1", READ_SYSREG(mpidr_el1), 0x80000000);
    gic_init();
    bool several = !(*reg(GICR + 8) & TYPER_LAST);      /* other checks are for one vCPU */
    for (unsigned i = 0; count == GIC_SPIS && i < sizeof checks / sizeof checks[0]; i++) {
        if (several != (checks[i].run == check_several)) {
            continue;
        }
        wrong += wrong_here;
        wrong_here = 0;
        current = checks[i].name;
        checks[i].run();
        if (!wrong_here) {
            text("check: ");
            text(current);
            text(": ok\n");
        }
    }
    text(wrong + wrong_here ? "check: FAILED\n" : count == GIC_SPIS ? "check: all ok\n" : "check: ready\n");
    for (;;) {
        if (uart[LSR] & LSR_DR) {
            end_by(uart[RBR]);
        }
        hear();
    }
}
