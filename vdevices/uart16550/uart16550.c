/* SPDX-License-Identifier: GPL-2.0-or-later
 * uart16550: the model (National PC16550D)
 *
 * A byte is sent in no time: THRE and TEMT always read 1, and the THRE interrupt is pending again after each write.
 * Only the receiver's character timeout takes the line's time.
 */
#include "uart16550_regs.h"
#include "vdevices/models.h"

enum { FIFO_SIZE = 16, QUEUE_SIZE = 4096, TIMER_TIMEOUT = 0, BAUD_CLOCK_HZ = 1843200 };

/* IIR.ID, highest priority first; NONE is bit 0 */
enum { ID_LINE_STATUS = 0x6, ID_DATA = 0x4, ID_TIMEOUT = 0xc, ID_THRE = 0x2, ID_MODEM = 0x0, ID_NONE = 0x1 };

#define MSR_DELTAS (UART16550_MSR_DCTS | UART16550_MSR_DDSR | UART16550_MSR_TERI | UART16550_MSR_DDCD)
#define MSR_CABLE (UART16550_MSR_CTS | UART16550_MSR_DSR | UART16550_MSR_DCD)     /* a ready neighbour */

struct uart {       /* no holes: each byte is in the field table */
    uint16_t queue_head, queue_count;
    uint8_t ier, fcr, lcr, mcr, msr, scr, dll, dlm;
    uint8_t overrun;            /* LSR.OE */
    uint8_t thre_pending;       /* THRE interrupt, until IIR tells it */
    uint8_t timeout_pending;    /* character timeout, until RBR is read */
    uint8_t line;               /* level of the interrupt line */
    uint8_t fifo_head, fifo_count;
    uint8_t fifo[FIFO_SIZE];
    uint8_t queue[QUEUE_SIZE];  /* bytes on the line that found no room in the FIFO */
};

static const struct vdev_field fields[] = {
    VDEV_FIELD(struct uart, ier), VDEV_FIELD(struct uart, fcr), VDEV_FIELD(struct uart, lcr), VDEV_FIELD(struct uart, mcr),
    VDEV_FIELD(struct uart, msr), VDEV_FIELD(struct uart, scr), VDEV_FIELD(struct uart, dll), VDEV_FIELD(struct uart, dlm),
    VDEV_FIELD(struct uart, overrun), VDEV_FIELD(struct uart, thre_pending), VDEV_FIELD(struct uart, timeout_pending),
    VDEV_FIELD(struct uart, line), VDEV_FIELD(struct uart, fifo_head), VDEV_FIELD(struct uart, fifo_count), VDEV_FIELD(struct uart, fifo),
    VDEV_FIELD(struct uart, queue_head), VDEV_FIELD(struct uart, queue_count), VDEV_FIELD(struct uart, queue),
    { NULL, 0, 0 },
};

static unsigned fifo_depth(const struct uart *u)
{
    return u->fcr & UART16550_FCR_ENABLE ? FIFO_SIZE : 1;
}

static unsigned trigger(const struct uart *u)
{
    static const uint8_t levels[] = { 1, 4, 8, 14 };

    return u->fcr & UART16550_FCR_ENABLE ? levels[u->fcr >> UART16550_FCR_TRIGGER_SHIFT] : 1;
}

static unsigned interrupt_id(const struct uart *u)
{
    if (u->ier & UART16550_IER_ELSI && u->overrun)
        return ID_LINE_STATUS;
    if (u->ier & UART16550_IER_ERBFI && u->fifo_count >= trigger(u))
        return ID_DATA;
    if (u->ier & UART16550_IER_ERBFI && u->timeout_pending)
        return ID_TIMEOUT;
    if (u->ier & UART16550_IER_ETBEI && u->thre_pending)
        return ID_THRE;
    if (u->ier & UART16550_IER_EDSSI && u->msr & MSR_DELTAS)
        return ID_MODEM;
    return ID_NONE;
}

static void update_irq(struct vdev *dev)
{
    struct uart *u = dev->state;
    uint8_t level = interrupt_id(u) != ID_NONE;

    if (level != u->line)
        vdev_irq(dev, 0, level);
    u->line = level;
}

/* Four characters' time: PC16550D, FIFO interrupt mode operation. */
static seam_ps timeout_ps(const struct uart *u)
{
    uint64_t bits = 1 + 5 + (u->lcr & UART16550_LCR_WLS) + !!(u->lcr & UART16550_LCR_PEN) +
                    (u->lcr & UART16550_LCR_STB ? 2 : 1);
    uint64_t divisor = u->dll | u->dlm << 8;

    return bits * 16 * (divisor ? divisor : 0x10000) * UINT64_C(1000000000000) / BAUD_CLOCK_HZ * 4;
}

static void restart_timeout(struct vdev *dev)
{
    const struct uart *u = dev->state;

    if (u->fcr & UART16550_FCR_ENABLE && u->fifo_count)
        vdev_timer_arm(dev, TIMER_TIMEOUT, vdev_now(dev) + timeout_ps(u));
    else
        vdev_timer_disarm(dev, TIMER_TIMEOUT);
}

static void fifo_push(struct uart *u, uint8_t byte)
{
    u->fifo[(u->fifo_head + u->fifo_count++) % FIFO_SIZE] = byte;
}

/* From the line into the FIFO, while there is room. In loopback the receiver is cut off from the line. */
static bool refill(struct uart *u)
{
    bool moved = false;

    while (!(u->mcr & UART16550_MCR_LOOP) && u->queue_count && u->fifo_count < fifo_depth(u)) {
        fifo_push(u, u->queue[u->queue_head]);
        u->queue_head = (uint16_t)((u->queue_head + 1) % QUEUE_SIZE);
        u->queue_count--;
        moved = true;
    }
    return moved;
}

static uint8_t read_rbr(struct vdev *dev)
{
    struct uart *u = dev->state;
    uint8_t byte = u->fifo[u->fifo_head];

    if (u->fifo_count) {
        u->fifo_head = (uint8_t)((u->fifo_head + 1) % FIFO_SIZE);
        u->fifo_count--;
        u->timeout_pending = 0;
        refill(u);
        restart_timeout(dev);
    }
    return byte;
}

static void write_thr(struct vdev *dev, uint8_t byte)
{
    struct uart *u = dev->state;

    u->thre_pending = 1;
    if (!(u->mcr & UART16550_MCR_LOOP))
        vdev_console(dev, &byte, 1);
    else if (u->fifo_count < fifo_depth(u)) {
        fifo_push(u, byte);
        restart_timeout(dev);
    } else {
        u->overrun = 1;
        if (!(u->fcr & UART16550_FCR_ENABLE))   /* the holding register is overwritten, a full FIFO is not */
            u->fifo[u->fifo_head] = byte;
    }
}

static void write_ier(struct uart *u, uint8_t value)
{
    value &= UART16550_IER_ERBFI | UART16550_IER_ETBEI | UART16550_IER_ELSI | UART16550_IER_EDSSI;
    if (value & ~u->ier & UART16550_IER_ETBEI)
        u->thre_pending = 1;
    u->ier = value;
}

static void write_fcr(struct vdev *dev, uint8_t value)
{
    struct uart *u = dev->state;
    bool change = (value ^ u->fcr) & UART16550_FCR_ENABLE;

    if (change || (value & UART16550_FCR_ENABLE && value & UART16550_FCR_RFR)) {
        u->fifo_head = u->fifo_count = 0;
        u->timeout_pending = 0;
    }
    /* The other bits are taken only together with ENABLE */
    u->fcr = value & UART16550_FCR_ENABLE ? value & (UART16550_FCR_ENABLE | UART16550_FCR_DMA | UART16550_FCR_TRIGGER) : 0;
    refill(u);
    restart_timeout(dev);
}

static uint8_t modem_lines(const struct uart *u)
{
    if (!(u->mcr & UART16550_MCR_LOOP))
        return MSR_CABLE;
    return (u->mcr & UART16550_MCR_RTS ? UART16550_MSR_CTS : 0) | (u->mcr & UART16550_MCR_DTR ? UART16550_MSR_DSR : 0) |
           (u->mcr & UART16550_MCR_OUT1 ? UART16550_MSR_RI : 0) | (u->mcr & UART16550_MCR_OUT2 ? UART16550_MSR_DCD : 0);
}

static void write_mcr(struct vdev *dev, uint8_t value)
{
    struct uart *u = dev->state;
    uint8_t now, before = u->msr & ~MSR_DELTAS;

    u->mcr = value & (UART16550_MCR_DTR | UART16550_MCR_RTS | UART16550_MCR_OUT1 | UART16550_MCR_OUT2 | UART16550_MCR_LOOP);
    now = modem_lines(u);
    u->msr = now | (u->msr & MSR_DELTAS);
    u->msr |= ((now ^ before) & (UART16550_MSR_CTS | UART16550_MSR_DSR | UART16550_MSR_DCD)) >> 4;
    if (before & ~now & UART16550_MSR_RI)
        u->msr |= UART16550_MSR_TERI;
    if (refill(u))
        restart_timeout(dev);
}

/* The value alone; what reading does besides is in uart_read. */
static enum seam_result uart_peek(const struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct uart *u = dev->state;
    bool dlab = u->lcr & UART16550_LCR_DLAB;

    if (size != 1 && size != 4)
        return SEAM_SLAVE_ERROR;
    switch (offset) {
    case UART16550_RBR:
        *value = dlab ? u->dll : u->fifo[u->fifo_head];
        break;
    case UART16550_IER:
        *value = dlab ? u->dlm : u->ier;
        break;
    case UART16550_IIR:
        *value = interrupt_id(u) | (u->fcr & UART16550_FCR_ENABLE ? UART16550_IIR_FIFOS : 0);
        break;
    case UART16550_LCR:
        *value = u->lcr;
        break;
    case UART16550_MCR:
        *value = u->mcr;
        break;
    case UART16550_LSR:
        *value = UART16550_LSR_THRE | UART16550_LSR_TEMT | (u->overrun ? UART16550_LSR_OE : 0) |
                 (u->fifo_count ? UART16550_LSR_DR : 0);
        break;
    case UART16550_MSR:
        *value = u->msr;
        break;
    case UART16550_SCR:
        *value = u->scr;
        break;
    default:
        *value = 0;
    }
    return SEAM_OK;
}

static enum seam_result uart_read(struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    struct uart *u = dev->state;
    enum seam_result result = uart_peek(dev, offset, size, value);

    (void)delay_ps;
    if (result != SEAM_OK)
        return result;
    if (offset == UART16550_RBR && !(u->lcr & UART16550_LCR_DLAB))
        *value = read_rbr(dev);
    else if (offset == UART16550_IIR && interrupt_id(u) == ID_THRE)
        u->thre_pending = 0;
    else if (offset == UART16550_LSR)
        u->overrun = 0;
    else if (offset == UART16550_MSR)
        u->msr &= ~MSR_DELTAS;
    else
        return result;      /* no interrupt can have changed */
    update_irq(dev);
    return result;
}

static enum seam_result uart_write(struct vdev *dev, uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps)
{
    struct uart *u = dev->state;
    bool dlab = u->lcr & UART16550_LCR_DLAB;
    uint8_t byte = (uint8_t)value;

    (void)delay_ps;
    if (size != 1 && size != 4)
        return SEAM_SLAVE_ERROR;
    if (offset == UART16550_THR && dlab)
        u->dll = byte;
    else if (offset == UART16550_THR)
        write_thr(dev, byte);
    else if (offset == UART16550_IER && dlab)
        u->dlm = byte;
    else if (offset == UART16550_IER)
        write_ier(u, byte);
    else if (offset == UART16550_FCR)
        write_fcr(dev, byte);
    else if (offset == UART16550_LCR)
        u->lcr = byte;
    else if (offset == UART16550_MCR)
        write_mcr(dev, byte);
    else if (offset == UART16550_SCR)
        u->scr = byte;
    update_irq(dev);
    return SEAM_OK;
}

static void uart_timer(struct vdev *dev, unsigned n)
{
    struct uart *u = dev->state;

    (void)n;
    u->timeout_pending = 1;
    update_irq(dev);
}

static size_t uart_input(struct vdev *dev, const uint8_t *bytes, size_t len)
{
    struct uart *u = dev->state;
    size_t taken;
    bool moved = false;

    for (taken = 0; taken < len && u->queue_count < QUEUE_SIZE; taken++) {
        u->queue[(u->queue_head + u->queue_count++) % QUEUE_SIZE] = bytes[taken];
        moved |= refill(u);
    }
    if (moved)
        restart_timeout(dev);
    update_irq(dev);
    return taken;
}

static void uart_reset(struct vdev *dev)
{
    struct uart *u = dev->state;

    *u = (struct uart){ .dll = 1, .msr = MSR_CABLE };
    vdev_timer_disarm(dev, TIMER_TIMEOUT);
    vdev_irq(dev, 0, false);
}

const struct vdev_ops uart16550_ops = {
    .type = "uart16550",
    .state_size = sizeof(struct uart),
    .fields = fields,
    .window = 4096,
    .lines = 1,
    .timers = 1,
    .reset = uart_reset,
    .read = uart_read,
    .write = uart_write,
    .peek = uart_peek,
    .timer = uart_timer,
    .input = uart_input,
};
