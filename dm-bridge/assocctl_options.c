/* SPDX-License-Identifier: BSD-2-Clause */
/* assocctl_options.c - the options of assocctl, one row each, taken out of the command line by getopt_long().
 * Which command takes which is assocctl.c's business. */
#include "config.h"

#include "dm-bridge/assocctl_options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define DEFAULT_SOCKET  ASSOC_RUNSTATEDIR "/dm-bridge/dm-bridge.sock"
#define DEFAULT_TIMEOUT 5
#define TIMEOUT_MAX     3600

/* Where struct arguments keeps what was given. */
#define INTO(member) offsetof(struct arguments, member)
/* That it was given says it all. */
#define NOWHERE SIZE_MAX

const struct option_row option_rows[OPTION_COUNT] = {
        [OPTION_SOCKET] = {"socket", 's', "SOCKET", INTO(socket), "the daemon's socket (" DEFAULT_SOCKET ")"},
        [OPTION_TIMEOUT] = {"timeout", 'T', "SECONDS", INTO(timeout), "how long to wait for the daemon (5)"},
        [OPTION_JSON] = {"json", '\0', NULL, INTO(json), "print JSON in one line"},
        [OPTION_KEA_SOCKET] = {"kea-socket", '\0', "PATH", INTO(kea_socket),
                               "ask Kea itself, at its control socket"},
        [OPTION_NEXT_LEVEL] = {"next-level", '\0', NULL, INTO(next_level), "only the children of PATH"},
        [OPTION_ROLE] = {"role", '\0', "ROLE", INTO(role), "whose identity: device or gateway"},
        [OPTION_OUI] = {"oui", '\0', "OUI", INTO(oui), "manufacturer OUI, six hexadecimal digits"},
        [OPTION_SERIAL] = {"serial", '\0', "SERIAL", INTO(serial), "serial number, at most 64 bytes"},
        [OPTION_CLASS] = {"class", '\0', "CLASS", INTO(product_class),
                          "product class, at most 64 bytes (none)"},
        [OPTION_MERGE] = {"merge", '\0', "HEX", INTO(merge), "merge into this value of option 125"},
        [OPTION_MESSAGE] = {"message", '\0', NULL, INTO(message), "the input is a whole DHCPv4 message"},
        [OPTION_IDENTITY] = {"identity", 'i', "FILE", INTO(identity),
                             "the device's identity (" ASSOC_IDENTITY_FILE ")"},
        [OPTION_BY] = {"by", '\0', "WHO", INTO(by), "who writes: acs or local (local)"},
        [OPTION_VALUE_FILE] = {"value-file", '\0', "FILE", INTO(value_file),
                               "the value of NAME is in FILE; '-': standard input"},
        [OPTION_SINCE] = {"since", '\0', "SEQ", INTO(since), "only events after that number"},
        [OPTION_USER] = {"user", '\0', "USER", INTO(user), "ConnectionRequestUsername of the host"},
        [OPTION_PASSWORD_FILE] = {"password-file", '\0', "FILE", INTO(password_file),
                                  "its ConnectionRequestPassword is in FILE; '-': standard input"},
        [OPTION_COPIES] = {"copies", '\0', "NUMBER", INTO(copies), "how often it is sent, 1 to 100 (3)"},
        [OPTION_SOURCE] = {"source", '\0', "PORT", INTO(source), "the port that it is sent from (any)"},
        [OPTION_HELP] = {"help", 'h', NULL, NOWHERE, "print this and exit"},
        [OPTION_VERSION] = {"version", 'V', NULL, NOWHERE, "print the version and exit"},
};

const struct arguments arguments_initial = {
        .command = "", .socket = DEFAULT_SOCKET, .timeout = DEFAULT_TIMEOUT};

/* getopt's tables, made from ours. A long option returns its id + 256. */
static void make_getopt_tables(struct option *options, char *letters)
{
        *letters++ = ':'; /* tell a missing value from an unknown option */
        for (int id = 0; id < OPTION_COUNT; id++) {
                const struct option_row *row = &option_rows[id];
                int has_value = row->value != NULL ? required_argument : no_argument;

                options[id] = (struct option){row->name, has_value, NULL, 256 + id};
                if (row->letter == '\0')
                        continue;
                *letters++ = row->letter;
                if (row->value != NULL)
                        *letters++ = ':';
        }
        options[OPTION_COUNT] = (struct option){NULL, 0, NULL, 0};
        *letters = '\0';
}

/* The id of what getopt_long() returned; OPTION_COUNT: no option of ours. */
static int find_option(int got)
{
        if (got >= 256)
                return got - 256;
        for (int id = 0; id < OPTION_COUNT; id++)
                if (option_rows[id].letter != '\0' && option_rows[id].letter == got)
                        return id;
        return OPTION_COUNT;
}

static enum command_status take_timeout(struct arguments *arguments, const char *text)
{
        char *end;
        unsigned long seconds;

        errno = 0;
        seconds = strtoul(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || seconds < 1 ||
            seconds > TIMEOUT_MAX) {
                command_error(arguments, "--timeout: expected 1 to %d seconds, got '%s'", TIMEOUT_MAX, text);
                return COMMAND_USAGE;
        }
        arguments->timeout = (unsigned)seconds;
        return COMMAND_DONE;
}

static enum command_status take_option(struct arguments *arguments, int id, const char *value)
{
        const struct option_row *row = &option_rows[id];
        void *member;

        if (id == OPTION_TIMEOUT)
                return take_timeout(arguments, value);
        if (row->offset == NOWHERE)
                return COMMAND_DONE;
        member = (char *)arguments + row->offset;
        if (row->value != NULL)
                *(const char **)member = value;
        else
                *(bool *)member = true;
        return COMMAND_DONE;
}

static enum command_status refuse_option(const struct arguments *arguments, int got, char **argv)
{
        int id = find_option(optopt);

        if (got == ':' && id < OPTION_COUNT)
                command_error(arguments, "--%s: expected %s, got nothing", option_rows[id].name,
                              option_rows[id].value);
        else if (optopt >= 256) /* a flag that was given a value */
                command_error(arguments, "--%s: expected no value, got '%s'", option_rows[optopt - 256].name,
                              argv[optind - 1]);
        else if (optopt != 0)
                command_error(arguments, "expected an option that --help lists, got '-%c'", optopt);
        else
                command_error(arguments, "expected an option that --help lists, got '%s'", argv[optind - 1]);
        return COMMAND_USAGE;
}

enum command_status options_parse(int argc, char **argv, unsigned *given, struct arguments *arguments)
{
        struct option options[OPTION_COUNT + 1];
        char letters[2 + 2 * OPTION_COUNT];
        enum command_status status;
        int got;

        make_getopt_tables(options, letters);
        opterr = 0;
        while ((got = getopt_long(argc, argv, letters, options, NULL)) != -1) {
                int id = find_option(got);

                if (id == OPTION_COUNT)
                        return refuse_option(arguments, got, argv);
                *given |= BIT(id);
                status = take_option(arguments, id, optarg);
                if (status != COMMAND_DONE)
                        return status;
        }
        return COMMAND_DONE;
}
