/* SPDX-License-Identifier: BSD-2-Clause */
/* command_decode.c - `assocctl decode`: the identity in an option 125, or in a whole DHCPv4 message.
 * Decodes by the same code as the gateway and the device do; needs no daemon. */
#include "config.h"

#include "dm-bridge/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/command_option.h"
#include "dm-bridge/terminal.h"

/* Four characters a byte ("0x" each), with a space after each, and some. */
#define INPUT_MAX ((size_t)COMMAND_BYTES_MAX * 6)

static enum command_status read_standard_input(const struct arguments *arguments, uint8_t *buffer,
                                               size_t *ret_size)
{
        static char text[INPUT_MAX + 1];
        size_t length = fread(text, 1, sizeof(text), stdin);

        if (ferror(stdin)) {
                command_error(arguments, "standard input: %s", strerror(errno));
                return COMMAND_FAILED;
        }
        if (length > INPUT_MAX) {
                command_error(arguments, "standard input: expected at most %zu characters, got more",
                              INPUT_MAX);
                return COMMAND_FAILED;
        }
        return command_take_hex(arguments, "standard input", text, length, buffer, COMMAND_BYTES_MAX,
                                ret_size);
}

static enum command_status take_input(const struct arguments *arguments, uint8_t *buffer, size_t *ret_size)
{
        const char *text = arguments->count > 0 ? arguments->operands[0] : "-";

        if (strcmp(text, "-") == 0)
                return read_standard_input(arguments, buffer, ret_size);
        return command_take_hex(arguments, "HEX", text, strlen(text), buffer, COMMAND_BYTES_MAX, ret_size);
}

static void print_element(const char *name, const char *text)
{
        printf("%s=", name);
        terminal_print(stdout, text, strlen(text));
        putchar('\n');
}

static enum command_status print_json(const struct arguments *arguments,
                                      const struct assoc_identity *identity)
{
        struct json_object *object = json_object_new_object();
        enum command_status status;

        if (object == NULL ||
            json_object_object_add(object, "oui", json_object_new_string(identity->oui)) < 0 ||
            json_object_object_add(object, "serial", json_object_new_string(identity->serial)) < 0 ||
            json_object_object_add(object, "class", json_object_new_string(identity->product_class)) < 0)
                status = command_no_memory(arguments);
        else
                status = command_print_json(arguments, object);
        json_object_put(object);
        return status;
}

static enum command_status print_identity(const struct arguments *arguments,
                                          const struct assoc_identity *identity)
{
        if (arguments->json)
                return print_json(arguments, identity);
        print_element("oui", identity->oui);
        print_element("serial", identity->serial);
        print_element("class", identity->product_class);
        return COMMAND_DONE;
}

enum command_status command_decode(const struct arguments *arguments)
{
        static uint8_t input[COMMAND_BYTES_MAX];
        struct assoc_identity identity;
        struct assoc_diagnosis why;
        enum assoc_role role;
        char text[128];
        size_t size;
        enum command_status status = command_take_role(arguments, &role);
        int err;

        if (status == COMMAND_DONE)
                status = take_input(arguments, input, &size);
        if (status != COMMAND_DONE)
                return status;
        err = arguments->message ? assoc_message_decode(input, size, role, &identity, &why)
                                 : assoc_option_decode(input, size, role, &identity, &why);
        if (err == 0)
                return print_identity(arguments, &identity);
        command_error(arguments, "%s %s identity: %s", err == -ENODATA ? "no" : "not a valid",
                      arguments->role, assoc_diagnosis_text(&why, text, sizeof(text)));
        return COMMAND_FAILED;
}
