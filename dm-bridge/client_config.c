/* SPDX-License-Identifier: BSD-2-Clause */
/* client_config.c - what to configure in a DHCP client so that it takes part; one function a client.
 *
 * An identity may hold any character but control characters: quotes, backslashes, `$`. dhcpcd gets it quoted,
 * the others get the bytes of option 125, in which no character of it stands for itself. */
#include "config.h"

#include "dm-bridge/client_config.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define DEFINE_LINE "define 125 request binhex tr111_raw\n"

/* The value of option 125, as the device sends it. */
struct option {
        uint8_t bytes[ASSOC_BLOCK_MAX];
        size_t size;
};

typedef void print_function(FILE *file, const struct assoc_identity *identity, const struct option *option);

/* Without quotes 00D09E would be three bytes, and 192.0.2.1 four. */
static void print_vsio(FILE *file, unsigned code, const char *value)
{
        fprintf(file, "vsio 3561 %u,\"", code);
        for (; *value != '\0'; value++) {
                if (*value == '"' || *value == '\\')
                        putc('\\', file);
                putc(*value, file);
        }
        fputs("\"\n", file);
}

static void print_dhcpcd(FILE *file, const struct assoc_identity *identity, const struct option *option)
{
        (void)option;
        fputs("# dhcpcd 10.2.0 or later: add to /etc/dhcpcd.conf, and restart dhcpcd.\n" DEFINE_LINE, file);
        print_vsio(file, 1, identity->oui);
        print_vsio(file, 2, identity->serial);
        if (identity->product_class[0] != '\0')
                print_vsio(file, 3, identity->product_class);
}

static void print_dhcpcd_old(FILE *file, const struct assoc_identity *identity, const struct option *option)
{
        (void)identity;
        (void)option;
        fputs("# dhcpcd before 10.2.0: add to /etc/dhcpcd.conf, and restart dhcpcd.\n"
              "# It can't send option 125: its hook 60-assoc asks the gateway by a DHCPINFORM of its own, "
              "with the\n"
              "# identity of " ASSOC_IDENTITY_FILE ".\n" DEFINE_LINE,
              file);
}

static void print_bytes(FILE *file, const struct option *option, const char *before, const char *between)
{
        for (size_t i = 0; i < option->size; i++)
                fprintf(file, "%s%s%02x", i > 0 ? between : "", before, option->bytes[i]);
}

static void print_udhcpc(FILE *file, const struct assoc_identity *identity, const struct option *option)
{
        (void)identity;
        fputs("# udhcpc: add to its command line.\n"
              "# udhcpc-assoc runs the system's own script too; ASSOC_UDHCPC_SCRIPT in udhcpc's environment "
              "names\n"
              "# another one.\n"
              "-x 0x7d:",
              file);
        print_bytes(file, option, "", "");
        fputs(" -O 125 -s " ASSOC_LIBEXECDIR "/udhcpc-assoc\n", file);
}

static void print_dhclient(FILE *file, const struct assoc_identity *identity, const struct option *option)
{
        (void)identity;
        fputs("# ISC dhclient: add to /etc/dhcp/dhclient.conf, below its own \"request\", and restart "
              "dhclient.\n"
              "# Its exit hook " ASSOC_SYSCONFDIR "/dhcp/dhclient-exit-hooks.d/assoc takes the answer from\n"
              "# assoc-raw: keep the name.\n"
              "option assoc-raw code 125 = string;\n"
              "send assoc-raw ",
              file);
        print_bytes(file, option, "", ":");
        fputs(";\nalso request assoc-raw;\n", file);
}

static void print_networkd(FILE *file, const struct assoc_identity *identity, const struct option *option)
{
        (void)identity;
        fputs("# systemd-networkd: add to the interface's .network file, or as a drop-in of it such as\n"
              "# /etc/systemd/network/50-lan.network.d/assoc.conf; then: networkctl reload\n"
              "# The gateway learns who this device is, but networkd hands its answer to nobody: GatewayInfo "
              "stays\n"
              "# empty, unless something asks again when there is a lease (assoc-client(8), EXAMPLES).\n"
              "[DHCPv4]\n"
              "SendOption=125:string:",
              file);
        print_bytes(file, option, "\\x", "");
        putc('\n', file);
}

static const struct client {
        const char *name;
        print_function *print;
} clients[] = {
        {"dhcpcd", print_dhcpcd},     {"dhcpcd-old", print_dhcpcd_old}, {"udhcpc", print_udhcpc},
        {"dhclient", print_dhclient}, {"networkd", print_networkd},
};

const char *client_config_names(void)
{
        return "dhcpcd, dhcpcd-old, udhcpc, dhclient, networkd";
}

int client_config_print(FILE *file, const char *client, const struct assoc_identity *identity)
{
        struct option option;
        int err = assoc_option_encode(identity, ASSOC_ROLE_DEVICE, option.bytes, sizeof(option.bytes),
                                      &option.size);

        if (err < 0)
                return err;
        for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
                if (strcmp(client, clients[i].name) == 0) {
                        clients[i].print(file, identity, &option);
                        return 0;
                }
        return -ENOENT;
}
