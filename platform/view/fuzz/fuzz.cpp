/* SPDX-License-Identifier: GPL-2.0-or-later
 * Everything that reads a trace, on a chunk whose records are the fuzzer's bytes
 *
 * libFuzzer does not guess checksums: it is given what they cover, and this seals it. What damage does to the file around the
 * records is tested at every bit in traces/robust_test.cpp.
 */
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "platform/view/view.h"
#include "traces/format.h"
#include "traces/latency.h"

namespace {

/* Records that the bytes hold, one too many if they end in the middle of one and the first byte is odd. */
uint32_t count_records(const uint8_t *raw, size_t len, bool odd)
{
    uint32_t count = 0;
    for (size_t at = 0; len - at >= sizeof(struct trace_record); count++) {
        struct trace_record r;
        memcpy(&r, raw + at, sizeof r);
        at += sizeof r;
        if (!(r.kind & FORMAT_HAS_DATA))
            continue;
        if (!r.aux || r.aux > len || FORMAT_PADDED(r.aux) > len - at)
            return count + odd;
        at += FORMAT_PADDED(r.aux);
    }
    return count;
}

std::string sealed(const uint8_t *raw, size_t len, bool odd)
{
    struct format_header h = {};
    memcpy(h.magic, FORMAT_MAGIC, sizeof h.magic);
    h.version = FORMAT_VERSION;
    h.record_size = sizeof(struct trace_record);
    h.chunk_bytes = FORMAT_CHUNK_BYTES;
    h.crc = trace_crc32c(0, &h, offsetof(struct format_header, crc));
    std::string packed(ZSTD_compressBound(len), 0);
    packed.resize(ZSTD_compress(&packed[0], packed.size(), raw, len, FORMAT_ZSTD_LEVEL));
    struct format_chunk c = {};
    c.magic = FORMAT_CHUNK_MAGIC;
    c.stored = (uint32_t)packed.size();
    c.raw = (uint32_t)len;
    c.stored_crc = trace_crc32c(0, packed.data(), packed.size());
    c.count = count_records(raw, len, odd);
    c.kinds = ~0u;
    c.last_ps = UINT64_MAX;
    c.header_crc = format_chunk_crc(&c);
    return std::string((const char *)&h, sizeof h) + std::string((const char *)&c, sizeof c) + packed;
}

void look(struct trace *t, struct view *v)
{
    char err[1024];
    struct view_filter f = {};
    struct view_handler handler = { 1, "lr" };
    FILE *out = fopen("/dev/null", "w");
    f.kinds = ~0u;
    view_show(v, &f, 8, out, err, sizeof err);
    view_stat(v, &f, out, err, sizeof err);
    view_json(v, &f, out, err, sizeof err);
    view_vcd(v, &f, out, err, sizeof err);
    view_perfetto(v, &f, &handler, 1, out, err, sizeof err);
    view_perfetto(v, &f, nullptr, 0, out, err, sizeof err);
    f.vm = "hypervisor";
    view_show(v, &f, 8, out, err, sizeof err);
    fclose(out);
    struct latency_query q = { nullptr, "dmaq0", 0, "lr", "lr", nullptr, "h", nullptr, 0x10 };
    struct latency_report r;
    latency_analyse(t, &q, &r, err, sizeof err);
    latency_free(&r);
}

}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int fd = memfd_create("ingot-fuzz", MFD_CLOEXEC);
    static const std::string path = "/proc/self/fd/" + std::to_string(fd);
    char err[1024];
    if (len < 2)
        return 0;
    std::string file = sealed(data + 1, len - 1, data[0] & 1);
    if (ftruncate(fd, 0) < 0 || pwrite(fd, file.data(), file.size(), 0) < 0)
        return 0;
    struct trace *t = trace_load(path.c_str(), err, sizeof err);
    struct view *v = t ? view_new(t, nullptr, INGOT_SOURCE "/vdevices", stderr) : nullptr;
    if (v)
        look(t, v);
    view_free(v);
    trace_unload(t);
    return 0;
}
