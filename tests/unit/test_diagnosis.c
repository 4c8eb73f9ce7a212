/* SPDX-License-Identifier: BSD-2-Clause */
/* test_diagnosis.c - every fault in words. */
#include "config.h"

#include "tests/unit/packet.h"

#include <string.h>

static void each_fault_says_what_was_expected_and_what_came(void **state)
{
        static const struct {
                struct assoc_diagnosis why;
                const char *text;
        } rows[] = {
                {{ASSOC_FAULT_NONE, 0, 0}, "option 125: nothing is wrong"},
                {{ASSOC_FAULT_MISSING, 0, 0},
                 "option 125: expected an identity of enterprise 3561, got none"},
                {{ASSOC_FAULT_MISSING, 2, 0}, "SerialNumber: expected a value, got none"},
                {{ASSOC_FAULT_OUI_LENGTH, 1, 5},
                 "ManufacturerOUI: expected 6 hexadecimal digits, got 5 bytes"},
                {{ASSOC_FAULT_OUI_DIGIT, 4, 3},
                 "ManufacturerOUI: expected 6 hexadecimal digits, got something else at offset 3"},
                {{ASSOC_FAULT_TOO_LONG, 3, 65}, "ProductClass: expected at most 64 bytes, got 65 bytes"},
                {{ASSOC_FAULT_CONTROL, 5, 0},
                 "SerialNumber: expected no control characters, got one at offset 0"},
                {{ASSOC_FAULT_ENCODING, 6, 7},
                 "ProductClass: expected UTF-8, got something else at offset 7"},
                {{ASSOC_FAULT_CONFLICT, 2, 9},
                 "SerialNumber: expected all copies to agree, got one that differs, of 9 bytes"},
                {{ASSOC_FAULT_TRUNCATED, 0, 3},
                 "option 125: expected as much data as its length says, got only 3 bytes"},
                {{ASSOC_FAULT_TRUNCATED, 255, 3},
                 "sub-option 255: expected as much data as its length says, got only 3 bytes"},
                {{ASSOC_FAULT_OTHER_ROLE, 4, 0},
                 "sub-option 4: expected 1 to 3 of a device only, got a TR-124 router's as well"},
                {{ASSOC_FAULT_NOT_DHCP, 0, 100},
                 "message: expected DHCPv4, 240 bytes or more with its magic cookie, got 100 bytes without"},
                {{ASSOC_FAULT_TOO_BIG, 0, 4097},
                 "option 125: expected no more than fits in the buffer, got 4097 bytes"},
                {{(enum assoc_fault)99, 0, 0}, "option 125: unknown fault"},
        };
        char text[128];

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                assert_ptr_equal(assoc_diagnosis_text(&rows[i].why, text, sizeof(text)), text);
                assert_string_equal(text, rows[i].text);
        }
}

static void the_longest_text_is_not_cut_at_128_bytes(void **state)
{
        (void)state;
        for (unsigned fault = ASSOC_FAULT_NONE; fault <= ASSOC_FAULT_TOO_BIG; fault++) {
                for (unsigned code = 0; code <= UINT8_MAX; code++) {
                        struct assoc_diagnosis why = {(enum assoc_fault)fault, (uint8_t)code, SIZE_MAX};
                        char room[256], text[128];

                        assert_true(strlen(assoc_diagnosis_text(&why, room, sizeof(room))) <= 127);
                        assert_string_equal(assoc_diagnosis_text(&why, text, sizeof(text)), room);
                }
        }
}

static void a_small_buffer_is_cut_with_its_nul_and_none_is_not_touched(void **state)
{
        const struct assoc_diagnosis why = {ASSOC_FAULT_MISSING, 1, 0};
        struct packet packet = packet_new(5);

        (void)state;
        assoc_diagnosis_text(&why, (char *)packet.data, packet.size);
        assert_string_equal((char *)packet.data, "Manu");
        assert_null(assoc_diagnosis_text(&why, NULL, 0));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(each_fault_says_what_was_expected_and_what_came),
                PACKET_TEST(the_longest_text_is_not_cut_at_128_bytes),
                PACKET_TEST(a_small_buffer_is_cut_with_its_nul_and_none_is_not_touched),
        };

        return cmocka_run_group_tests_name("diagnosis", tests, NULL, NULL);
}
