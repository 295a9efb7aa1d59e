/* SPDX-License-Identifier: GPL-2.0-or-later
 * fresh: says what it finds when it begins, leaves nothing as it was, and ends as a letter tells: so a restart can be held against the first boot
 */
#include "guest.h"

enum { RBR = 0, THR = 0, IER = 1, LSR = 5, LSR_DR = 1, IER_THRE = 2 };
enum { WORDS = 9, SIGNAL = 41, IROUTER = 0x6000 };
#define CPU_ON 0xc4000003ul
#define SYSTEM_OFF 0x84000008ul
#define SYSTEM_RESET 0x84000009ul
#define RAM_END 0x40200000ul
#define FRAME 31250                     /* restart.xml: 500 us and 300 us, in ticks of 16 ns */
#define SLOT_END 18750
#define DMAQ 0x0b010000ul
#define DMA_RING 0x40100000ul

int64_t call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t *results, uint64_t immediate);
void spoil_simd(uint64_t value);
void fresh_main(const char *tree, uint64_t registers, uint64_t memory);
void fresh_second(uint64_t context, uint64_t registers);
void fresh_unexpected(void);
extern char fresh_second_entry[], _start[], boot_end[], image_end[];

static volatile uint8_t *uart;
static uint32_t uart_intid;
static volatile uint32_t second;        /* a letter for it */

/* Of the form that has a syndrome: what a compiler makes of a volatile access may step its address. */
static uint32_t get(uint64_t at) { uint32_t v; __asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(at) : "memory"); return v; }
static void put(uint64_t at, uint32_t v) { __asm__ volatile("str %w0, [%1]" :: "r"(v), "r"(at) : "memory"); }
static void put8(uint64_t at, uint32_t v) { __asm__ volatile("strb %w0, [%1]" :: "r"(v), "r"(at) : "memory"); }

static void text(const char *s)
{
    while (*s) {
        uart[THR] = *s++;
    }
}

static void hex(const char *what, uint64_t v)
{
    text(what);
    for (int shift = 60; shift >= 0; shift -= 4) {
        uart[THR] = "0123456789abcdef"[v >> shift & 15];
    }
}

void fresh_unexpected(void)
{
    hex("fresh: UNEXPECTED: ESR ", READ_SYSREG(esr_el1));
    hex(" ELR ", READ_SYSREG(elr_el1));
    text("\n");
    for (;;) {
        WFI();
    }
}

/* Of the only UART's node. A board of these tests gives the UART at 0x0b00n000 SPI 176 + n. */
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

static void add(uint64_t *sum, uint64_t v) { *sum = (*sum ^ v) * 0x100000001b3ul; }

/* All that the virtual GIC tells of itself. */
static uint64_t interrupts(uint64_t gicr)
{
    static const uint32_t groups[] = { ISENABLER, ISPENDR, ISACTIVER };
    uint64_t sum = 0;
    add(&sum, get(GICD));
    add(&sum, get(gicr + 0x14));
    for (uint32_t word = 0; word < WORDS; word++) {
        uint64_t base = word ? GICD : gicr + 0x10000;
        for (unsigned g = 0; g < 3; g++) {
            add(&sum, get(base + groups[g] + word * 4));
        }
        for (uint32_t i = 0; i < 32; i += 4) {
            add(&sum, get(base + IPRIORITYR + word * 32 + i));
        }
        add(&sum, get(base + ICFGR + word * 8));
        add(&sum, get(base + ICFGR + word * 8 + 4));
        for (uint32_t i = 0; word && i < 32; i++) {
            add(&sum, get(GICD + IROUTER + (word * 32 + i) * 8));
        }
    }
    return sum;
}

/* In which order eight SGIs come that nobody has given a priority: more than there are list registers. */
static uint64_t order(void)
{
    uint64_t sum = 0;
    put(GICR + 0x14, 0);
    put(GICD, 0x12);
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    put(GICR_SGI + ISENABLER, 0xff00);
    for (uint64_t i = 8; i < 16; i++) {
        WRITE_SYSREG(ICC_SGI1R_EL1, i << 24 | 1);
    }
    for (unsigned i = 0; i < 8;) {
        uint64_t intid = READ_SYSREG(ICC_IAR1_EL1);
        if (intid < 16) {
            WRITE_SYSREG(ICC_EOIR1_EL1, intid);
            sum = sum << 4 | intid;
            i++;
        }
    }
    return sum;
}

/* Interrupts: one active that is physical and one that is not, others pending, each with another priority, edges, another target; a timer that is due. */
static void spoil_interrupts(uint64_t gicr, bool first)
{
    put(gicr + 0x14, 0);
    put(GICD, 0x12);
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_BPR1_EL1, 3);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    for (uint32_t word = 0; word < WORDS; word++) {
        uint64_t base = word ? GICD : gicr + 0x10000;
        for (uint32_t i = 0; i < 32; i += 4) {
            put(base + IPRIORITYR + word * 32 + i, 0x48484848);
        }
    }
    if (first) {
        put(GICD + ICFGR + uart_intid / 16 * 4, ~0u);
        put(GICD + ISENABLER + uart_intid / 32 * 4, 1u << uart_intid % 32);
        uart[IER] = IER_THRE;               /* an interrupt of its device, taken and not ended; then its line is low again */
        while (READ_SYSREG(ICC_IAR1_EL1) != uart_intid) {
        }
        uart[IER] = 0;
        put(GICD + ISPENDR + uart_intid / 32 * 4, 1u << uart_intid % 32);
        put(GICD + ISENABLER + 4, ~0u);
        put(GICD + ISPENDR + 4, 3u << (SIGNAL - 32));
        put(GICD + IROUTER + uart_intid * 8, 1);
        put(GICD + IROUTER + SIGNAL * 8, 1);
    }
    put8(gicr + 0x10000 + IPRIORITYR + 3, 0x20);
    for (uint32_t i = 8; i < 16; i++) {
        put8(gicr + 0x10000 + IPRIORITYR + i, 0xf0 - 8 * i);       /* the last one first */
    }
    put(gicr + 0x10000 + ISENABLER, ~0u);
    WRITE_SYSREG(ICC_SGI1R_EL1, 3ul << 24 | 3);
    WRITE_SYSREG(ICC_SGI1R_EL1, 4ul << 24 | 3);
    while (READ_SYSREG(ICC_IAR1_EL1) != 3) {
    }
    put(gicr + 0x10000 + ICENABLER, 1u << 30);
    put(gicr + 0x10000 + ISPENDR, 1u << 30);            /* a PPI that nobody takes */
    WRITE_SYSREG(cntv_cval_el0, 1);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    WRITE_SYSREG(cntp_cval_el0, READ_SYSREG(cntpct_el0) + 3000);
    WRITE_SYSREG(cntp_ctl_el0, 1);
}

static void spoil_registers(void)
{
    WRITE_SYSREG(tpidr_el0, 1);
    WRITE_SYSREG(tpidr_el1, 2);
    WRITE_SYSREG(tpidrro_el0, 3);
    WRITE_SYSREG(contextidr_el1, 4);
    WRITE_SYSREG(ttbr0_el1, 0x40001000);
    WRITE_SYSREG(mair_el1, 0xff);
    WRITE_SYSREG(cntkctl_el1, 3);
    WRITE_SYSREG(sp_el0, 5);
    WRITE_SYSREG(par_el1, 6);
    WRITE_SYSREG(dbgbvr0_el1, 0x40000000);
    WRITE_SYSREG(dbgbcr0_el1, 0x1e7);
    WRITE_SYSREG(dbgwcr3_el1, 0x1ff8);
    WRITE_SYSREG(dbgwvr3_el1, 0x40000000);
    spoil_simd(0x0123456789abcdef);
}

/* Where it began, and all that is not its own code and data, up to its device tree's end. */
static void spoil_memory(void)
{
    for (uint64_t *p = (uint64_t *)_start; p < (uint64_t *)boot_end; p++) {
        *(volatile uint64_t *)p = 0xdeaddeaddeaddeadul;
    }
    for (uint64_t at = ((uint64_t)image_end + 7) & ~7ul; at < RAM_END; at += 8) {
        *(volatile uint64_t *)at = ~at;
    }
}

/* Of a DMA engine, longer than a restart takes (vdevices/dmaq/README.md). */
static void transfer(void)
{
    volatile uint64_t *descriptor = (volatile uint64_t *)DMA_RING;
    descriptor[0] = DMA_RING + 0x10000;
    descriptor[1] = DMA_RING + 0x60000;
    descriptor[2] = 0x50000;
    descriptor[3] = 0;
    put(DMAQ + 0x10, DMA_RING);
    put(DMAQ + 0x14, 0);
    put(DMAQ + 0x18, 2);
    put(DMAQ + 0x08, 1);
    put(DMAQ + 0x1c, 1);
}

static void end_by(int letter)
{
    switch (letter) {
    case 'r': call(SYSTEM_RESET, 0, 0, 0, 0, 0); break;
    case 'l':                           /* 2 us before its slot of restart.xml ends */
        while (READ_SYSREG(cntpct_el0) % FRAME < SLOT_END - 125) {
        }
        /* fall through */
    case 'd': put(0x09000000, 1); break;
    case 'i': ((void (*)(void))0x0a000000)(); break;
    case 'o': call(SYSTEM_OFF, 0, 0, 0, 0, 0); break;
    default: return;
    }
    text("fresh: WRONG: this VM still runs\n");
}

void fresh_second(uint64_t context, uint64_t registers)
{
    hex("fresh: second: context ", context);
    hex(", registers ", registers);
    hex(", interrupts ", interrupts(GICR + 0x20000));
    text("\n");
    spoil_registers();
    spoil_interrupts(GICR + 0x20000, false);
    text("fresh: second is ready\n");
    while (!second) {
        __asm__ volatile("yield");
    }
    end_by(second);
    for (;;) {
        WFI();
    }
}

/* Another VM's, raised before this one begins */
static bool signalled(void) { return get(GICD + ISPENDR + 4) >> (SIGNAL + 1 - 32) & 1; }

void fresh_main(const char *tree, uint64_t registers, uint64_t memory)
{
    uint64_t address = uart_of(tree);
    uart = (volatile uint8_t *)address;
    uart_intid = 32 + 176 + (address >> 12 & 0xff);
    hex("fresh: memory ", memory);
    hex(", registers ", registers);
    hex(", interrupts ", interrupts(GICR));
    text("\n");
    hex("fresh: order ", order());
    text("\n");
    if (signalled()) {
        text("fresh: a signal waits\n");
    }
    spoil_memory();
    spoil_registers();
    spoil_interrupts(GICR, true);
    text("fresh: ready\n");
    for (;;) {
        for (volatile int i = 0; i < 2000; i++) {           /* a look at the UART is an event of the board */
        }
        int letter = uart[LSR] & LSR_DR ? uart[RBR] : 0;
        if (letter == 't') {
            transfer();
            text("fresh: a transfer is under way\n");
        } else if (letter == 'g') {
            call(1, 0, 0, 0, 0, 1);         /* the signal that it may raise */
        } else if (letter == 'n') {
            call(CPU_ON, 1, (uint64_t)fresh_second_entry, 0x5ec0, 0, 0);
        } else if (letter >= 'A' && letter <= 'Z') {
            second = letter - 'A' + 'a';
        } else {
            end_by(letter);
        }
    }
}
