/* SPDX-License-Identifier: BSD-2-Clause */
/* test_configuration.c - what dm-bridge.conf says, and what is said of a bad one. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/configuration.h"
#include "tests/unit/scratch.h"

static char error[CONFIGURATION_ERROR_MAX];

static int parse(const char *text, struct configuration *ret)
{
        char *copy = strdup(text);
        int err;

        assert_non_null(copy);
        error[0] = '\0';
        err = configuration_parse(copy, strlen(copy), "F", ret, error, sizeof(error));
        free(copy);
        return err;
}

static void a_role_alone_is_enough(void **state)
{
        struct configuration config;

        (void)state;
        assert_int_equal(parse("{\"role\":\"gateway\"}", &config), 0);
        assert_int_equal(config.roles, BRIDGE_ROLE_GATEWAY);
        assert_string_equal(config.root, "InternetGatewayDevice.");
        assert_string_equal(config.socket, ASSOC_RUNSTATEDIR "/dm-bridge/dm-bridge.sock");
        assert_string_equal(config.journal, ASSOC_JOURNAL);
        assert_string_equal(config.gateway_info, ASSOC_RUNSTATEDIR "/assoc/gateway-info");
        assert_false(config.has_socket_group);
        assert_int_equal(config.udp_address.s_addr, INADDR_ANY);
        assert_int_equal(config.udp_port, 7547);
        assert_int_equal(config.request_burst, 10);
        assert_int_equal(config.request_interval, 6);
        assert_false(config.request_without_host);
        assert_false(config.stun_auto);
}

static void the_data_model_sets_the_root(void **state)
{
        struct configuration config;

        (void)state;
        assert_int_equal(parse("{\"role\":\"gateway\",\"data-model\":\"Device:2\"}", &config), 0);
        assert_int_equal(config.model, DATA_MODEL_TR181);
        assert_string_equal(config.root, "Device.");
        assert_int_equal(parse("{\"role\":\"device\",\"data-model\":\"InternetGatewayDevice:1\"}", &config),
                         0);
        assert_int_equal(config.model, DATA_MODEL_TR098);
        assert_string_equal(config.root, "InternetGatewayDevice.");
        assert_int_equal(
                parse("{\"role\":\"device\",\"data-model\":\"Device:1\",\"root\":\"Device.\"}", &config), 0);
        assert_int_equal(config.model, DATA_MODEL_TR106);
        assert_int_equal(parse("{\"role\":\"device\"}", &config), 0);
        assert_int_equal(config.model, DATA_MODEL_TR106);
        assert_int_equal(parse("{\"role\":\"gateway\"}", &config), 0);
        assert_int_equal(config.model, DATA_MODEL_TR098);
}

static void the_root_follows_the_role_unless_it_is_given(void **state)
{
        struct configuration config;

        (void)state;
        assert_int_equal(parse("{\"role\":\"device\"}", &config), 0);
        assert_string_equal(config.root, "Device.");
        assert_int_equal(parse("{\"role\":\"both\"}", &config), 0);
        assert_string_equal(config.root, "InternetGatewayDevice.");
        assert_int_equal(config.roles, BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE);
        assert_int_equal(parse("{\"root\":\"Device.\",\"role\":\"gateway\"}", &config), 0);
        assert_string_equal(config.root, "Device.");
}

static void comments_and_every_key_are_taken(void **state)
{
        struct configuration config;

        (void)state;
        assert_int_equal(parse("# first\n{ \"role\": \"both\", // second\n"
                               " \"socket\": \"/a/s\", \"journal\": \"/b/j\", \"gateway-info\": \"/c/d/\",\n"
                               " \"socket-group\": \"root\", \"udp-address\": \"192.0.2.7\",\n"
                               " \"udp-port\": 0, \"request-burst\": 1, \"request-interval\": 0,\n"
                               " \"request-without-host\": true, \"stun.dialect\": \"auto\" } # end",
                               &config),
                         0);
        assert_int_equal(config.udp_address.s_addr, htonl(0xc0000207));
        assert_int_equal(config.udp_port, 0);
        assert_int_equal(config.request_burst, 1);
        assert_int_equal(config.request_interval, 0);
        assert_true(config.request_without_host);
        assert_true(config.stun_auto);
        assert_string_equal(config.socket, "/a/s");
        assert_string_equal(config.journal, "/b/j");
        assert_string_equal(config.gateway_info, "/c/d");
        assert_true(config.has_socket_group);
        assert_int_equal(config.socket_group, 0);
}

static void a_mistake_is_told_with_line_key_expected_and_got(void **state)
{
        static const struct {
                const char *text, *error;
        } cases[] = {
                {"{\n\"role\": \"router\"\n}",
                 "F:2: key 'role': expected \"gateway\", \"device\" or \"both\", got \"router\""},
                {"{\"role\": 5}", "F:1: key 'role': expected \"gateway\", \"device\" or \"both\", got 5"},
                {"{}", "F: key 'role' is missing: expected \"gateway\", \"device\" or \"both\""},
                {"[]", "F: expected one JSON object, got array"},
                {"null", "F: expected one JSON object, got null"},
                {"{\"role\":\"gateway\",\n\n\"rooot\":\"\\n\"}",
                 "F:3: unknown key 'rooot': expected one of role, data-model, root, socket, journal, "
                 "gateway-info, "
                 "state, "
                 "identity, socket-group, udp-address, udp-port, request-burst, "
                 "request-interval, request-without-host, stun.dialect"},
                {"{\"role\":\"gateway\",\n\"role\":\"device\"}",
                 "F:2: key 'role' stands twice: expected it once, it was on line 1 too"},
                {"{\"role\":\"gateway\",\"data-model\":\"Device:3\"}",
                 "F:1: key 'data-model': expected \"InternetGatewayDevice:1\", \"Device:1\" or \"Device:2\", "
                 "got "
                 "\"Device:3\""},
                {"{\"role\":\"gateway\",\"data-model\":\"Device:2\",\"root\":\"InternetGatewayDevice.\"}",
                 "F: key 'root': expected \"Device.\", as 'data-model' has it, got "
                 "\"InternetGatewayDevice.\""},
                {"{\"role\":\"gateway\",\"root\":\"Device\"}",
                 "F:1: key 'root': expected \"InternetGatewayDevice.\" or \"Device.\", got \"Device\""},
                {"{\"role\":\"gateway\",\"journal\":\"x\"}",
                 "F:1: key 'journal': expected an absolute path of at most 1023 bytes, got \"x\""},
                {"{\"role\":\"gateway\",\"journal\":\"/x\\u0000y\"}",
                 "F:1: key 'journal': expected an absolute path of at most 1023 bytes, got \"/x\\\\u0000y\""},
                {"{\"role\":\"gateway\",\"gateway-info\":\"///\"}",
                 "F:1: key 'gateway-info': expected an absolute path of at most 1023 bytes, got \"///\""},
                {"{\"role\":\"gateway\",\"socket-group\":\"no such group\"}",
                 "F:1: key 'socket-group': expected the name of an existing group, got \"no such group\""},
                {"{\"role\":\"gateway\",\"udp-port\":65536}",
                 "F:1: key 'udp-port': expected a port, 0 to 65535, got 65536"},
                {"{\"role\":\"gateway\",\"udp-port\":\"7547\"}",
                 "F:1: key 'udp-port': expected a port, 0 to 65535, got \"7547\""},
                {"{\"role\":\"gateway\",\"udp-address\":\"::1\"}",
                 "F:1: key 'udp-address': expected an IPv4 address, got \"::1\""},
                {"{\"role\":\"gateway\",\"request-burst\":0}",
                 "F:1: key 'request-burst': expected a number, 1 to 1000, got 0"},
                {"{\"role\":\"gateway\",\"request-interval\":-1}",
                 "F:1: key 'request-interval': expected seconds, 0 to 86400, got -1"},
                {"{\"role\":\"gateway\",\"request-without-host\":1}",
                 "F:1: key 'request-without-host': expected true or false, got 1"},
                {"{\"role\":\"gateway\",\"stun.dialect\":\"rfc5389\"}",
                 "F:1: key 'stun.dialect': expected \"rfc3489\" or \"auto\", got \"rfc5389\""},
                {"{\n\"role\"\n:x}", "F:3: expected JSON, got: unexpected character"},
                {"{\"role\":\"gateway\"", "F:1: expected JSON, got: unexpected end of data"},
                {"{} /*", "F:1: expected JSON, got: unexpected character"},
        };
        struct configuration config;

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                assert_int_equal(parse(cases[i].text, &config), -EINVAL);
                assert_string_equal(error, cases[i].error);
        }
}

static void a_socket_path_must_fit_into_a_socket_address(void **state)
{
        char text[256], path[110];
        struct configuration config;

        (void)state;
        memset(path, 'a', sizeof(path));
        path[0] = '/';
        path[CONFIGURATION_SOCKET_MAX] = '\0';
        snprintf(text, sizeof(text), "{\"role\":\"gateway\",\"socket\":\"%s\"}", path);
        assert_int_equal(parse(text, &config), 0);
        path[CONFIGURATION_SOCKET_MAX] = 'a';
        path[CONFIGURATION_SOCKET_MAX + 1] = '\0';
        snprintf(text, sizeof(text), "{\"role\":\"gateway\",\"socket\":\"%s\"}", path);
        assert_int_equal(parse(text, &config), -EINVAL);
        assert_non_null(strstr(error, "expected an absolute path of at most 107 bytes"));
}

static void a_file_that_is_too_large_or_not_there_is_told(void **state)
{
        char path[PATH_MAX];
        struct configuration config;
        FILE *file;

        assert_int_equal(configuration_load(scratch_path(state, "none", path), &config, error, sizeof(error)),
                         -ENOENT);
        assert_non_null(strstr(error, "expected a readable file, got: No such file or directory"));
        file = fopen(path, "w");
        assert_non_null(file);
        for (int i = 0; i <= CONFIGURATION_SIZE_MAX; i++)
                fputc(' ', file);
        fclose(file);
        assert_int_equal(configuration_load(path, &config, error, sizeof(error)), -EFBIG);
        assert_non_null(strstr(error, "expected at most 65536 bytes, got more"));
}

static void the_example_file_is_valid(void **state)
{
        const char *source = getenv("top_srcdir");
        char path[PATH_MAX];
        struct configuration config;

        (void)state;
        if (source == NULL)
                skip();
        snprintf(path, sizeof(path), "%s/dm-bridge/dm-bridge.conf.example", source);
        assert_int_equal(configuration_load(path, &config, error, sizeof(error)), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_role_alone_is_enough),
                cmocka_unit_test(the_data_model_sets_the_root),
                cmocka_unit_test(the_root_follows_the_role_unless_it_is_given),
                cmocka_unit_test(comments_and_every_key_are_taken),
                cmocka_unit_test(a_mistake_is_told_with_line_key_expected_and_got),
                cmocka_unit_test(a_socket_path_must_fit_into_a_socket_address),
                cmocka_unit_test_setup_teardown(a_file_that_is_too_large_or_not_there_is_told, scratch_make,
                                                scratch_remove),
                cmocka_unit_test(the_example_file_is_valid),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
