/* SPDX-License-Identifier: BSD-2-Clause */
/* command_encode.c - `assocctl encode`: an identity as the value of option 125, in hexadecimal digits.
 * For clients and servers that are configured by bytes; needs no daemon. */
#include "config.h"

#include "dm-bridge/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/command_option.h"
#include "dm-bridge/hex.h"

static enum command_status take_identity(const struct arguments *arguments, struct assoc_identity *ret)
{
        struct assoc_diagnosis why;
        char text[128];

        if (assoc_identity_set(ret, arguments->oui, arguments->serial, arguments->product_class, &why) == 0)
                return COMMAND_DONE;
        command_error(arguments, "%s", assoc_diagnosis_text(&why, text, sizeof(text)));
        return COMMAND_FAILED;
}

/* An option that is not there yet is an empty one. */
static enum command_status merge(const struct arguments *arguments, const struct assoc_identity *identity,
                                 enum assoc_role role)
{
        uint8_t option[ASSOC_OPTION_MAX], merged[ASSOC_OPTION_MAX];
        const char *text = arguments->merge == NULL ? "" : arguments->merge;
        size_t size;
        enum command_status status =
                command_take_hex(arguments, "--merge", text, strlen(text), option, sizeof(option), &size);
        int err;

        if (status != COMMAND_DONE)
                return status;
        err = assoc_option_merge(option, size, identity, role, merged, sizeof(merged), &size);
        if (err == -EBADMSG) {
                command_error(arguments,
                              "--merge: expected a value of option 125, got bytes whose lengths do not "
                              "add up");
                return COMMAND_FAILED;
        }
        if (err < 0) {
                command_error(arguments, "%s", strerror(-err));
                return COMMAND_FAILED;
        }
        hex_print(stdout, merged, size);
        putchar('\n');
        return COMMAND_DONE;
}

enum command_status command_encode(const struct arguments *arguments)
{
        struct assoc_identity identity;
        enum assoc_role role;
        enum command_status status = command_take_role(arguments, &role);

        if (status == COMMAND_DONE)
                status = take_identity(arguments, &identity);
        return status == COMMAND_DONE ? merge(arguments, &identity, role) : status;
}
