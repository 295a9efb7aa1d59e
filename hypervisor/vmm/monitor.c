/* SPDX-License-Identifier: GPL-2.0-or-later
 * The monitor: exits come in, the models answer; what lies outside is hypercalls, its UART and the VM's memory
 */
#include "hypervisor/include/monitor.h"
#include "monitor_decode.h"
#include "vmm.h"

struct reply { uint64_t value, result; };
struct reply monitor_exit(uint64_t exit, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t now);
int64_t monitor_call(uint64_t x0, uint64_t x1);

enum { UART_DATA = 0, UART_IER = 1, UART_LSR = 5, LSR_DR = 1, LSR_THRE = 0x20, INPUT = 256 };

static const struct monitor_config *const config = (const struct monitor_config *)MONITOR_CONFIG;
static struct vmm_bus bus;
static struct pl011 uart;
static struct pl031 rtc;
static struct virtio_console console;
static struct virtio_block block;
static bool up;
static uint64_t time_ns;                /* of the exit */
static uint32_t high;                   /* interrupt lines */
static uint8_t input[INPUT];            /* what the guest has not taken yet */
static size_t input_count;

static volatile uint8_t *reg(unsigned offset) { return (volatile uint8_t *)(config->uart + offset); }

static void irq(void *opaque, uint32_t spi, bool level)
{
    (void)opaque;
    high = level ? high | 1u << spi : high & ~(1u << spi);
    monitor_call((level ? CALL_RAISE : CALL_LOWER) | (uint64_t)spi << 8, 0);
}

static void output(void *opaque, uint32_t line, const uint8_t *bytes, size_t len)
{
    (void)opaque;
    for (size_t i = 0; i < len && config->uart && line == 0; i++) {
        while (!(*reg(UART_LSR) & LSR_THRE)) {
        }
        *reg(UART_DATA) = bytes[i];
    }
}

static uint64_t now_ns(void *opaque)
{
    (void)opaque;
    return time_ns;
}

static void alarm(void *opaque, uint64_t deadline_ns)
{
    (void)opaque;
    monitor_call(CALL_ALARM, deadline_ns);
}

static void *memory(void *opaque, uint64_t gpa, uint64_t len)
{
    (void)opaque;
    const struct vmm_region ram = { .gpa = config->ram_ipa, .size = config->ram_size, .at = (void *)config->ram_ipa };
    return vmm_region_at(&ram, 1, gpa, len);
}

static const struct vmm_outside outside = { .irq = irq, .console = output, .now_ns = now_ns, .alarm = alarm, .memory = memory };

static void start(void)
{
    const struct virtio_block_disk disk = { .at = (void *)MONITOR_DISK, .size = config->disk_size, .id = "disk0" };
    bus_init(&bus, &outside);
    for (uint32_t i = 0; i < config->device_count; i++) {
        const struct monitor_device *d = &config->devices[i];
        const struct vmm_place place = { .gpa = d->base, .spi = d->spi, .line = d->line };
        struct virtio_block_disk of = disk;
        of.read_only = d->read_only;
        switch (d->kind) {
        case MONITOR_PL011: pl011_init(&uart, &bus, &place); break;
        case MONITOR_PL031: pl031_init(&rtc, &bus, &place, config->epoch); break;
        case MONITOR_VIRTIO_CONSOLE: virtio_console_init(&console, &bus, &place); break;
        case MONITOR_VIRTIO_BLOCK: virtio_block_init(&block, &bus, &place, &of); break;
        }
    }
    if (config->uart) {
        *reg(UART_IER) = 1;             /* received data */
    }
}

static void take_input(void)
{
    while (config->uart && *reg(UART_LSR) & LSR_DR) {
        uint8_t byte = *reg(UART_DATA);
        if (input_count < INPUT) {
            input[input_count++] = byte;
        }
    }
}

static void offer_input(void)
{
    size_t taken = input_count ? bus_input(&bus, 0, input, input_count) : 0;
    input_count -= taken;
    for (size_t i = 0; taken && i < input_count; i++) {
        input[i] = input[i + taken];
    }
}

/* A level that is still there when the guest ends its interrupt comes again: it is pending beside being active. */
static void raise_again(void)
{
    for (uint32_t lines = high; lines; lines &= lines - 1) {
        monitor_call(CALL_RAISE | (uint64_t)__builtin_ctz(lines) << 8, 0);
    }
}

static struct reply decode(uint64_t gpa)
{
    const volatile uint32_t *at = memory(0, gpa, sizeof *at);
    struct reply r = { 0, REPLY_REFUSED };
    if (at && decode_a64(*at, &r.value)) {
        r.result = REPLY_DONE;
    }
    return r;
}

struct reply monitor_exit(uint64_t exit, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t now)
{
    struct vmm_mmio m = { .gpa = x1, .value = x2, .size = x3 & 0xff, .write = x3 >> 8 & 1 };
    struct reply r = { 0, REPLY_DONE };
    time_ns = now;
    if (!up) {
        start();
        up = true;
    }
    if (exit == EXIT_MMIO) {
        r.result = bus_mmio(&bus, &m) == VMM_DONE ? REPLY_DONE : REPLY_REFUSED;
        r.value = m.value;
    } else if (exit == EXIT_DECODE) {
        r = decode(x1);
    } else if (exit == EXIT_INPUT) {
        take_input();
    } else {
        bus_time(&bus);
    }
    offer_input();
    raise_again();
    return r;
}
