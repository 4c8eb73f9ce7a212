/* SPDX-License-Identifier: BSD-2-Clause */
/* command_client_config.c - `assocctl client-config`: what to configure in a DHCP client, from the device's
 * identity file. Needs no daemon. */
#include "config.h"

#include "dm-bridge/command.h"

#include <errno.h>
#include <string.h>

#include "dm-bridge/client_config.h"
#include "libassoc/identity_file.h"

enum command_status command_client_config(const struct arguments *arguments)
{
        const char *path = arguments->identity == NULL ? ASSOC_IDENTITY_FILE : arguments->identity;
        char error[IDENTITY_FILE_ERROR_MAX];
        struct assoc_identity identity;
        int err;

        if (identity_file_read(path, &identity, error, sizeof(error)) < 0) {
                command_error(arguments, "%s", error);
                return COMMAND_FAILED;
        }
        err = client_config_print(stdout, arguments->operands[0], &identity);
        if (err == -ENOENT) {
                command_error(arguments, "expected a client (%s), got '%s'", client_config_names(),
                              arguments->operands[0]);
                return COMMAND_USAGE;
        }
        if (err < 0) {
                command_error(arguments, "%s", strerror(-err));
                return COMMAND_FAILED;
        }
        return COMMAND_DONE;
}
