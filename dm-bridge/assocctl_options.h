/* SPDX-License-Identifier: BSD-2-Clause */
/* assocctl_options.h - the options of assocctl; private to the command line. */
#ifndef DM_BRIDGE_ASSOCCTL_OPTIONS_H
#define DM_BRIDGE_ASSOCCTL_OPTIONS_H

#include <stddef.h>

#include "dm-bridge/command.h"

enum option_id {
        OPTION_SOCKET,
        OPTION_TIMEOUT,
        OPTION_JSON,
        OPTION_KEA_SOCKET,
        OPTION_NEXT_LEVEL,
        OPTION_ROLE,
        OPTION_OUI,
        OPTION_SERIAL,
        OPTION_CLASS,
        OPTION_MERGE,
        OPTION_MESSAGE,
        OPTION_IDENTITY,
        OPTION_BY,
        OPTION_VALUE_FILE,
        OPTION_SINCE,
        OPTION_USER,
        OPTION_PASSWORD_FILE,
        OPTION_COPIES,
        OPTION_SOURCE,
        OPTION_HELP,
        OPTION_VERSION,
        OPTION_COUNT,
};

#define BIT(id) (1u << (id))

struct option_row {
        const char *name;
        char letter;       /* or '\0' */
        const char *value; /* what it takes, NULL: nothing */
        size_t offset;     /* in struct arguments: a text if it takes a value, else a flag */
        const char *summary;
};

extern const struct option_row option_rows[OPTION_COUNT];

/** What holds where no option says otherwise. */
extern const struct arguments arguments_initial;

/** Take the options out of the command line, wherever they stand: *given has a bit for each, *arguments their
 * values, optind the first operand. On any trouble the error is printed. */
enum command_status options_parse(int argc, char **argv, unsigned *given, struct arguments *arguments);

#endif
