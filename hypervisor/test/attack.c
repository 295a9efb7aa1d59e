/* SPDX-License-Identifier: GPL-2.0-or-later
 * attack: a guest that does all it can to others, an attack a letter; one line of console each
 */
#include "attack.h"

enum { RBR = 0, THR = 0, IER = 1, LSR = 5, LSR_DR = 1 };

#define ROOM 4096                       /* instructions */
#define RET 0xd65f03c0u

static volatile uint8_t *uart;
static uint32_t room[ROOM] __attribute__((aligned(64)));
uint32_t attack_uart_intid;
bool attack_failed;
volatile uint64_t fault_esr = ESR_NONE, fault_far, fault_count, fault_steps;
volatile bool fault_expected;

void say(const char *text)
{
    while (*text) {
        uart[THR] = *text++;
    }
}

void say_number(uint64_t v)
{
    if (v >= 10) {
        say_number(v / 10);
    }
    uart[THR] = '0' + v % 10;
}

void say_hex(uint64_t v)
{
    say("0x");
    for (int shift = v >> 32 ? 60 : 28; shift >= 0; shift -= 4) {
        uart[THR] = "0123456789abcdef"[v >> shift & 15];
    }
}

void count_of(uint64_t n, const char *what)
{
    say_number(n);
    say(" ");
    say(what);
    say(", ");
}

void require(bool holds, const char *what)
{
    if (!holds && !attack_failed) {
        say("WRONG: ");
        say(what);
        say(", ");
    }
    attack_failed |= !holds;
}

uint64_t random64(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15ul;   /* Marsaglia, "Xorshift RNGs", 2003: 13, 7, 17 */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

void attack_lost(void)
{
    say("attack: UNEXPECTED exception: ESR ");
    say_hex(READ_SYSREG(esr_el1));
    say(", ELR ");
    say_hex(READ_SYSREG(elr_el1));
    say("\n");
    for (;;) {
        WFI();
    }
}

void attack_sync(struct frame *f)
{
    uint64_t esr = READ_SYSREG(esr_el1);
    if (!fault_expected) {
        attack_lost();
    }
    if (esr >> 26 == 0x33) {                    /* a step: one more */
        fault_steps++;
        f->spsr |= 1ul << 21;
        return;
    }
    fault_esr = esr;
    fault_far = READ_SYSREG(far_el1);
    fault_count++;
    f->elr = esr >> 26 == 0x21 ? f->lr : f->elr + 4;    /* a fetch: back to who jumped */
}

uint32_t *program(unsigned words)
{
    room[words] = RET;
    return room;
}

void program_written(unsigned words)
{
    for (uint64_t at = (uint64_t)room; at <= (uint64_t)(room + words); at += 16) {
        __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0" :: "r"(at) : "memory");
    }
    __asm__ volatile("dsb ish\n isb" ::: "memory");
}

uint64_t run_program(unsigned words, uint64_t value, uint64_t *sum)
{
    program_written(words);
    register uint64_t x0 __asm__("x0") = value;
    register uint64_t x1 __asm__("x1") = sum ? *sum : 0;
    __asm__ volatile("blr %2" : "+r"(x0), "+r"(x1) : "r"(room)
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x30",
                       "cc", "memory");
    if (sum) {
        *sum = x1;
    }
    return x0;
}

uint64_t execute(uint32_t instruction, uint64_t x0)
{
    program(1)[0] = instruction;
    fault_esr = ESR_NONE;
    fault_expected = true;
    x0 = run_program(1, x0, 0);
    fault_expected = false;
    return x0;
}

/* Address of the only UART, from its node's name. A board of these tests gives the UART at 0x0b00n000 SPI 176 + n. */
static uint64_t uart_of(const char *tree)
{
    static const char name[] = "serial@";
    uint64_t address = 0;
    for (unsigned same = 0; same < sizeof name - 1; tree++) {
        same = *tree == name[same] ? same + 1 : *tree == name[0];
    }
    for (; *tree; tree++) {
        address = address << 4 | (*tree <= '9' ? *tree - '0' : *tree - 'a' + 10);
    }
    return address;
}

static const struct {
    char letter;
    const char *name;
    void (*run)(void);
} attacks[] = {
    { 's', "sysreg", attack_sysregs },
    { 'h', "hvc", attack_hvc },
    { 'm', "smc", attack_smc },
    { 'i', "immediates", attack_immediates },
    { 'o', "own hypercalls", attack_own_calls },
    { 'p', "psci", attack_psci },
    { 't', "timer", attack_timer },
    { 'n', "interrupts", attack_interrupts },
    { 'v', "vgic", attack_vgic },
    { 'l', "leak", attack_leaks },
    { 'c', "caches", attack_caches },
    { 'x', "outside", attack_outside },
    { 'u', "EL0", attack_el0 },
    { 'a', "AArch32", attack_aarch32 },
    { 'y', "translation", attack_walk },
    { 'b', "debug", attack_debug },
    { 'd', "DMA", attack_dma },
    { 'z', "without syndrome", attack_decode },
    { 'L', "listen", attack_listen },
    { 'q', "heard", attack_heard },
};

static void obey(int letter)
{
    for (unsigned i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        if (attacks[i].letter == letter) {
            say("attack ");
            say(attacks[i].name);
            say(": ");
            attack_failed = false;
            attacks[i].run();
            gic_calm();
            put32(GICD + ISENABLER + 4, attack_listens ? ~0u : 0);
            say(attack_failed ? "FAILED\n" : "ok\n");
            return;
        }
    }
    attack_memory(letter);
}

/* Sleeps until somebody types: an attacker that does nothing leaves its core's turns to others. */
void attack_main(const char *tree)
{
    uint64_t address = uart_of(tree);
    uart = (volatile uint8_t *)address;
    attack_uart_intid = 32 + 176 + (address >> 12 & 0xff);
    gic_calm();
    uart[IER] = 1;                      /* received data available */
    say("attack: ready\n");
    for (;;) {
        while (!(uart[LSR] & LSR_DR)) {
            WFI();
            attack_hear(gic_take());    /* one: the level is there until RBR is read */
        }
        obey(uart[RBR]);
    }
}
