/* SPDX-License-Identifier: BSD-2-Clause */
/* assocctl_options.c - the options of assocctl, one row each, taken out of the command line by getopt_long().
 * Which command takes which is assocctl.c's business. */
#include "config.h"

#include "dm-bridge/assocctl_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#define DEFAULT_SOCKET  ASSOC_RUNSTATEDIR "/dm-bridge/dm-bridge.sock"
#define DEFAULT_TIMEOUT 5
#define TIMEOUT_MAX     3600

const struct option_row option_rows[OPTION_COUNT] = {
        [OPTION_SOCKET] = {"socket", 's', "SOCKET", "the daemon's socket (" DEFAULT_SOCKET ")"},
        [OPTION_TIMEOUT] = {"timeout", 'T', "SECONDS", "how long to wait for the daemon (5)"},
        [OPTION_JSON] = {"json", '\0', NULL, "print JSON in one line"},
        [OPTION_KEA_SOCKET] = {"kea-socket", '\0', "PATH", "ask Kea itself, at its control socket"},
        [OPTION_NEXT_LEVEL] = {"next-level", '\0', NULL, "only the children of PATH"},
        [OPTION_ROLE] = {"role", '\0', "ROLE", "whose identity: device or gateway"},
        [OPTION_OUI] = {"oui", '\0', "OUI", "manufacturer OUI, six hexadecimal digits"},
        [OPTION_SERIAL] = {"serial", '\0', "SERIAL", "serial number, at most 64 bytes"},
        [OPTION_CLASS] = {"class", '\0', "CLASS", "product class, at most 64 bytes (none)"},
        [OPTION_MERGE] = {"merge", '\0', "HEX", "merge into this value of option 125"},
        [OPTION_MESSAGE] = {"message", '\0', NULL, "the input is a whole DHCPv4 message"},
        [OPTION_IDENTITY] = {"identity", 'i', "FILE", "the device's identity (" ASSOC_IDENTITY_FILE ")"},
        [OPTION_BY] = {"by", '\0', "WHO", "who writes: acs or local (local)"},
        [OPTION_VALUE_FILE] = {"value-file", '\0', "FILE",
                               "the value of NAME is in FILE; '-': standard input"},
        [OPTION_SINCE] = {"since", '\0', "SEQ", "only events after that number"},
        [OPTION_USER] = {"user", '\0', "USER", "ConnectionRequestUsername of the host"},
        [OPTION_PASSWORD_FILE] = {"password-file", '\0', "FILE",
                                  "its ConnectionRequestPassword is in FILE; '-': standard input"},
        [OPTION_COPIES] = {"copies", '\0', "NUMBER", "how often it is sent, 1 to 100 (3)"},
        [OPTION_SOURCE] = {"source", '\0', "PORT", "the port that it is sent from (any)"},
        [OPTION_HELP] = {"help", 'h', NULL, "print this and exit"},
        [OPTION_VERSION] = {"version", 'V', NULL, "print the version and exit"},
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
        switch (id) {
        case OPTION_SOCKET:
                arguments->socket = value;
                break;
        case OPTION_TIMEOUT:
                return take_timeout(arguments, value);
        case OPTION_JSON:
                arguments->json = true;
                break;
        case OPTION_KEA_SOCKET:
                arguments->kea_socket = value;
                break;
        case OPTION_NEXT_LEVEL:
                arguments->next_level = true;
                break;
        case OPTION_ROLE:
                arguments->role = value;
                break;
        case OPTION_OUI:
                arguments->oui = value;
                break;
        case OPTION_SERIAL:
                arguments->serial = value;
                break;
        case OPTION_CLASS:
                arguments->product_class = value;
                break;
        case OPTION_MERGE:
                arguments->merge = value;
                break;
        case OPTION_MESSAGE:
                arguments->message = true;
                break;
        case OPTION_BY:
                arguments->by = value;
                break;
        case OPTION_VALUE_FILE:
                arguments->value_file = value;
                break;
        case OPTION_SINCE:
                arguments->since = value;
                break;
        case OPTION_USER:
                arguments->user = value;
                break;
        case OPTION_PASSWORD_FILE:
                arguments->password_file = value;
                break;
        case OPTION_COPIES:
                arguments->copies = value;
                break;
        case OPTION_SOURCE:
                arguments->source = value;
                break;
        case OPTION_IDENTITY:
                arguments->identity = value;
                break;
        }
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
