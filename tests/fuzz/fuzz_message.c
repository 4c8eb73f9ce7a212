/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_message.c - the input is a DHCPv4 message as received. An option is found alike in a buffer of any
 * room, and a message decodes as its joined option does. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#include "libassoc/assoc.h"

/* Allocated, so that a sanitizer sees a byte too many. */
static int option_in(const uint8_t *data, size_t size, uint8_t code, size_t room, uint8_t **ret,
                     size_t *ret_size)
{
        *ret = malloc(room > 0 ? room : 1);
        FUZZ_CHECK(*ret != NULL);
        return assoc_message_option(data, size, code, *ret, room, ret_size, NULL);
}

static void check_option(const uint8_t *data, size_t size, uint8_t code)
{
        uint8_t *whole, *exact;
        size_t whole_size = 0, exact_size = 0;
        int err = option_in(data, size, code, size, &whole, &whole_size);

        FUZZ_CHECK(err == 0 || err == -ENODATA || err == -EBADMSG);
        if (err == 0) {
                FUZZ_CHECK(whole_size < size);
                FUZZ_CHECK(option_in(data, size, code, whole_size, &exact, &exact_size) == 0);
                FUZZ_CHECK(exact_size == whole_size && memcmp(exact, whole, whole_size) == 0);
                free(exact);
        }
        if (err == 0 && whole_size > 0) {
                FUZZ_CHECK(option_in(data, size, code, whole_size - 1, &exact, &exact_size) == -ENOBUFS);
                free(exact);
        }
        free(whole);
}

static void check_decode(const uint8_t *data, size_t size, enum assoc_role role)
{
        struct assoc_identity of_message, of_option;
        uint8_t *option;
        size_t option_size;
        int err = assoc_message_decode(data, size, role, &of_message, NULL);
        int option_err = option_in(data, size, ASSOC_OPTION, ASSOC_OPTION_MAX, &option, &option_size);

        if (option_err == 0)
                option_err = assoc_option_decode(option, option_size, role, &of_option, NULL);
        else if (option_err == -ENOBUFS)
                option_err = -EBADMSG;
        FUZZ_CHECK(err == option_err);
        if (err == 0)
                FUZZ_CHECK(assoc_identity_equal(&of_message, &of_option));
        free(option);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        check_option(data, size, ASSOC_OPTION);
        check_option(data, size, 53);
        check_decode(data, size, ASSOC_ROLE_DEVICE);
        check_decode(data, size, ASSOC_ROLE_GATEWAY);
        return 0;
}
