/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wild hypercalls: function numbers, immediates and arguments of which few mean anything
 */
#include "attack.h"

bool attack_listens;

#define NOT_SUPPORTED -1l
#define SMC64 0x40000000u

/* SMCCC: function and seven arguments; x0 to x3 come back */
#define CALL(instruction) \
    register uint64_t x0 __asm__("x0") = a[0]; \
    register uint64_t x1 __asm__("x1") = a[1]; \
    register uint64_t x2 __asm__("x2") = a[2]; \
    register uint64_t x3 __asm__("x3") = a[3]; \
    register uint64_t x4 __asm__("x4") = a[4]; \
    register uint64_t x5 __asm__("x5") = a[5]; \
    register uint64_t x6 __asm__("x6") = a[6]; \
    register uint64_t x7 __asm__("x7") = a[7]; \
    __asm__ volatile(instruction : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : "r"(x4), "r"(x5), "r"(x6), "r"(x7) : "memory"); \
    return x0

static int64_t hvc0(const uint64_t *a) { CALL("hvc #0"); }
static int64_t hvc1(const uint64_t *a) { CALL("hvc #1"); }
static int64_t smc0(const uint64_t *a) { CALL("smc #0"); }

/* What ends the VM by its own wish (Arm DEN 0022 5.1): CPU_OFF, SYSTEM_OFF, SYSTEM_RESET, SYSTEM_RESET2. The first three have
 * no 64-bit number: what looks like one is nobody's. */
static bool ends_the_vm(uint32_t function)
{
    return function == 0x84000002 || function == 0x84000008 || function == 0x84000009 || (function & ~SMC64) == 0x84000012;
}

/* Half of them near those that there are: Arm architecture calls, PSCI, each in 32 and 64 bits, fast and yielding */
static uint64_t function_number(void)
{
    uint64_t r = random64(), f;
    switch (r >> 60 & 3) {
    case 0:
        return r * 0x9e3779b97f4a7c15ul;
    case 1:
        f = 0x84000000u | (r & 0x3f);
        break;
    case 2:
        f = 0x80000000u | (r & 0xffff);
        break;
    default:
        f = (r & 0x3f000000) | 0x80000000u | (r & 0xff);
    }
    return f | (r >> 40 & SMC64) | (r >> 56 & 1 ? 0 : r << 40);     /* half of them with dirt in 63:32, which is not read */
}

static void wild(int64_t (*call)(const uint64_t *))
{
    uint64_t refused = 0, a[8];
    unsigned tried = 0;
    gic_hold_sgi();                     /* CPU_SUSPEND returns at once */
    while (tried < 100000) {
        a[0] = function_number();
        if (ends_the_vm(a[0])) {
            continue;
        }
        for (unsigned i = 1; i < 8; i++) {
            a[i] = random64() >> (random64() & 63);
        }
        tried++;
        refused += call(a) == NOT_SUPPORTED;
    }
    count_of(tried, "tried");
    count_of(refused, "not supported");
    static const uint32_t no_such[] = { 0xc4000000, 0xc4000002, 0xc4000006, 0xc4000008, 0xc4000009, 0xc400000a };
    for (unsigned i = 0; i < sizeof no_such / sizeof no_such[0]; i++) {
        uint64_t one[8] = { no_such[i] };
        require(call(one) == NOT_SUPPORTED, "a 64-bit number of a function that has none is answered");
    }
}

void attack_hvc(void) { wild(hvc0); }
void attack_smc(void) { wild(smc0); }

#define BLOCK 1024
#define HVC(imm) (0xd4000002u | (imm) << 5)
#define SMC(imm) (0xd4000003u | (imm) << 5)
#define ADD_X1_X1_X0 0x8b000021u
#define MOV_X0_XZR 0xaa1f03e0u
#define SUB_X1_X1_1 0xd1000421u

/* Each immediate but 0 and 1, of HVC and SMC: nobody's, x0 is -1 (SMCCC 1.1 2.9). Immediate 0: function 0, which there is not.
 * The answers add up in x1. HVC #1 is the hypervisor's own call: anything may come back. */
static uint64_t immediates(bool smc)
{
    uint64_t sum = 0;
    for (unsigned imm = 0; imm < 65536; imm += BLOCK) {
        uint32_t *p = program(3 * BLOCK);
        for (unsigned i = 0; i < BLOCK; i++, p += 3) {
            p[0] = smc ? SMC(imm + i) : HVC(imm + i);
            p[1] = ADD_X1_X1_X0;
            p[2] = MOV_X0_XZR;
        }
        if (!imm && !smc) {
            program(3 * BLOCK)[3 + 1] = SUB_X1_X1_1;    /* HVC #1: whatever it said */
        }
        run_program(3 * BLOCK, 0, &sum);
    }
    return -sum;
}

void attack_immediates(void)
{
    uint64_t hvc = immediates(false), smc = immediates(true);
    count_of(2 * 65536, "tried");
    count_of(hvc, "HVC refused");
    count_of(smc, "SMC refused");
    require(hvc == 65536 && smc == 65536, "an immediate is answered");
}

/* x0: number 7:0, capability selector 63:8. The VM has two: interrupt 40 of its own, and 41 of another. Each answer is the one that they give: 0 for the calls that there
 * are, on those; all else is refused. */
#define CAPABILITIES 2
#define OWN 40
#define CALL_RAISE 1
#define CALL_LOWER 2

static int64_t right(uint64_t call)
{
    uint64_t number = call & 0xff, selector = call >> 8;
    return number == 0 || (number == CALL_RAISE && selector < CAPABILITIES) || (number == CALL_LOWER && selector == 0) ? 0 : -1;
}

void attack_own_calls(void)
{
    uint64_t tried = 0, refused = 0, wrong = 0, raised = 0, a[8];
    gic_hold_sgi();
    put32(GICD + ISENABLER + 4, ~0u);
    put8(GICD + IPRIORITYR + OWN, 0x40);        /* before the UART's, which may come for ever: somebody types */
    for (; tried < 1000000; tried++) {
        uint64_t r = random64();
        a[0] = (tried & 0xff) | (tried >> 8 & 1 ? r & 3 : r >> (r & 63)) << 8;         /* half of them near those that there are */
        for (unsigned i = 1; i < 8; i++) {
            a[i] = r = r * 6364136223846793005ul + i;       /* Knuth, MMIX */
        }
        uint64_t call = a[0];
        int64_t answer = hvc1(a);
        refused += answer < 0;
        if (answer != right(call) && !wrong++) {
            say("first wrong answer: ");
            say_hex(answer);
            say(" to ");
            say_hex(call);
            say(", ");
        }
        raised += (call & 0xff) == CALL_RAISE && call >> 8 < CAPABILITIES;
    }
    a[0] = CALL_RAISE;
    hvc1(a);
    uint32_t own = 0, strange = 0;
    for (unsigned n = 0; n < 64; n++) {
        uint32_t intid = gic_take();
        own += intid == OWN;
        strange += intid != OWN && intid != HELD_SGI && intid != attack_uart_intid && intid != NO_INTID;
    }
    count_of(tried, "tried");
    count_of(refused, "refused");
    count_of(raised, "raised");
    require(!wrong, "an answer that its capabilities do not give");
    require(own == 1 && !strange, "interrupts other than its own");
}

/* The other one: it may be interrupted by 41, and by nothing else. */
#define FROM_OUTSIDE 41
static uint64_t heard, strange;

void attack_hear(uint32_t intid)
{
    heard += intid == FROM_OUTSIDE;
    strange += intid != FROM_OUTSIDE && intid != NO_INTID && intid != attack_uart_intid;
}

void attack_listen(void)
{
    heard = strange = 0;
    attack_listens = true;
    count_of(32, "interrupts enabled");
}

void attack_heard(void)
{
    count_of(heard, "heard");
    count_of(strange, "strange ones");
    require(heard > 0 && !strange, "interrupts that nobody may raise, or none");
}
