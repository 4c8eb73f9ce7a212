/* SPDX-License-Identifier: BSD-2-Clause */
/* assocctl.c - the command line: a table of commands, and one of options (assocctl_options.c); usage is
 * printed from them. What a command does stands in command_NAME.c. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/assocctl_options.h"

/* Every command takes these, before or after its name. */
#define GENERAL_OPTIONS (BIT(OPTION_SOCKET) | BIT(OPTION_TIMEOUT) | BIT(OPTION_HELP) | BIT(OPTION_VERSION))
#define ENCODE_OPTIONS                                                                                       \
        (BIT(OPTION_ROLE) | BIT(OPTION_OUI) | BIT(OPTION_SERIAL) | BIT(OPTION_CLASS) | BIT(OPTION_MERGE))
#define REQUEST_OPTIONS                                                                                      \
        (BIT(OPTION_USER) | BIT(OPTION_PASSWORD_FILE) | BIT(OPTION_COPIES) | BIT(OPTION_SOURCE))

static const struct command_row {
        const char *name;
        const char *operands;
        int min, max;     /* operands */
        unsigned options; /* beside the general ones */
        unsigned required;
        enum command_status (*run)(const struct arguments *arguments);
        const char *summary;
} command_rows[] = {
        {"devices", "", 0, 0, BIT(OPTION_JSON) | BIT(OPTION_KEA_SOCKET), 0, command_devices,
         "list the devices that the gateway knows"},
        {"gateway", "", 0, 0, BIT(OPTION_JSON), 0, command_gateway,
         "show the gateway that the device is associated with"},
        {"get", "NAME...", 1, INT_MAX, BIT(OPTION_JSON), 0, command_get,
         "print values of parameters; NAME may be a path that ends in a dot"},
        {"set", "NAME=VALUE...", 1, INT_MAX, BIT(OPTION_BY) | BIT(OPTION_VALUE_FILE), 0, command_set,
         "write parameters, all or none"},
        {"names", "[PATH]", 0, 1, BIT(OPTION_JSON) | BIT(OPTION_NEXT_LEVEL), 0, command_names,
         "list parameters and objects"},
        {"attributes", "NAME...", 1, INT_MAX, BIT(OPTION_JSON), 0, command_attributes,
         "print which changes of parameters are told to the ACS"},
        {"notify", "off|passive|active NAME...", 2, INT_MAX, 0, 0, command_notify,
         "set which changes of parameters are told to the ACS"},
        {"watch", "", 0, 0, BIT(OPTION_JSON) | BIT(OPTION_SINCE), 0, command_watch,
         "print events as they come"},
        {"ack", "SEQ", 1, 1, 0, 0, command_ack, "forget events up to that number"},
        {"status", "", 0, 0, BIT(OPTION_JSON), 0, command_status, "show how the daemon does"},
        {"stun", "", 0, 0, BIT(OPTION_JSON), 0, command_stun,
         "show at which address the ACS reaches this host"},
        {"request", "HOST:PORT", 1, 1, REQUEST_OPTIONS, BIT(OPTION_USER) | BIT(OPTION_PASSWORD_FILE),
         command_request, "send a UDP connection request to a host, as its ACS would"},
        {"encode", "", 0, 0, ENCODE_OPTIONS, BIT(OPTION_ROLE) | BIT(OPTION_OUI) | BIT(OPTION_SERIAL),
         command_encode, "print an identity as option 125, in hexadecimal digits"},
        {"decode", "[HEX | -]", 0, 1, BIT(OPTION_JSON) | BIT(OPTION_ROLE) | BIT(OPTION_MESSAGE),
         BIT(OPTION_ROLE), command_decode, "print the identity in option 125; '-': from standard input"},
        {"client-config", "CLIENT", 1, 1, BIT(OPTION_IDENTITY), 0, command_client_config,
         "print what to configure in dhcpcd, dhcpcd-old, udhcpc, dhclient or networkd"},
};

#define COMMAND_COUNT (sizeof(command_rows) / sizeof(command_rows[0]))

struct command_line {
        const struct command_row *command; /* NULL: none named */
        unsigned given;                    /* options, a bit each */
        struct arguments arguments;
};

static enum command_status parse(int argc, char **argv, struct command_line *ret);
static enum command_status check(struct command_line *line);
static void print_usage(const struct command_row *only);

/* What was printed may still sit in a buffer: a full disk shows here. */
static enum command_status flush(const struct arguments *arguments, enum command_status status)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return status;
        command_error(arguments, "standard output: %s", strerror(errno));
        return status == COMMAND_DONE ? COMMAND_FAILED : status;
}

int main(int argc, char **argv)
{
        struct command_line line;
        enum command_status status;

        /* For wcwidth() only. Identities are UTF-8 whatever the user's locale is. */
        setlocale(LC_CTYPE, "C.UTF-8");
        status = parse(argc, argv, &line);
        if (status != COMMAND_DONE)
                return (int)status;
        if (line.given & BIT(OPTION_HELP)) {
                print_usage(line.command);
                return (int)flush(&line.arguments, COMMAND_DONE);
        }
        if (line.given & BIT(OPTION_VERSION)) {
                puts("assocctl " PACKAGE_VERSION);
                return (int)flush(&line.arguments, COMMAND_DONE);
        }
        status = check(&line);
        if (status != COMMAND_DONE)
                return (int)status;
        return (int)flush(&line.arguments, line.command->run(&line.arguments));
}

static void print_option(const struct option_row *row)
{
        char left[40], letter[] = {'-', row->letter, ',', ' ', '\0'};

        snprintf(left, sizeof(left), "%s--%s%s%s", row->letter != '\0' ? letter : "    ", row->name,
                 row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
        printf("  %-24s %s\n", left, row->summary);
}

static void print_command(const struct command_row *row)
{
        char left[64];
        int used = snprintf(left, sizeof(left), "%s", row->name);

        for (int id = 0; id < OPTION_COUNT; id++)
                if (row->required & BIT(id))
                        used += snprintf(left + used, sizeof(left) - (size_t)used, " --%s %s",
                                         option_rows[id].name, option_rows[id].value);
        snprintf(left + used, sizeof(left) - (size_t)used, "%s%s", row->operands[0] != '\0' ? " " : "",
                 row->operands);
        /* A long form keeps its line to itself. */
        printf(strlen(left) > 24 ? "  %s\n  %24s %s\n" : "  %-24s%s %s\n", left, "", row->summary);
}

/* Usage as a whole, or that of one command. */
static void print_usage(const struct command_row *only)
{
        unsigned options = 0;

        puts("usage: assocctl [-s SOCKET] [-T SECONDS] [--json] COMMAND [ARGUMENT...]\n");
        puts(only == NULL ? "Commands:" : "Command:");
        for (size_t i = 0; i < COMMAND_COUNT; i++) {
                if (only != NULL && only != &command_rows[i])
                        continue;
                print_command(&command_rows[i]);
                options |= command_rows[i].options;
        }
        puts("\nOptions, before or after the command:");
        for (int id = 0; id < OPTION_COUNT; id++)
                if ((options | GENERAL_OPTIONS) & BIT(id))
                        print_option(&option_rows[id]);
}

static enum command_status find_command(struct command_line *line, const char *name)
{
        char known[256] = "";

        for (size_t i = 0; i < COMMAND_COUNT; i++) {
                size_t used = strlen(known);

                if (name != NULL && strcmp(command_rows[i].name, name) == 0) {
                        line->command = &command_rows[i];
                        line->arguments.command = command_rows[i].name;
                        return COMMAND_DONE;
                }
                snprintf(known + used, sizeof(known) - used, "%s%s", used > 0 ? ", " : "",
                         command_rows[i].name);
        }
        if (name == NULL && (line->given & (BIT(OPTION_HELP) | BIT(OPTION_VERSION))))
                return COMMAND_DONE;
        command_error(&line->arguments, "expected a command (%s), got %s%s%s", known, name != NULL ? "'" : "",
                      name != NULL ? name : "none", name != NULL ? "'" : "");
        return COMMAND_USAGE;
}

static enum command_status parse(int argc, char **argv, struct command_line *ret)
{
        enum command_status status;

        *ret = (struct command_line){.arguments = arguments_initial};
        status = options_parse(argc, argv, &ret->given, &ret->arguments);
        if (status != COMMAND_DONE)
                return status;
        if (optind < argc) {
                ret->arguments.operands = argv + optind + 1;
                ret->arguments.count = argc - optind - 1;
        }
        return find_command(ret, argv[optind]);
}

static enum command_status check(struct command_line *line)
{
        const struct command_row *command = line->command;
        const struct arguments *arguments = &line->arguments;
        unsigned excess = line->given & ~(command->options | GENERAL_OPTIONS);
        unsigned lacking = command->required & ~line->given;

        /* Kea is asked instead of the daemon. */
        if (line->given & BIT(OPTION_KEA_SOCKET))
                excess |= line->given & BIT(OPTION_SOCKET);
        for (int id = 0; id < OPTION_COUNT; id++) {
                if (excess & BIT(id)) {
                        command_error(arguments, "expected no --%s: it has no meaning here",
                                      option_rows[id].name);
                        return COMMAND_USAGE;
                }
                if (lacking & BIT(id)) {
                        command_error(arguments, "expected --%s %s, got none", option_rows[id].name,
                                      option_rows[id].value);
                        return COMMAND_USAGE;
                }
        }
        if (arguments->count < command->min) {
                command_error(arguments, "expected %s, got nothing", command->operands);
                return COMMAND_USAGE;
        }
        if (arguments->count > command->max) {
                command_error(arguments, "expected %s%s, got '%s'", command->max == 0 ? "no" : "no further",
                              " argument", arguments->operands[command->max]);
                return COMMAND_USAGE;
        }
        return COMMAND_DONE;
}
