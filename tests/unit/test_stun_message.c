/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_message.c - STUN messages, bytes to structs and back. The vectors were made and judged by other
 * implementations. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/stun_message.h"
#include "libassoc/hex_digit.h"

#define TID    "000102030405060708090a0b0c0d0e0f"
#define C001   "c001001464736c666f72756d2e6f72672f54522d31313120"
#define USER   "000600084350453537363839"
#define MAPPED "0001000800019c40c6336401"

static size_t from_hex(const char *text, uint8_t *ret)
{
        size_t size = strlen(text) / 2;

        for (size_t i = 0; i < size; i++)
                ret[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
        return size;
}

static struct stun_request request(void)
{
        struct stun_request made = {.connection_request_binding = true};

        for (uint8_t i = 0; i < STUN_TRANSACTION_SIZE; i++)
                made.transaction[i] = i;
        return made;
}

static void assert_encodes(const struct stun_request *made, const char *expected)
{
        uint8_t buffer[STUN_REQUEST_MAX];
        char hex[2 * STUN_REQUEST_MAX + 1] = "";
        size_t size = 0;

        assert_int_equal(stun_request_encode(made, buffer, &size), 0);
        for (size_t i = 0; i < size; i++)
                snprintf(hex + 2 * i, 3, "%02x", buffer[i]);
        assert_string_equal(hex, expected);
}

static void test_CB_1_CB_2_CB_3_what_the_primary_port_sends(void **state)
{
        struct stun_request made = request();

        (void)state;
        assert_encodes(&made, "00010018" TID C001);
        made.username = "CPE57689";
        assert_encodes(&made, "00010024" TID C001 USER);
        made.binding_change = true;
        assert_encodes(&made, "00010028" TID C001 "c0020000" USER);
}

static void test_BD_5_integrity_is_over_a_text_padded_to_64_bytes(void **state)
{
        struct stun_request made = request();

        (void)state;
        made.binding_change = true;
        made.username = "CPE57689";
        made.password = "password";
        assert_encodes(&made, "00010040" TID C001 "c0020000" USER
                              "00080014ddd143f9bffb640190debbe388eb60fee21da6d5");
        made.username = "CPE576891234";
        assert_encodes(&made, "00010044" TID C001 "c0020000"
                              "0006000c435045353736383931323334"
                              "000800144f3640015abc9af4152e6637ffbc86d3ee431e50");
}

static void assert_integrity(const char *username, const char *password, const char *expected)
{
        struct stun_request made = request();
        uint8_t buffer[STUN_REQUEST_MAX], digest[20];
        size_t size;

        made.binding_change = true;
        made.username = username;
        made.password = password;
        assert_int_equal(stun_request_encode(&made, buffer, &size), 0);
        from_hex(expected, digest);
        assert_memory_equal(buffer + size - sizeof(digest), digest, sizeof(digest));
}

static void test_BD_5_integrity_of_long_texts_and_keys(void **state)
{
        char key[257];

        (void)state;
        assert_integrity("0123456789abcdef0123456789abcdef", "secretpw",
                         "1d63ea1c8698f8624b093e04b9bd8632432006de");
        memset(key, 'k', 256);
        key[256] = '\0';
        assert_integrity("CPE57689", key, "bce5ef9236f456c8492244abbc59947bf07e82c7");
}

static void the_newer_dialect_has_the_cookie_and_pads_nothing(void **state)
{
        struct stun_request made = request();

        (void)state;
        made.binding_change = true;
        made.username = "CPE57689";
        made.password = "password";
        made.dialect = STUN_RFC5389;
        /* Without the cookie it is the vector that RFC 3489 refuses. */
        assert_encodes(&made, "00010040" TID C001 "c0020000" USER
                              "0008001412a17e6e52da56737dc86082ab78f1dda656e2bb");
        stun_transaction(STUN_RFC5389, made.transaction);
        assert_memory_equal(made.transaction, "\x21\x12\xA4\x42\x04", 5);
        made.password = NULL;
        made.binding_change = false;
        made.username = "abcde";
        assert_encodes(&made, "00010024"
                              "2112a4420405060708090a0b0c0d0e0f" C001 "000600056162636465000000");
}

static void test_CB_4_a_username_is_padded_with_spaces_to_four_bytes(void **state)
{
        struct stun_request made = request();

        (void)state;
        made.username = "a";
        assert_encodes(&made, "00010020" TID C001 "0006000461202020");
        made.username = "abcde";
        assert_encodes(&made, "00010024" TID C001 "000600086162636465202020");
}

static void a_username_of_256_bytes_fits_and_a_longer_or_empty_one_is_refused(void **state)
{
        struct stun_request made = request();
        uint8_t buffer[STUN_REQUEST_MAX];
        char name[258];
        size_t size;

        (void)state;
        memset(name, 'n', 257);
        name[257] = '\0';
        made.binding_change = true;
        made.password = "p";
        made.username = name + 1;
        assert_int_equal(stun_request_encode(&made, buffer, &size), 0);
        assert_int_equal(size, 20 + 24 + 4 + 260 + 24);
        made.username = name;
        assert_int_equal(stun_request_encode(&made, buffer, &size), -EINVAL);
        made.username = "";
        assert_int_equal(stun_request_encode(&made, buffer, &size), -EINVAL);
}

static void test_KA_2_a_probe_names_the_primary_port_and_has_nothing_of_the_acs(void **state)
{
        struct stun_request made = request();

        (void)state;
        made.connection_request_binding = false;
        made.has_response_address = true;
        inet_pton(AF_INET, "198.51.100.1", &made.response_address.address);
        made.response_address.port = 40000;
        assert_encodes(&made, "00010014" TID "0002000800019c40c63364010003000400000000");
        made.without_change_request = true;
        assert_encodes(&made, "0001000c" TID "0002000800019c40c6336401");
}

/* --- Responses --- */

static int decode(const char *hex, struct stun_response *ret)
{
        uint8_t message[STUN_RESPONSE_MAX + 8];

        return stun_response_decode(message, from_hex(hex, message), ret);
}

static void assert_mapped(const char *hex, const char *address, uint16_t port)
{
        struct stun_response response;
        struct stun_address mapped;
        char text[INET_ADDRSTRLEN];

        assert_int_equal(decode(hex, &response), 0);
        assert_true(stun_response_mapped(&response, &mapped));
        assert_string_equal(inet_ntop(AF_INET, &mapped.address, text, sizeof(text)), address);
        assert_int_equal(mapped.port, port);
}

static void test_BD_3_the_mapped_address_of_a_response(void **state)
{
        (void)state;
        assert_mapped("01010024" TID MAPPED "0004000800010d96cb0071050005000800010d96cb007105",
                      "198.51.100.1", 40000);
        assert_mapped("0101000c" TID MAPPED, "198.51.100.1", 40000);
}

static void test_BD_8_a_server_that_knows_only_newer_stun_is_understood(void **state)
{
        (void)state;
        /* 198.51.100.1:40000 under the cookie; 0x8020 is what servers wrote before there was a number. */
        assert_mapped("0101000c2112a4420405060708090a0b0c0d0e0f002000080001bd52e721c043", "198.51.100.1",
                      40000);
        assert_mapped("0101000c2112a4420405060708090a0b0c0d0e0f802000080001bd52e721c043", "198.51.100.1",
                      40000);
        /* MAPPED-ADDRESS goes first, wherever it stands. */
        assert_mapped(
                "010100182112a4420405060708090a0b0c0d0e0f002000080001bd52e721c0430001000800010001c0000201",
                "192.0.2.1", 1);
        /* An optional attribute that nobody knows, with a length that needs padding. */
        assert_mapped("01010014" TID "9999000161000000" MAPPED, "198.51.100.1", 40000);
}

static void errors_have_a_number_and_the_attributes_they_name(void **state)
{
        struct stun_response response;
        struct stun_address mapped;

        (void)state;
        assert_int_equal(decode("01110014" TID "0009001000000401556e617574686f72697a6564", &response), 0);
        assert_int_equal(response.type, STUN_BINDING_ERROR);
        assert_int_equal(response.error, 401);
        assert_false(stun_response_mapped(&response, &mapped));
        assert_int_equal(decode("01110024" TID
                                "0009001800000414556e6b6e6f776e20417474726962757465202020000a000400020002",
                                &response),
                         0);
        assert_int_equal(response.error, 420);
        assert_int_equal(response.unknown_count, 2);
        assert_int_equal(response.unknown[0], 2);
}

static void what_is_no_response_is_refused(void **state)
{
        static const char *const cases[] = {
                "",
                "0101",
                "01010000" TID,                              /* no address */
                "00010000" TID,                              /* a request */
                "0101000c" TID "0001000800019c40c63364",     /* shorter than it says */
                "0101000c" TID MAPPED "00",                  /* longer than it says */
                "0101000d" TID MAPPED "00",                  /* no multiple of four */
                "0101000c" TID "0001000900019c40c6336401",   /* attribute runs past its message */
                "0101000c" TID "0001000800029c40c6336401",   /* IPv6 in four bytes */
                "01010008" TID "0001000400019c40",           /* too short for an address */
                "01110000" TID,                              /* an error without number */
                "01110008" TID "0009000400000064",           /* class 0 */
                "01110008" TID "0009000400000764",           /* class 7 */
                "01110008" TID "00090004000004ff",           /* number 255 */
                "01010010" TID MAPPED "00080000",            /* integrity of no length */
                "0111000c" TID "0009000400000401000a000300", /* cut */
        };
        struct stun_response response;

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                memset(&response, 0x5a, sizeof(response));
                assert_int_equal(decode(cases[i], &response), -EBADMSG);
                assert_int_equal(((uint8_t *)&response)[0], 0x5a);
        }
        assert_int_equal(decode("01010014" TID "7f01000400000000" MAPPED, &response), -EPROTO);
}

static bool is_authentic(const char *hex, const char *password, enum stun_dialect dialect)
{
        uint8_t message[STUN_RESPONSE_MAX];
        size_t size = from_hex(hex, message);
        struct stun_response response;

        assert_int_equal(stun_response_decode(message, size, &response), 0);
        return stun_response_is_authentic(&response, message, size, dialect, password);
}

#define RESPONSE MAPPED "0004000800010d96cb0071050005000800010d96cb007105"

static void test_BD_5_a_response_is_authentic_only_with_the_right_integrity(void **state)
{
        static const char good[] = "0101003c" TID RESPONSE "00080014688645420763ffbe91cdc48929670fd6bee397ee";
        char spoilt[sizeof(good)];

        (void)state;
        assert_true(is_authentic(good, "password", STUN_RFC3489));
        assert_false(is_authentic(good, "Password", STUN_RFC3489));
        assert_false(is_authentic(good, "", STUN_RFC3489));
        assert_false(is_authentic(good, "password", STUN_RFC5389));
        assert_false(is_authentic("01010024" TID RESPONSE, "password", STUN_RFC3489));
        memcpy(spoilt, good, sizeof(good));
        spoilt[63] = spoilt[63] == '1' ? '2' : '1'; /* of the mapped address */
        assert_false(is_authentic(spoilt, "password", STUN_RFC3489));
        memcpy(spoilt, good, sizeof(good));
        spoilt[sizeof(good) - 2] ^= 1;
        assert_false(is_authentic(spoilt, "password", STUN_RFC3489));
        /* Something behind it that it does not cover. */
        assert_false(is_authentic("01010040" TID RESPONSE "00080014688645420763ffbe91cdc48929670fd6bee397ee"
                                  "80220000",
                                  "password", STUN_RFC3489));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_CB_1_CB_2_CB_3_what_the_primary_port_sends),
                cmocka_unit_test(test_BD_5_integrity_is_over_a_text_padded_to_64_bytes),
                cmocka_unit_test(test_BD_5_integrity_of_long_texts_and_keys),
                cmocka_unit_test(the_newer_dialect_has_the_cookie_and_pads_nothing),
                cmocka_unit_test(test_CB_4_a_username_is_padded_with_spaces_to_four_bytes),
                cmocka_unit_test(a_username_of_256_bytes_fits_and_a_longer_or_empty_one_is_refused),
                cmocka_unit_test(test_KA_2_a_probe_names_the_primary_port_and_has_nothing_of_the_acs),
                cmocka_unit_test(test_BD_3_the_mapped_address_of_a_response),
                cmocka_unit_test(test_BD_8_a_server_that_knows_only_newer_stun_is_understood),
                cmocka_unit_test(errors_have_a_number_and_the_attributes_they_name),
                cmocka_unit_test(what_is_no_response_is_refused),
                cmocka_unit_test(test_BD_5_a_response_is_authentic_only_with_the_right_integrity),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
