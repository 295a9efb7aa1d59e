/* SPDX-License-Identifier: GPL-2.0-or-later
 * The domain's XML: QEMU virt with exact time, the module, and one -device a device and DMA window
 */
#include "domain.h"

#include <inttypes.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static xmlNodePtr add(xmlNodePtr parent, const char *name, const char *text)
{
    return xmlNewTextChild(parent, NULL, BAD_CAST name, BAD_CAST text);
}

static void set(xmlNodePtr n, const char *name, const char *value) { xmlNewProp(n, BAD_CAST name, BAD_CAST value); }

static void put_arg(void *line, const char *text)
{
    xmlNodePtr n = xmlNewChild(line, ((xmlNodePtr)line)->ns, BAD_CAST "arg", NULL);
    set(n, "value", text);
}

/* The same name gives the same UUID, so that a restored run is the same domain to libvirt (RFC 4122 4.4's layout). */
static void uuid_of(const char *name, char text[37])
{
    uint64_t h[2] = { 0xcbf29ce484222325u, 0x84222325cbf29ce4u };
    for (const char *p = name; *p; p++) {
        h[0] = (h[0] ^ (uint8_t)*p) * 0x100000001b3u;
        h[1] = (h[1] ^ (uint8_t)*p) * 0x100000001b3u + h[0];
    }
    snprintf(text, 37, "%08x-%04x-4%03x-a%03x-%012" PRIx64, (uint32_t)h[0], (uint32_t)(h[0] >> 32) & 0xffff, (uint32_t)(h[0] >> 48) & 0xfff,
             (uint32_t)(h[1] >> 48) & 0xfff, h[1] & 0xffffffffffffu);
}

static void command_line(xmlNodePtr root, const struct system *s, const struct domain_options *o)
{
    xmlNsPtr ns = xmlNewNs(root, BAD_CAST "http://libvirt.org/schemas/domain/qemu/1.0", BAD_CAST "qemu");
    xmlNodePtr line = xmlNewChild(root, ns, BAD_CAST "commandline", NULL);
    board_arguments(s, o, put_arg, line);
}

char *domain_xml(const struct system *s, const struct domain_options *o)
{
    char number[32], uuid[37];
    xmlChar *text;
    int len;
    xmlDocPtr doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr root = xmlNewNode(NULL, BAD_CAST "domain"), n;

    xmlDocSetRootElement(doc, root);
    set(root, "type", "qemu");
    add(root, "name", o->name);
    uuid_of(o->name, uuid);
    add(root, "uuid", uuid);
    snprintf(number, sizeof number, "%" PRIu64, s->ram_size / 1024);
    set(add(root, "memory", number), "unit", "KiB");
    snprintf(number, sizeof number, "%u", s->cores);
    add(root, "vcpu", number);
    n = add(root, "os", NULL);
    xmlNodePtr type = add(n, "type", "hvm");
    set(type, "arch", "aarch64");
    set(type, "machine", "virt");
    add(n, "kernel", o->image);
    set(add(add(root, "features", NULL), "gic", NULL), "version", "3");
    n = add(root, "cpu", NULL);
    set(n, "mode", "custom");
    set(n, "match", "exact");
    set(n, "check", "none");
    set(add(n, "model", "cortex-a57"), "fallback", "forbid");
    add(root, "on_poweroff", "destroy");
    add(root, "on_reboot", "destroy");
    add(root, "on_crash", "destroy");
    n = add(root, "devices", NULL);
    add(n, "emulator", o->emulator);
    xmlNodePtr usb = add(n, "controller", NULL);
    set(usb, "type", "usb");
    set(usb, "model", "none");
    set(add(n, "memballoon", NULL), "model", "none");
    command_line(root, s, o);

    xmlDocDumpFormatMemory(doc, &text, &len, 1);
    char *copy = strdup((char *)text);
    xmlFree(text);
    xmlFreeDoc(doc);
    return copy;
}
