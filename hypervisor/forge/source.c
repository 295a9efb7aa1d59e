/* SPDX-License-Identifier: GPL-2.0-or-later
 * A flattened device tree as source, for reading (Devicetree Specification 0.3, 6)
 */
#include "forge.h"

#include <ctype.h>
#include <libfdt.h>
#include <string.h>

/* One or more strings: printable, none empty, ended by 0. */
static bool is_text(const char *v, int len)
{
    for (int i = 0; i < len; i++) {
        if (v[i] ? !isprint((unsigned char)v[i]) : i == 0 || !v[i - 1]) {
            return false;
        }
    }
    return len && !v[len - 1];
}

static void quoted(FILE *out, const char *v)
{
    fputc('"', out);
    for (; *v; v++) {
        fprintf(out, *v == '"' || *v == '\\' ? "\\%c" : "%c", *v);
    }
    fputc('"', out);
}

static void value(FILE *out, const char *v, int len)
{
    const char *between = " = ";
    if (is_text(v, len)) {
        for (const char *p = v; p < v + len; p += strlen(p) + 1, between = ", ") {
            fputs(between, out);
            quoted(out, p);
        }
    } else if (len % 4 == 0) {
        for (int i = 0; i < len; i += 4, between = " ") {
            fprintf(out, "%s0x%x", i ? between : " = <", fdt32_ld((const fdt32_t *)(v + i)));
        }
        fputs(len ? ">" : "", out);
    } else {
        for (int i = 0; i < len; i++) {
            fprintf(out, "%s%02x", i ? " " : " = [", (unsigned char)v[i]);
        }
        fputs("]", out);
    }
}

static void node(FILE *out, const void *tree, int at, int depth)
{
    int property, child, len;
    const char *name = fdt_get_name(tree, at, NULL);
    fprintf(out, "%*s%s {\n", depth * 4, "", *name ? name : "/");
    fdt_for_each_property_offset(property, tree, at) {
        const char *v = fdt_getprop_by_offset(tree, property, &name, &len);
        fprintf(out, "%*s%s", depth * 4 + 4, "", name);
        value(out, v, len);
        fputs(";\n", out);
    }
    fdt_for_each_subnode(child, tree, at) {
        node(out, tree, child, depth + 1);
    }
    fprintf(out, "%*s};\n", depth * 4, "");
}

void forge_source(FILE *out, const void *tree)
{
    fputs("/dts-v1/;\n", out);
    node(out, tree, 0, 0);
}
