/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest bench: its measured instructions (bench_paths.S)
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* One instruction each, between path_NAME and path_NAME_end. */
uint64_t path_ipc(uint64_t call, uint64_t word);
uint64_t path_up(uint64_t call);
uint64_t path_down(uint64_t call, uint64_t deadline);
uint64_t path_hvc_null(uint64_t call);
uint64_t path_hvc_failing(uint64_t call);
uint64_t path_virq_masked(uint64_t call);
uint64_t path_virq_vector(uint64_t call);
uint64_t path_ctlr_read(uint64_t at);
uint64_t path_typer_read(uint64_t at);
uint64_t path_portal(uint64_t at);
uint64_t path_enabled_read(uint64_t at);
uint64_t path_pending_read(uint64_t at);
void path_spi_enable(uint64_t at, uint32_t bits);
void path_ppi_enable(uint64_t at, uint32_t bits);
void path_sgi(uint64_t value);
uint64_t path_raz(void);
uint64_t path_id(void);
void path_wfi(void);

/* These store what makes an interrupt come, and spin while it does. */
void path_irq_spi(uint64_t at, uint32_t value, uint64_t spins);
void path_irq_overflow(uint64_t at, uint32_t value, uint64_t spins);
void path_irq_timer(uint64_t ticks, uint64_t spins);

#endif
