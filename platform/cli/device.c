/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot device add | list: a Verilog core becomes a device, without C++
 */
#include <argp.h>
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "platform/board/folders.h"
#include "platform/board/system_internal.h"

#define FILES_MAX 32
#define PINS_MAX 32

static struct {
    const char *verb, *name, *top, *bus, *master, *clock, *reset, *irq, *window, *into;
    char *files[FILES_MAX], *pins[PINS_MAX];
    unsigned file_count, pin_count;
    bool word_address, master_word_address, dma;
} args;

enum { KEY_WORDS = 256, KEY_MASTER_WORDS };
static const struct argp_option table[] = {
    { "rtl", 'r', "FILE[,FILE...]", 0, "Verilog sources; they are copied into the device's folder", 0 },
    { "bus", 'b', "BUS", 0, "Of its registers: axi-lite, apb, wishbone", 0 },
    { "top", 't', "MODULE", 0, "Top module (the device's name)", 0 },
    { "master", 'm', "BUS", 0, "Bus on which it masters: wishbone (AXI4 is found by its names, say axi)", 0 },
    { "clock", 'c', "PORT", 0, "Its clock (aclk, pclk, wb_clk_i)", 0 },
    { "reset", 'R', "[!]PORT", 0, "Its reset, with ! if active low (!aresetn, !presetn, wb_rst_i)", 0 },
    { "irq", 'i', "PORT", 0, "Interrupt output: one line a bit", 0 },
    { "pin", 'p', "SIGNAL=PORT", 0, "A port with a name of its own: adr=adr_i, paddr=addr; of a master with m_ in front", 0 },
    { "window", 'w', "BYTES", 0, "Of its registers (4096)", 0 },
    { "into", 'o', "FOLDER", 0, "Where its folder is written (vdevices)", 0 },
    { "word-address", KEY_WORDS, NULL, 0, "Wishbone: adr counts words", 0 },
    { "master-word-address", KEY_MASTER_WORDS, NULL, 0, "Wishbone: the master's adr counts words", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    char *save;
    switch (key) {
    case 'r':
        for (char *f = strtok_r(arg, ",", &save); f && args.file_count < FILES_MAX; f = strtok_r(NULL, ",", &save)) {
            args.files[args.file_count++] = f;
        }
        return 0;
    case 'b': args.bus = arg; return 0;
    case 't': args.top = arg; return 0;
    case 'm': args.master = arg; args.dma = true; return 0;
    case 'c': args.clock = arg; return 0;
    case 'R': args.reset = arg; return 0;
    case 'i': args.irq = arg; return 0;
    case 'w': args.window = arg; return 0;
    case 'o': args.into = arg; return 0;
    case KEY_WORDS: args.word_address = true; return 0;
    case KEY_MASTER_WORDS: args.master_word_address = true; return 0;
    case 'p':
        if (!strchr(arg, '=') || args.pin_count == PINS_MAX) {
            argp_error(state, "--pin %s: write SIGNAL=PORT, for example adr=adr_i", arg);
        }
        args.pins[args.pin_count++] = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (args.name) {
            argp_error(state, "one device at a time: '%s' is too many", arg);
        }
        *(args.verb ? &args.name : &args.verb) = arg;
        return 0;
    case ARGP_KEY_END:
        if (!args.verb || (strcmp(args.verb, "add") && strcmp(args.verb, "list"))) {
            argp_error(state, "write device list, or device add NAME --rtl top.v --bus wishbone");
        }
        if (!strcmp(args.verb, "add") && (!args.name || !args.file_count || !args.bus)) {
            argp_error(state, "a name, --rtl and --bus are needed: device add NAME --rtl top.v --bus wishbone");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int list(void)
{
    const struct system_type *t;
    printf("type          lines  window  DMA  implementations\n");
    for (size_t i = 0; (t = system_type_at(i)); i++) {
        printf("%-12s %6u  %6llu  %-3s  %s\n", t->name, t->lines, (unsigned long long)t->window, t->dma ? "yes" : "no", t->impls);
    }
    return 0;
}

static int refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int refuse(const char *fmt, ...)
{
    va_list ap;
    fputs("ingot: device add: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return 1;
}

/* Ports of the top module, from Verilator's XML. */
static xmlNodePtr top_module(xmlNodePtr root, const char *top)
{
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE) {
            continue;
        }
        xmlChar *name = xmlGetProp(n, BAD_CAST "origName");
        bool found = !xmlStrcmp(n->name, BAD_CAST "module") && name && !strcmp((char *)name, top);
        xmlFree(name);
        xmlNodePtr deeper = found ? n : top_module(n, top);
        if (deeper) {
            return deeper;
        }
    }
    return NULL;
}

static bool has_port(xmlNodePtr module, const char *port, const char *direction)
{
    for (xmlNodePtr n = module->children; n; n = n->next) {
        xmlChar *name = n->type == XML_ELEMENT_NODE ? xmlGetProp(n, BAD_CAST "origName") : NULL, *dir = name ? xmlGetProp(n, BAD_CAST "dir") : NULL;
        bool found = dir && !strcmp((char *)name, port) && (!direction || !strcmp((char *)dir, direction));
        xmlFree(name);
        xmlFree(dir);
        if (found) {
            return true;
        }
    }
    return false;
}

/* The port that stands for a signal. */
static const char *port_of(const char *signal, const char *usual)
{
    size_t len = strlen(signal);
    for (unsigned i = 0; i < args.pin_count; i++) {
        if (!strncmp(args.pins[i], signal, len) && args.pins[i][len] == '=') {
            return args.pins[i] + len + 1;
        }
    }
    return usual;
}

struct signal { const char *name, *usual, *direction; };
static const struct signal apb[] = { { "paddr", "paddr", "input" }, { "psel", "psel", "input" }, { "penable", "penable", "input" }, { "pwrite", "pwrite", "input" },
    { "pwdata", "pwdata", "input" }, { "prdata", "prdata", "output" }, { NULL, NULL, NULL } };
static const struct signal wishbone[] = { { "adr", "wb_adr_i", "input" }, { "dat_i", "wb_dat_i", "input" }, { "dat_o", "wb_dat_o", "output" }, { "we", "wb_we_i", "input" },
    { "stb", "wb_stb_i", "input" }, { "ack", "wb_ack_o", "output" }, { NULL, NULL, NULL } };
static const struct signal axi_lite[] = { { "", "s_axi_awvalid", "input" }, { "", "s_axi_wdata", "input" }, { "", "s_axi_bvalid", "output" },
    { "", "s_axi_arvalid", "input" }, { "", "s_axi_rdata", "output" }, { NULL, NULL, NULL } };

static int check_ports(xmlNodePtr module, const struct signal *signals, const char *clock, const char *reset)
{
    const char *one[] = { args.clock ? args.clock : clock, args.reset ? args.reset : reset, args.irq };
    int missing = 0;
    for (const struct signal *s = signals; s->name; s++) {
        const char *port = port_of(s->name, s->usual);
        if (!has_port(module, port, s->direction)) {
            missing += refuse("module %s has no %s '%s' for the bus's %s: name it with --pin %s=PORT", args.top, s->direction, port, s->usual, *s->name ? s->name : "…");
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        const char *port = one[i] && one[i][0] == '!' ? one[i] + 1 : one[i];
        if (port && !has_port(module, port, i < 2 ? "input" : "output")) {
            missing += refuse("module %s has no port '%s': name its %s with --%s", args.top, port, i == 0 ? "clock" : i == 1 ? "reset" : "interrupt",
                              i == 0 ? "clock" : i == 1 ? "reset" : "irq");
        }
    }
    return missing;
}

static int run(char *const argv[])
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Verilator's own words go to stderr where it does not accept the sources. */
static int check_rtl(void)
{
    char out[] = "/tmp/ingot-device-XXXXXX", xml[64];
    char *argv[FILES_MAX + 16] = { "verilator", "--xml-only", "-Wno-fatal", "-Wno-lint", "-Wno-style", "--top-module", (char *)args.top, "--Mdir", mkdtemp(out) ? out : "/tmp", "--xml-output", xml };
    snprintf(xml, sizeof xml, "%s/top.xml", out);
    for (unsigned i = 0, n = 11; i < args.file_count; i++) {
        argv[n++] = args.files[i];
    }
    int bad = run(argv) != 0;
    xmlDocPtr doc = bad ? NULL : xmlReadFile(xml, NULL, XML_PARSE_HUGE | XML_PARSE_NOERROR);
    xmlNodePtr module = doc ? top_module(xmlDocGetRootElement(doc), args.top) : NULL;
    if (bad) {
        refuse("Verilator does not accept the sources (its words are above)");
    } else if (!module) {
        bad = refuse("no module '%s' in the sources: name the top one with --top", args.top);
    } else if (!strcmp(args.bus, "apb")) {
        bad = check_ports(module, apb, "pclk", "!presetn");
    } else if (!strcmp(args.bus, "wishbone")) {
        bad = check_ports(module, wishbone, "wb_clk_i", "wb_rst_i");
    } else {
        bad = check_ports(module, axi_lite, "aclk", "!aresetn");
    }
    xmlFreeDoc(doc);
    folder_remove(out);
    return bad;
}

static int copy(const char *from, const char *to)
{
    char block[65536];
    size_t n = 0;
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    bool good = out;
    while (good && (n = fread(block, 1, sizeof block, in))) {
        good = fwrite(block, 1, n, out) == n;
    }
    good = good && !ferror(in);
    if (in) {
        fclose(in);
    }
    return (out && fclose(out)) || !good ? refuse("%s: %s", to, strerror(errno)) : 0;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void describe(FILE *f)
{
    fprintf(f, "# SPDX-License-Identifier: GPL-2.0-or-later\n# %s: RTL behind %s\ningot_device(TYPE %s TOP %s SOURCES", args.name, args.bus, args.name, args.top);
    for (unsigned i = 0; i < args.file_count; i++) {
        fprintf(f, " rtl/%s", base_of(args.files[i]));
    }
    fprintf(f, "\n             BUS %s FOREIGN", args.bus);
    const struct { const char *key, *value; } words[] = { { "CLOCK", args.clock }, { "RESET", args.reset }, { "IRQ", args.irq }, { "WINDOW", args.window },
        { "LINES", args.irq ? "1" : NULL }, { "MASTER", args.master && strcmp(args.master, "axi") ? args.master : NULL } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].value) {
            fprintf(f, " %s %s", words[i].key, words[i].value);
        }
    }
    fprintf(f, "%s%s%s", args.dma ? " DMA" : "", args.word_address ? " WORD_ADDRESS" : "", args.master_word_address ? " MASTER_WORD_ADDRESS" : "");
    for (unsigned i = 0; i < args.pin_count; i++) {
        fprintf(f, "%s%s", i ? " " : "\n             PINS ", args.pins[i]);
    }
    fputs(")\n", f);
}

static void write_test(FILE *f)
{
    fprintf(f, "// SPDX-License-Identifier: GPL-2.0-or-later\n// %s: the beginning of its conformance test\n#include \"vdevices/device_test.h\"\n\nnamespace {\n\n"
               "// It answers after reset; say here what it must answer.\nBENCH_TEST(Device_%s, AnswersAfterReset)\n{\n    ingot::Bench b;\n"
               "    unsigned d = b.add(\"it\", \"%s\"%s);\n    uint64_t v = 0;\n    EXPECT_EQ(SEAM_OK, b.read(d, 0, 4, &v));\n"
               "    EXPECT_TRUE(b.log_of(ingot::BenchEvent::Stop).empty()) << b.log_text();\n}\n\n}  // namespace\n", args.name, args.name, args.name,
            args.dma ? ", [] { ingot::Bench::Options o; o.stream = 1; return o; }()" : "");
}

static int write_folder(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/rtl", folder);
    if (folder_make(path) < 0) {
        return refuse("%s: %s", path, strerror(errno));
    }
    for (unsigned i = 0; i < args.file_count; i++) {
        snprintf(path, sizeof path, "%s/rtl/%s", folder, base_of(args.files[i]));
        if (copy(args.files[i], path)) {
            return 1;
        }
    }
    const struct { const char *ending; void (*write)(FILE *); } files[] = { { "device.cmake", describe }, { "_test.cpp", write_test } };
    for (unsigned i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s%s", folder, i ? args.name : "", files[i].ending);
        FILE *f = fopen(path, "w");
        if (f) {
            files[i].write(f);
        }
        if (!f || fclose(f)) {
            return refuse("%s: %s", path, strerror(errno));
        }
    }
    snprintf(path, sizeof path, "%s/README.md", folder);
    FILE *f = fopen(path, "w");
    if (!f || fprintf(f, "# %s\n\nRTL behind %s, described by `device.cmake`. Say here what it is, and its registers.\n", args.name, args.bus) < 0 || fclose(f)) {
        return refuse("%s: %s", path, strerror(errno));
    }
    return 0;
}

static int add(void)
{
    char folder[PATH_MAX];
    if (strspn(args.name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(args.name) || args.name[0] < 'a' || args.name[0] > 'z' || strlen(args.name) > 31) {
        return refuse("'%s' cannot name a device type: small letters, digits and _, a letter first, up to 31", args.name);
    }
    snprintf(folder, sizeof folder, "%s%s/%s", args.into ? args.into : places.source, args.into ? "" : "/vdevices", args.name);
    if (system_type(args.name) || access(folder, F_OK) == 0) {
        return refuse("there is a device type '%s' already: choose another name", args.name);
    }
    if (strcmp(args.bus, "axi-lite") && strcmp(args.bus, "apb") && strcmp(args.bus, "wishbone")) {
        const char *near = suggest(args.bus, "axi-lite apb wishbone");
        return refuse("bus '%s' is not known%s%s%s: axi-lite, apb or wishbone", args.bus, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    }
    if (args.master && strcmp(args.master, "wishbone") && strcmp(args.master, "axi")) {
        return refuse("master bus '%s' is not known: wishbone or axi", args.master);
    }
    for (unsigned i = 0; i < args.file_count; i++) {
        if (access(args.files[i], R_OK) < 0) {
            return refuse("%s: %s: name its Verilog sources, separated by commas", args.files[i], strerror(errno));
        }
    }
    args.top = args.top ? args.top : args.name;
    if (check_rtl()) {
        return 1;
    }
    if (write_folder(folder)) {
        folder_remove(folder);
        return 1;
    }
    printf("%s: its description, RTL and the beginning of a test. In vdevices/, the next ./ingot command builds it;\nin a system's XML: <device name=\"%s0\" type=\"%s\" base=\"0x0b0…\" spi=\"…\"%s/>\n",
           folder, args.name, args.name, args.dma ? " stream=\"…\"" : "");
    return 0;
}

int command_device(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "list\nadd NAME", "Device types. add: a Verilog core becomes one: its folder in vdevices/ is written "
                                      "(description, RTL, test), and the next build builds it.", NULL, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    return strcmp(args.verb, "add") ? list() : add();
}
