/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as an SQLite database; docs/trace-sqlite.md has its schema and queries
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>

#include "text.h"
#include "vdevices/regs.h"
#include "view.h"

static const char schema[] =
    "CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE vm(vmid INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT, owner TEXT);"
    "CREATE TABLE probe(id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE register(type TEXT NOT NULL, name TEXT NOT NULL, offset INTEGER NOT NULL, bits INTEGER NOT NULL,"
    " PRIMARY KEY(type, name));"
    "CREATE TABLE field(type TEXT NOT NULL, register TEXT NOT NULL, name TEXT NOT NULL, shift INTEGER NOT NULL,"
    " width INTEGER NOT NULL, PRIMARY KEY(type, register, name));"
    "CREATE TABLE record(n INTEGER PRIMARY KEY, time_ps INTEGER NOT NULL, core INTEGER, insn INTEGER, kind INTEGER NOT NULL,"
    " device INTEGER, probe INTEGER, size INTEGER NOT NULL, addr INTEGER NOT NULL, value INTEGER NOT NULL, aux INTEGER NOT NULL,"
    " result INTEGER NOT NULL, vm TEXT, vcpu INTEGER, register TEXT, symbol TEXT, data BLOB);";
/* After the records: an index costs less when it is made at once. */
static const char indices[] =
    "CREATE INDEX record_time ON record(time_ps);"
    "CREATE INDEX record_device ON record(device, kind, n);"
    "CREATE INDEX record_vm ON record(vm, kind, n);"
    "CREATE VIEW crossing AS SELECT n, time_ps / 1e9 AS ms, core, vm, vcpu, kind.name AS kind, coalesce(device.name, probe.name) AS subject,"
    " register, symbol, printf('0x%x', addr) AS addr, printf('0x%x', value) AS value, aux, result"
    " FROM record JOIN kind ON kind.id = record.kind LEFT JOIN device ON device.id = record.device"
    " LEFT JOIN probe ON probe.id = record.probe ORDER BY n;";

enum table { VM, DEVICE, PROBE, REGISTER, FIELD, RECORD, KIND, TABLES };
static const char *const inserts[TABLES] = {
    [VM] = "INSERT INTO vm VALUES(?,?)", [DEVICE] = "INSERT OR IGNORE INTO device VALUES(?,?,?,?)", [PROBE] = "INSERT OR IGNORE INTO probe VALUES(?,?)",
    [REGISTER] = "INSERT OR IGNORE INTO register VALUES(?,?,?,?)", [FIELD] = "INSERT OR IGNORE INTO field VALUES(?,?,?,?,?)",
    [RECORD] = "INSERT INTO record VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", [KIND] = "INSERT INTO kind VALUES(?,?)" };

struct base {
    struct view *v;
    sqlite3 *db;
    sqlite3_stmt *insert[TABLES];
    uint32_t last_device, last_probe;   /* written already, plus 1: most records are of the same few */
};

static void text(sqlite3_stmt *s, int column, const char *t)
{
    if (t)
        sqlite3_bind_text(s, column, t, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(s, column);
}

static int done(sqlite3_stmt *s)
{
    int r = sqlite3_step(s);
    sqlite3_reset(s);
    return r == SQLITE_DONE ? 0 : 1;
}

static int put_registers(struct base *b, const char *type, const struct regs *regs)
{
    int bad = 0;
    for (size_t i = 0; regs && i < regs->register_count && !bad; i++) {
        const struct regs_register *reg = &regs->registers[i];
        sqlite3_stmt *s = b->insert[REGISTER];
        text(s, 1, type);
        text(s, 2, reg->name);
        sqlite3_bind_int64(s, 3, (sqlite3_int64)reg->offset);
        sqlite3_bind_int64(s, 4, reg->size);
        bad = done(s);
        for (size_t k = 0; k < reg->field_count && !bad; k++) {
            s = b->insert[FIELD];
            text(s, 1, type);
            text(s, 2, reg->name);
            text(s, 3, reg->fields[k].name);
            sqlite3_bind_int64(s, 4, reg->fields[k].shift);
            sqlite3_bind_int64(s, 5, reg->fields[k].width);
            bad = done(s);
        }
    }
    return bad;
}

static int put_device(struct base *b, uint32_t id)
{
    sqlite3_stmt *s = b->insert[DEVICE];
    const char *type = view_type(b->v, id);
    b->last_device = id + 1;
    sqlite3_bind_int64(s, 1, id);
    text(s, 2, view_device(b->v, id));
    text(s, 3, type);
    text(s, 4, view_name(b->v, TRACE_NAME_OWNER, id));
    bool is_new = !done(s) && sqlite3_changes(b->db);
    return is_new && type ? put_registers(b, type, view_registers(b->v, id)) : 0;
}

static int put_probe(struct base *b, uint32_t id)
{
    sqlite3_stmt *s = b->insert[PROBE];
    b->last_probe = id + 1;
    sqlite3_bind_int64(s, 1, id);
    text(s, 2, view_probe(b->v, id));
    return done(s);
}

static void or_null(sqlite3_stmt *s, int column, bool is, uint64_t v)
{
    if (is)
        sqlite3_bind_int64(s, column, (sqlite3_int64)v);
    else
        sqlite3_bind_null(s, column);
}

static int put_record(void *opaque, const struct trace_item *item)
{
    struct base *b = opaque;
    const struct trace_record *r = &item->r;
    const bool device = view_has_device(r), probe = r->kind == TRACE_PROBE, core = r->core != TRACE_NO_CORE;
    if ((device && b->last_device != r->id + 1 && put_device(b, r->id)) || (probe && b->last_probe != r->id + 1 && put_probe(b, r->id)))
        return 1;
    sqlite3_stmt *s = b->insert[RECORD];
    const struct regs_register *reg = view_register(b->v, r);
    char symbol[600];
    const struct view_whose whose = view_whose(b->v, r);
    sqlite3_bind_int64(s, 1, (sqlite3_int64)item->index);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)r->time_ps);
    or_null(s, 3, core, r->core);
    or_null(s, 4, core, r->insn);
    sqlite3_bind_int64(s, 5, r->kind);
    or_null(s, 6, device, r->id);
    or_null(s, 7, probe, r->id);
    sqlite3_bind_int64(s, 8, r->size);
    sqlite3_bind_int64(s, 9, (sqlite3_int64)r->addr);
    sqlite3_bind_int64(s, 10, (sqlite3_int64)r->value);
    sqlite3_bind_int64(s, 11, r->aux);
    sqlite3_bind_int64(s, 12, trace_result(r));
    text(s, 13, whose.vm);
    or_null(s, 14, whose.vcpu >= 0, (uint64_t)whose.vcpu);
    text(s, 15, reg ? reg->name : NULL);
    view_symbol(b->v, r, symbol, sizeof symbol);
    text(s, 16, *symbol ? symbol : NULL);
    if (item->data)
        sqlite3_bind_blob(s, 17, item->data, (int)r->aux, SQLITE_STATIC);
    else
        sqlite3_bind_null(s, 17);
    return done(s);
}

static int prepare(struct base *b)
{
    if (sqlite3_exec(b->db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN", NULL, NULL, NULL) ||
        sqlite3_exec(b->db, schema, NULL, NULL, NULL))
        return 1;
    for (int i = 0; i < TABLES; i++)
        if (sqlite3_prepare_v2(b->db, inserts[i], -1, &b->insert[i], NULL))
            return 1;
    for (int k = TRACE_NAME; k < TRACE_KINDS; k++) {
        sqlite3_bind_int(b->insert[KIND], 1, k);
        text(b->insert[KIND], 2, view_kind((unsigned)k));
        if (done(b->insert[KIND]))
            return 1;
    }
    const char *name;
    for (int vmid = 1; (name = view_name(b->v, TRACE_NAME_VM, (uint32_t)vmid)); vmid++) {
        sqlite3_bind_int(b->insert[VM], 1, vmid);
        text(b->insert[VM], 2, name);
        if (done(b->insert[VM]))
            return 1;
    }
    return 0;
}

int view_sqlite(struct view *v, const struct view_filter *f, const char *out, char *err, size_t err_len)
{
    struct base b = { .v = v };
    if (text_replace(out, err, err_len) < 0)
        return -1;
    int r = 1, damaged = 0;
    if (sqlite3_open_v2(out, &b.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK && !prepare(&b)) {
        r = view_each(v, f, put_record, &b, err, err_len);
        damaged = r < 0;
        r = r > 0 || sqlite3_exec(b.db, indices, NULL, NULL, NULL) || sqlite3_exec(b.db, "COMMIT", NULL, NULL, NULL);
    }
    if (r)
        snprintf(err, err_len, "%s: %s", out, sqlite3_errmsg(b.db));
    for (int i = 0; i < TABLES; i++)
        sqlite3_finalize(b.insert[i]);
    sqlite3_close(b.db);
    return r || damaged ? -1 : 0;
}
