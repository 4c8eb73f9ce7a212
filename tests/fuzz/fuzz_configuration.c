/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_configuration.c - the input is dm-bridge.conf. What is refused is refused with one line that names the
 * file, and changes nothing; what is taken is complete. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "dm-bridge/configuration.h"

static const char name[] = "dm-bridge.conf";

static void check_error(const char *error)
{
        FUZZ_CHECK(strncmp(error, name, strlen(name)) == 0 && error[strlen(name)] == ':');
        FUZZ_CHECK(strlen(error) < CONFIGURATION_ERROR_MAX);
        for (; *error != '\0'; error++)
                FUZZ_CHECK(*error >= ' ' && *error <= '~');
}

static void check_path(const char *path, size_t most)
{
        size_t length = strnlen(path, most + 1);

        FUZZ_CHECK(path[0] == '/' && length >= 2 && length <= most && path[length - 1] != '/');
}

static void check_complete(const struct configuration *config)
{
        size_t length = strlen(config->root);

        FUZZ_CHECK(config->roles != 0 && (config->roles & ~(BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE)) == 0);
        FUZZ_CHECK(length > 0 && config->root[length - 1] == '.');
        check_path(config->socket, CONFIGURATION_SOCKET_MAX);
        check_path(config->journal, CONFIGURATION_PATH_MAX);
        check_path(config->gateway_info, CONFIGURATION_PATH_MAX);
        check_path(config->state, CONFIGURATION_PATH_MAX);
        check_path(config->identity, CONFIGURATION_PATH_MAX);
}

static bool is_untouched(const struct configuration *config)
{
        const uint8_t *bytes = (const uint8_t *)config;

        for (size_t i = 0; i < sizeof(*config); i++)
                if (bytes[i] != 0x5a)
                        return false;
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        /* The text is changed; a block of just its size, so that a sanitizer sees a byte too many. */
        char *text = malloc(size > 0 ? size : 1), error[CONFIGURATION_ERROR_MAX] = "";
        struct configuration config;
        int err;

        FUZZ_CHECK(text != NULL);
        memcpy(text, data, size);
        memset(&config, 0x5a, sizeof(config));
        err = configuration_parse(text, size, name, &config, error, sizeof(error));
        FUZZ_CHECK(err == 0 || err == -EINVAL);
        if (err == 0) {
                check_complete(&config);
        } else {
                check_error(error);
                FUZZ_CHECK(is_untouched(&config));
        }
        free(text);
        return 0;
}
