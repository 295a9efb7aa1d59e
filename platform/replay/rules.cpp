// SPDX-License-Identifier: GPL-2.0-or-later
// Reader of diff.xml
#include "platform/replay/rules.h"

#include <cstring>
#include <memory>
#include <stdexcept>

#include <libxml/parser.h>
#include <unistd.h>

namespace ingot {

bool Rules::polls(uint64_t offset) const
{
    for (const Register &r : registers) {
        if (r.poll && r.offset == offset) {
            return true;
        }
    }
    return false;
}

uint64_t Rules::compared(uint64_t offset, seam_ps calm_ps) const
{
    uint64_t mask = UINT64_MAX;
    for (const Register &r : registers) {
        if (r.offset == offset && (r.never || (r.settled && calm_ps < r.slack_ps))) {
            mask &= ~r.mask;
        }
    }
    return mask;
}

namespace {

class Reader {
public:
    Reader(const std::string &path, const Registers &registers) : path_(path), registers_(registers) {}

    Rules read()
    {
        std::unique_ptr<xmlDoc, void (*)(xmlDoc *)> doc(xmlReadFile(path_.c_str(), nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING), xmlFreeDoc);
        if (!doc) {
            const xmlError *e = xmlGetLastError();
            std::string text = e && e->message ? e->message : "it cannot be read";
            text.erase(text.find_last_not_of("\n") + 1);
            throw std::runtime_error(path_ + ":" + std::to_string(e ? e->line : 1) + ": no well-formed XML: " + text);
        }
        xmlNode *root = xmlDocGetRootElement(doc.get());
        if (!is(root, "diff")) {
            fail(root, "the root is not <diff>: correct it");
        }
        for (xmlNode *n = root->children; n; n = n->next) {
            if (n->type != XML_ELEMENT_NODE) {
                continue;
            } else if (is(n, "timing")) {
                only(n, { "ignore" });
                rules_.ignore_timing = choice(n, "ignore", "yes", "no");
            } else if (is(n, "irq")) {
                only(n, { "order" });
                rules_.free_irqs = choice(n, "order", "free", "kept");
            } else if (is(n, "register")) {
                rule(n);
            } else {
                fail(n, std::string("<") + name(n) + "> is unknown here: timing, irq and register are known");
            }
        }
        return rules_;
    }

private:
    static const char *name(const xmlNode *n) { return reinterpret_cast<const char *>(n->name); }
    static bool is(const xmlNode *n, const char *what) { return !strcmp(name(n), what); }
    [[noreturn]] void fail(const xmlNode *n, const std::string &what) const
    {
        throw std::runtime_error(path_ + ":" + std::to_string(xmlGetLineNo(n)) + ": " + what);
    }
    static std::string attribute(xmlNode *n, const char *what)
    {
        std::unique_ptr<xmlChar, void (*)(void *)> value(xmlGetProp(n, reinterpret_cast<const xmlChar *>(what)), xmlFree);
        return value ? reinterpret_cast<const char *>(value.get()) : "";
    }
    void only(xmlNode *n, const std::vector<std::string> &known) const
    {
        for (xmlAttr *a = n->properties; a; a = a->next) {
            bool found = false;
            for (const std::string &k : known) {
                found |= k == reinterpret_cast<const char *>(a->name);
            }
            if (!found) {
                fail(n, std::string("attribute '") + reinterpret_cast<const char *>(a->name) + "' is unknown here: remove it");
            }
        }
    }
    bool choice(xmlNode *n, const char *what, const std::string &yes, const std::string &no) const
    {
        std::string v = attribute(n, what);
        if (v != yes && v != no && !v.empty()) {
            fail(n, std::string(what) + "=\"" + v + "\": it is " + yes + " or " + no);
        }
        return v == yes;
    }
    void rule(xmlNode *n)
    {
        only(n, { "name", "field", "compare", "slack-ns", "poll" });
        const std::string of = attribute(n, "name"), field = attribute(n, "field"), compare = attribute(n, "compare"), slack = attribute(n, "slack-ns");
        const regs_register *r = registers_.find(of);
        if (!r) {
            fail(n, "regs.xml has no register '" + of + "': correct its name");
        }
        uint64_t mask = field.empty() ? UINT64_MAX : 0;
        for (size_t i = 0; i < r->field_count; i++) {
            mask |= field == r->fields[i].name ? regs_mask(&r->fields[i]) : 0;
        }
        if (!mask) {
            fail(n, of + " has no field '" + field + "': correct its name");
        }
        if (compare != "" && compare != "never" && compare != "settled") {
            fail(n, "compare=\"" + compare + "\": it is never or settled");
        }
        char *end;
        seam_ps slack_ns = strtoull(slack.c_str(), &end, 10);
        if (*end || slack_ns > UINT64_C(1000000000) || (compare == "settled") != !slack.empty()) {
            fail(n, "settled has slack-ns, a number up to 1000000000, and no other rule has it");
        }
        rules_.registers.push_back({ r->offset, mask, compare == "never", compare == "settled", choice(n, "poll", "yes", "no"), slack_ns * SEAM_PS_PER_NS });
    }

    const std::string path_;
    const Registers &registers_;
    Rules rules_;
};

}  // namespace

Rules rules_read(const std::string &path, const Registers &registers) { return Reader(path, registers).read(); }

Rules rules_load(const std::string &type, const Registers &registers)
{
    std::string path = replay_devices_folder() + "/" + type + "/diff.xml";
    return !type.empty() && type.find('/') == std::string::npos && access(path.c_str(), F_OK) == 0 ? rules_read(path, registers) : Rules();
}

}  // namespace ingot
