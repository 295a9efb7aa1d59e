/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq-test: copies through /dev/dmaq0, checks data and CRC-32C, and provokes every error the engine knows
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dmaq_ioctl.h"

enum { PAGE = 4096, GUARD = 64, GUARD_BYTE = 0xa5 };

struct test {
	const char *device;
	unsigned long count, size, seed;	/* size 0: the whole set, and the errors */
	unsigned long rogue;			/* an address, or 0 */
	int fd;
	uint8_t *source, *destination;		/* DMAQ_LENGTH_MAX and three pages each */
	uint64_t random;
};

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	fputs("dmaq-test: FAIL ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(EXIT_FAILURE);
}

/* CRC-32C, bit-reflected polynomial 0x82f63b78 (RFC 3720 B.4), by table. */
static uint32_t crc32c(const uint8_t *data, size_t length)
{
	static uint32_t table[256];
	uint32_t crc = UINT32_MAX;

	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t entry = i;

			for (int bit = 0; bit < 8; bit++)
				entry = entry >> 1 ^ (entry & 1 ? 0x82f63b78 : 0);
			table[i] = entry;
		}
	while (length--)
		crc = table[(crc ^ *data++) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* xorshift64* */
static uint64_t next_random(struct test *t)
{
	t->random ^= t->random >> 12;
	t->random ^= t->random << 25;
	t->random ^= t->random >> 27;
	return t->random * UINT64_C(0x2545f4914f6cdd1d);
}

static const char *status_name(uint32_t status)
{
	static const char *const names[] = {
		[DMAQ_OK] = "ok", [DMAQ_BAD_LENGTH] = "bad length", [DMAQ_BAD_ALIGNMENT] = "bad alignment",
		[DMAQ_SOURCE_ERROR] = "source bus error", [DMAQ_DESTINATION_ERROR] = "destination bus error",
	};

	return status < sizeof(names) / sizeof(names[0]) && names[status] ? names[status] : "unknown status";
}

static void check_guard(const uint8_t *guard, const char *where, size_t length)
{
	for (size_t i = 0; i < GUARD; i++)
		if (guard[i] != GUARD_BYTE)
			fail("%zu bytes: memory %s the destination was changed", length, where);
}

/* One copy from source + from to destination + to; all bytes of the destination differ before. Returns the CRC. */
static uint32_t copy(struct test *t, size_t length, size_t from, size_t to)
{
	uint8_t *source = t->source + from, *destination = t->destination + to;
	struct dmaq_copy c = {
		.source = (uintptr_t)source, .destination = (uintptr_t)destination, .length = length,
	};
	uint32_t crc;

	for (size_t i = 0; i < length; i += 8) {
		uint64_t word = next_random(t), other = ~word;

		memcpy(source + i, &word, 8);
		memcpy(destination + i, &other, 8);
	}
	memset(destination - GUARD, GUARD_BYTE, GUARD);
	memset(destination + length, GUARD_BYTE, GUARD);
	crc = crc32c(source, length);

	if (ioctl(t->fd, DMAQ_COPY, &c))
		fail("%zu bytes: %s", length, strerror(errno));
	if (c.status != DMAQ_OK)
		fail("%zu bytes: %s", length, status_name(c.status));
	if (memcmp(source, destination, length))
		for (size_t i = 0; ; i++)
			if (source[i] != destination[i])
				fail("%zu bytes: byte %zu is 0x%02x, not 0x%02x", length, i, destination[i], source[i]);
	if (c.crc != crc)
		fail("%zu bytes: crc 0x%08x, not 0x%08x", length, c.crc, crc);
	check_guard(destination - GUARD, "before", length);
	check_guard(destination + length, "after", length);
	return crc;
}

static void copies(struct test *t, size_t length)
{
	uint32_t crc = 0;

	for (unsigned long i = 0; i < t->count; i++)
		crc = copy(t, length, PAGE, PAGE);
	printf("dmaq-test: %zu bytes: ok crc 0x%08x\n", length, crc);
}

static void expect(struct test *t, const char *what, struct dmaq_raw raw, uint32_t status)
{
	if (ioctl(t->fd, DMAQ_RAW, &raw))
		fail("%s: %s", what, strerror(errno));
	if (raw.status != status)
		fail("%s: engine answers %u (%s), not %u (%s)", what, raw.status, status_name(raw.status), status,
		     status_name(status));
	if (status != DMAQ_OK && raw.crc)
		fail("%s: crc 0x%08x with an error, not 0", what, raw.crc);
	printf("dmaq-test: %s: %s\n", what, status_name(status));
}

/* Physical 0 is flash on the board, and no VM's memory: no stream of a guest reaches it. */
static void errors(struct test *t)
{
	const uint32_t both = DMAQ_RAW_SOURCE_SCRATCH | DMAQ_RAW_DESTINATION_SCRATCH;
	const uint32_t from = DMAQ_RAW_SOURCE_SCRATCH, to = DMAQ_RAW_DESTINATION_SCRATCH;
	const uint64_t nowhere = UINT64_C(0x8000000000);	/* above 39 bits of IPA */
	struct dmaq_statistics s;

	expect(t, "length 0", (struct dmaq_raw){ 0, 2048, 0, both, 0, 0 }, DMAQ_BAD_LENGTH);
	expect(t, "length 12", (struct dmaq_raw){ 0, 2048, 12, both, 0, 0 }, DMAQ_BAD_LENGTH);
	expect(t, "length 16 MiB + 8", (struct dmaq_raw){ 0, 2048, (16 << 20) + 8, both, 0, 0 }, DMAQ_BAD_LENGTH);
	expect(t, "misaligned source", (struct dmaq_raw){ 4, 2048, 64, both, 0, 0 }, DMAQ_BAD_ALIGNMENT);
	expect(t, "misaligned destination", (struct dmaq_raw){ 0, 2052, 64, both, 0, 0 }, DMAQ_BAD_ALIGNMENT);
	expect(t, "source out of range", (struct dmaq_raw){ nowhere, 2048, 64, to, 0, 0 }, DMAQ_SOURCE_ERROR);
	expect(t, "destination out of range", (struct dmaq_raw){ 0, nowhere, 64, from, 0, 0 }, DMAQ_DESTINATION_ERROR);
	expect(t, "source at address 0", (struct dmaq_raw){ 0, 2048, 64, to, 0, 0 }, DMAQ_SOURCE_ERROR);
	expect(t, "scratch to scratch", (struct dmaq_raw){ 0, 2048, 2048, both, 0, 0 }, DMAQ_OK);
	copies(t, PAGE);

	if (ioctl(t->fd, DMAQ_STATISTICS, &s))
		fail("statistics: %s", strerror(errno));
	if (s.errors < 8 || s.timeouts || s.resets)
		fail("statistics: %llu errors, %llu timeouts, %llu resets; at least 8, none and none were due", s.errors,
		     s.timeouts, s.resets);
}

/* DMA from and to an address that is not this machine's: both must be refused, and the engine must work afterwards. */
static void rogue(struct test *t)
{
	expect(t, "rogue read", (struct dmaq_raw){ t->rogue, 2048, 64, DMAQ_RAW_DESTINATION_SCRATCH, 0, 0 }, DMAQ_SOURCE_ERROR);
	expect(t, "rogue write", (struct dmaq_raw){ 0, t->rogue, 64, DMAQ_RAW_SOURCE_SCRATCH, 0, 0 }, DMAQ_DESTINATION_ERROR);
	copies(t, PAGE);
}

static unsigned long number(const char *text, struct argp_state *state)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (!*text || *end || *text == '-')
		argp_error(state, "%s: not a number", text);
	return value;
}

static error_t on_option(int key, char *arg, struct argp_state *state)
{
	struct test *t = state->input;

	switch (key) {
	case 'd':
		t->device = arg;
		return 0;
	case 's':
		t->size = number(arg, state);
		if (!t->size || t->size % DMAQ_ALIGN || t->size > DMAQ_LENGTH_MAX)
			argp_error(state, "%s: a size is a multiple of %u up to %u", arg, DMAQ_ALIGN, DMAQ_LENGTH_MAX);
		return 0;
	case 'c':
		t->count = number(arg, state);
		return 0;
	case 'r':
		t->seed = number(arg, state);
		return 0;
	case 'o':
		t->rogue = number(arg, state);
		if (!t->rogue || t->rogue % DMAQ_ALIGN)
			argp_error(state, "%s: an address is a multiple of %u and not 0", arg, DMAQ_ALIGN);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: not an option", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "size", 's', "BYTES", 0, "Copy this size alone, and provoke no errors", 0 },
		{ "count", 'c', "N", 0, "Copies of each size (1)", 0 },
		{ "seed", 'r', "N", 0, "Seed of the data (1)", 0 },
		{ "rogue", 'o', "ADDRESS", 0, "DMA from and to a bus address that is not this machine's, and nothing else", 0 },
		{ "device", 'd', "PATH", 0, "Engine (/dev/dmaq0)", 0 },
		{ 0 },
	};
	static const struct argp argp = { options, on_option, NULL, "Tests a dmaq engine through its driver.", NULL, NULL, NULL };
	static const size_t sizes[] = { 64, 256, 1 << 10, 4 << 10, 64 << 10, 256 << 10, 1 << 20 };
	struct test t = { .device = "/dev/dmaq0", .count = 1, .seed = 1 };
	const size_t memory = DMAQ_LENGTH_MAX + 3 * PAGE;

	argp_parse(&argp, argc, argv, 0, NULL, &t);
	setvbuf(stdout, NULL, _IOLBF, 0);
	t.random = t.seed ? t.seed : 1;
	t.fd = open(t.device, O_RDWR);
	if (t.fd < 0)
		fail("%s: %s: load dmaq.ko, and look for its messages in dmesg", t.device, strerror(errno));
	t.source = mmap(NULL, memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	t.destination = mmap(NULL, memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t.source == MAP_FAILED || t.destination == MAP_FAILED)
		fail("no memory for two buffers of %zu bytes", memory);

	if (t.rogue) {
		rogue(&t);
	} else if (t.size) {
		copies(&t, t.size);
	} else {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			copies(&t, sizes[i]);
		printf("dmaq-test: 131080 bytes across pages: ok crc 0x%08x\n", copy(&t, 131080, 8, PAGE - 8));
		errors(&t);
	}
	puts("dmaq-test: PASS");
	return EXIT_SUCCESS;
}
