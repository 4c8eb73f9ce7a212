/* SPDX-License-Identifier: BSD-2-Clause */
/* assoc-client.c - the program behind the scripts of DHCP clients: options and commands.
 * What the commands do is in associate.c and libassoc/identity_file.c. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "client-hook/associate.h"
#include "client-hook/default_route.h"
#include "client-hook/log.h"
#include "libassoc/escape.h"
#include "libassoc/identity_file.h"

#define RUN_FOLDER ASSOC_RUNSTATEDIR "/assoc"

enum {
        EXIT_USAGE = 2,
};

struct options {
        const char *identity_file;
        const char *run_folder;
        bool foreground;
};

static int act(const struct options *options, enum event_client client, const char *reason)
{
        char records[PATH_MAX], slots[PATH_MAX], error[EVENT_ERROR_MAX];
        struct associate_settings settings = {
                .identity_file = options->identity_file,
                .records = records,
                .slots = slots,
                .routes = DEFAULT_ROUTE_TABLE,
                .dhcpcd_conf = ASSOC_SYSCONFDIR "/dhcpcd.conf",
                .foreground = options->foreground,
        };
        struct event event;

        if (snprintf(records, sizeof(records), "%s/gateway-info", options->run_folder) >=
                    (int)sizeof(records) ||
            snprintf(slots, sizeof(slots), "%s/client", options->run_folder) >= (int)sizeof(slots)) {
                log_line(LOG_ERR, "-r: expected a shorter path, got %zu bytes", strlen(options->run_folder));
                return EXIT_FAILURE;
        }
        if (event_from_environment(&event, client, reason, error, sizeof(error)) < 0) {
                log_line(LOG_ERR, "%s", error);
                return EXIT_FAILURE;
        }
        return associate(&event, &settings) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int command_event(const struct options *options, const char *operand)
{
        (void)operand;
        return act(options, EVENT_DHCPCD, NULL);
}

static int command_dhclient(const struct options *options, const char *operand)
{
        (void)operand;
        return act(options, EVENT_DHCLIENT, NULL);
}

static int command_udhcpc(const struct options *options, const char *operand)
{
        return act(options, EVENT_UDHCPC, operand);
}

static int command_check(const struct options *options, const char *operand)
{
        char error[IDENTITY_FILE_ERROR_MAX];
        struct assoc_identity identity;

        (void)operand;
        if (identity_file_read(options->identity_file, &identity, error, sizeof(error)) < 0) {
                fprintf(stderr, "assoc-client: %s\n", error);
                return EXIT_FAILURE;
        }
        printf("manufacturer-oui = %s\nserial-number = %s\n", identity.oui, identity.serial);
        if (identity.product_class[0] != '\0')
                printf("product-class = %s\n", identity.product_class);
        return EXIT_SUCCESS;
}

static const struct command {
        const char *name;
        const char *operand; /* NULL: takes none */
        int (*run)(const struct options *options, const char *operand);
        const char *summary;
} commands[] = {
        {"event", NULL, command_event, "act on the DHCP event that dhcpcd's environment describes"},
        {"dhclient", NULL, command_dhclient, "likewise that of ISC dhclient"},
        {"udhcpc", "EVENT", command_udhcpc, "likewise that of BusyBox udhcpc, which names EVENT apart"},
        {"check", NULL, command_check, "check the device's identity file and print what it says"},
};

static void usage(FILE *stream)
{
        fputs("usage: assoc-client [-fhV] [-i FILE] [-r FOLDER] COMMAND\n\ncommands:\n", stream);
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
                fprintf(stream, "  %-8s %-5s  %s\n", commands[i].name,
                        commands[i].operand == NULL ? "" : commands[i].operand, commands[i].summary);
        fputs("\noptions:\n"
              "  -f, --foreground       wait until the gateway has been asked\n"
              "  -i, --identity FILE    the device's identity (" ASSOC_IDENTITY_FILE ")\n"
              "  -r, --run-folder FOLDER  where records are kept (" RUN_FOLDER ")\n"
              "  -h, --help             print this\n"
              "  -V, --version          print the version\n",
              stream);
}

static int usage_error(const char *expected, const char *got)
{
        char text[80];

        fprintf(stderr, "assoc-client: expected %s, got %s%s%s\n", expected, got == NULL ? "" : "'",
                got == NULL ? "nothing" : escape_text(got, strlen(got), text, sizeof(text)),
                got == NULL ? "" : "'");
        usage(stderr);
        return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
                if (strcmp(name, commands[i].name) == 0)
                        return &commands[i];
        return NULL;
}

static int run_command(int count, char **words, const struct options *options)
{
        const struct command *command = count == 0 ? NULL : find_command(words[0]);
        int operands;

        if (command == NULL)
                return usage_error("a command", count == 0 ? NULL : words[0]);
        operands = command->operand != NULL;
        if (count - 1 < operands)
                return usage_error(command->operand, NULL);
        if (count - 1 > operands)
                return usage_error("one command only", words[1 + operands]);
        return command->run(options, operands == 0 ? NULL : words[1]);
}

int main(int argc, char **argv)
{
        static const struct option long_options[] = {
                {"foreground", no_argument, NULL, 'f'},       {"identity", required_argument, NULL, 'i'},
                {"run-folder", required_argument, NULL, 'r'}, {"help", no_argument, NULL, 'h'},
                {"version", no_argument, NULL, 'V'},          {NULL, 0, NULL, 0},
        };
        struct options options = {.identity_file = ASSOC_IDENTITY_FILE, .run_folder = RUN_FOLDER};
        int option;

        while ((option = getopt_long(argc, argv, "fi:r:hV", long_options, NULL)) != -1) {
                switch (option) {
                case 'f':
                        options.foreground = true;
                        break;
                case 'i':
                        options.identity_file = optarg;
                        break;
                case 'r':
                        options.run_folder = optarg;
                        break;
                case 'h':
                        usage(stdout);
                        return EXIT_SUCCESS;
                case 'V':
                        printf("assoc-client %s\n", assoc_version());
                        return EXIT_SUCCESS;
                default:
                        usage(stderr);
                        return EXIT_USAGE;
                }
        }
        return run_command(argc - optind, argv + optind, &options);
}
