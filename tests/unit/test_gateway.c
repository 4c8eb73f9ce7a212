/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway.c - what each event of the DHCP server means. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway-hook/gateway.h"
#include "tests/unit/gateway_fixture.h"
#include "tests/unit/packet.h"

#define NOW   100000
#define LEASE 3600

/* Requests: option 125 with one block, and none. */
#define DEVICE(serial) "7d 10 00000de9 0b 01 06 \"00D09E\" 02 01 \"" serial "\" ff"
#define PLAIN          "37 01 03 ff"
/* The gateway's block, as the device gets it. */
#define OURS "04 06 \"0011AA\" 05 02 \"GW\""

#define MAC1 "02:00:00:00:00:01"
#define MAC2 "02:00:00:00:00:02"

static char path[96], last_text[MESSAGE_TEXT_MAX];
static int said[MESSAGE_COUNT];
static struct gateway *gateway;
static struct gateway_answer answer;

static void say(void *context, enum message message, const char *text)
{
        assert_ptr_equal(context, path);
        said[message]++;
        snprintf(last_text, sizeof(last_text), "%s", text);
}

static int start_with(const char *more, int64_t now)
{
        char parameters[512], error[GATEWAY_ERROR_MAX];

        snprintf(parameters, sizeof(parameters),
                 "{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"GW\", \"journal\": \"%s\"%s}", path,
                 more);
        return gateway_new(parameters, say, path, now, &gateway, error, sizeof(error));
}

static void restart(const char *more, int64_t now)
{
        gateway_free(gateway, now);
        gateway = NULL;
        assert_int_equal(start_with(more, now), 0);
}

static int make_gateway(void **state)
{
        (void)state;
        memset(said, 0, sizeof(said));
        fixture_make_folder("devices", path);
        return start_with("", NOW);
}

static int remove_gateway(void **state)
{
        gateway_free(gateway, NOW);
        gateway = NULL;
        fixture_remove_folder(path);
        return packet_teardown(state);
}

/* One exchange: what came, from whom, and what the server answers. */
struct exchange {
        const char *options; /* of the request */
        uint8_t query_type, response_type;
        const char *address; /* yiaddr, or ciaddr of a DHCPINFORM */
        const char *hwaddr;
        const char *interface; /* NULL: br0 */
        const char *giaddr;
        const char *option; /* option 125 of the response; NULL: none */
        bool lost;          /* the response is not sent */
        uint32_t lifetime;  /* 0: LEASE */
};

static void play(struct exchange exchange, int64_t now)
{
        struct packet query = packet_message(exchange.options, NULL, NULL);
        struct packet option = packet_of(exchange.option != NULL ? exchange.option : "");
        struct gateway_exchange event = {.query = query.data, .query_size = query.size};
        uint8_t hwaddr[6];

        fixture_hwaddr(exchange.hwaddr, hwaddr);
        event.query_type = exchange.query_type;
        event.response_type = exchange.response_type;
        event.interface = exchange.interface != NULL ? exchange.interface : "br0";
        if (exchange.giaddr != NULL)
                event.giaddr = fixture_address(exchange.giaddr);
        if (exchange.query_type == GATEWAY_INFORM) {
                event.ciaddr = fixture_address(exchange.address);
        } else {
                event.yiaddr = fixture_address(exchange.address);
                event.lifetime = exchange.lifetime != 0 ? exchange.lifetime : LEASE;
        }
        event.hwaddr = hwaddr;
        event.hwaddr_size = sizeof(hwaddr);
        event.option = option.data;
        event.option_size = option.size;
        memset(&answer, 0x5a, sizeof(answer));
        gateway_respond(gateway, &event, now, &answer);
        if (!exchange.lost)
                gateway_commit(gateway, &answer.claim, now);
}

static void request(const char *options, const char *address, const char *hwaddr, int64_t now)
{
        play((struct exchange){options, GATEWAY_REQUEST, GATEWAY_ACK, address, hwaddr, .lifetime = 0}, now);
}

static void inform(const char *options, const char *address, const char *hwaddr, int64_t now)
{
        play((struct exchange){options, GATEWAY_INFORM, GATEWAY_ACK, address, hwaddr, .lifetime = 0}, now);
}

static void assert_option(const char *text)
{
        struct packet wanted = packet_of(text);

        assert_true(answer.replace_option);
        assert_int_equal(answer.option_size, wanted.size);
        assert_memory_equal(answer.option, wanted.data, wanted.size);
}

/* How many entries a restart brings back at this time: what is in the journal is in the table. */
static unsigned int entries_at(int64_t now)
{
        unsigned int count = 99;

        restart("", now);
        assert_int_equal(sscanf(strstr(last_text, "\": ") + 3, "%u devices", &count), 1);
        return count;
}

static bool journal_holds(const char *text)
{
        return strstr(fixture_read(path), text) != NULL;
}

static void test_GW_1_discover_request_and_inform_are_inspected(void **state)
{
        static const struct {
                uint8_t query, response;
                bool answered;
        } rows[] = {
                {GATEWAY_DISCOVER, GATEWAY_OFFER, true},
                {GATEWAY_REQUEST, GATEWAY_ACK, true},
                {GATEWAY_INFORM, GATEWAY_ACK, true},
                {GATEWAY_REQUEST, GATEWAY_NAK, false},
                {GATEWAY_DECLINE, GATEWAY_ACK, false},
                {GATEWAY_RELEASE, GATEWAY_ACK, false},
                {0, GATEWAY_ACK, false},
                {GATEWAY_DISCOVER, 0, false},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                play((struct exchange){DEVICE("A"), rows[i].query, rows[i].response, "192.0.2.1", MAC1,
                                       .lost = true},
                     NOW);
                assert_int_equal(answer.replace_option, rows[i].answered);
        }
        assert_int_equal(gateway_counters(gateway).identified, 3);
}

static void test_GW_1_only_the_named_interfaces_are_LAN(void **state)
{
        (void)state;
        restart(", \"interfaces\": [\"br0\", \"br1\"]", NOW);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .interface = "eth9"},
             NOW);
        assert_false(answer.replace_option);
        assert_int_equal(entries_at(NOW), 0);
        restart(", \"interfaces\": [\"br0\", \"br1\"]", NOW);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .interface = "br1"},
             NOW);
        assert_true(answer.replace_option);
        assert_int_equal(entries_at(NOW), 1);
}

static void test_GW_1_a_relayed_request_is_no_LAN_device_unless_configured(void **state)
{
        struct exchange relayed = {DEVICE("A"), GATEWAY_REQUEST,     GATEWAY_ACK, "192.0.2.1",
                                   MAC1,        .giaddr = "10.0.0.1"};

        (void)state;
        play(relayed, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(entries_at(NOW), 0);
        restart(", \"relayed\": true", NOW);
        play(relayed, NOW);
        assert_true(answer.replace_option);
        assert_int_equal(entries_at(NOW), 1);
}

static void test_GW_2_a_request_with_identity_is_answered_with_ours(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_DISCOVER, GATEWAY_OFFER, "192.0.2.1", MAC1, .lost = true},
             NOW);
        assert_option("00000de9 0c " OURS);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_option("00000de9 0c " OURS);
        assert_int_equal(gateway_counters(gateway).answered, 2);
}

static void test_GW_2_a_request_without_identity_is_not(void **state)
{
        (void)state;
        request(PLAIN, "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_UNIDENTIFIED);
        /* Enterprise 3561, asking for an ACS (sub-option 11), but no identity. */
        request("7d 09 00000de9 04 0b 02 \"x\" 00 ff", "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        /* Serial number without OUI. */
        request("7d 08 00000de9 03 02 01 \"A\" ff", "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(entries_at(NOW), 0);
}

static void test_GW_3_the_ack_and_only_the_ack_adds_an_entry(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_DISCOVER, GATEWAY_OFFER, "192.0.2.1", MAC1,
                               .lost = false},
             NOW);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_NAK, "0.0.0.0", MAC1, .lost = false},
             NOW);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1, .lost = true},
             NOW);
        assert_int_equal(gateway_counters(gateway).added, 0);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_int_equal(said[MESSAGE_DEVICE_ADDED], 1);
        assert_true(journal_holds(
                "{\"type\":\"bind\",\"instance\":1,\"oui\":\"00D09E\",\"serial\":\"A\",\"class\":\"\","
                "\"address\":\"192.0.2.1\",\"hwaddr\":\"02:00:00:00:00:01\",\"interface\":\"br0\","
                "\"source\":\"lease\",\"away\":false,\"since\":100000,\"expires\":103600}\n"));
}

static void test_GW_3_a_renewal_keeps_the_entry_and_prolongs_it(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW + LEASE / 2);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_true(journal_holds("\"since\":100000,\"expires\":105400}\n"));
        assert_int_equal(entries_at(NOW + LEASE + 1), 1);
        assert_int_equal(entries_at(NOW + LEASE / 2 + LEASE), 0);
}

static void nothing_new_writes_nothing(void **state)
{
        struct stat before, after;

        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(stat(path, &before), 0);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(PLAIN, "192.0.2.1", MAC1, NOW);
        inform(PLAIN, "192.0.2.1", MAC2, NOW);
        request(PLAIN, "192.0.2.2", MAC2, NOW);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(after.st_size, before.st_size);
}

static void an_endless_lease_has_no_end(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .lifetime = UINT32_MAX},
             NOW);
        assert_true(journal_holds("\"expires\":0}\n"));
        assert_int_equal(entries_at(INT64_C(1) << 40), 1);
}

static void test_GW_5_GW_6_the_end_of_a_lease_removes_the_entry(void **state)
{
        uint8_t mac1[6], mac2[6];

        (void)state;
        fixture_hwaddr(MAC1, mac1);
        fixture_hwaddr(MAC2, mac2);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        /* Not the lease of whoever has the address now. */
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), mac2, 6, "expire", NOW);
        gateway_lease_ended(gateway, fixture_address("192.0.2.9"), mac1, 6, "expire", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), mac1, 6, "expire", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("{\"type\":\"unbind\",\"address\":\"192.0.2.1\",\"reason\":\"expire\"}\n"));
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), mac1, 6, "expire", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        gateway_lease_ended(gateway, fixture_address("192.0.2.2"), NULL, 0, "release", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 2);
        assert_int_equal(entries_at(NOW), 0);
}

static void test_GW_6_an_address_that_another_client_gets_ends_the_entry(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(PLAIN, "192.0.2.1", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("\"reason\":\"reassign\""));
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.1", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 2);
        assert_int_equal(said[MESSAGE_DEVICE_REMOVED], 2);
        assert_int_equal(entries_at(NOW), 1);
}

static void a_device_that_changes_its_identity_is_another_entry(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).added, 2);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("\"instance\":2,\"oui\":\"00D09E\",\"serial\":\"B\""));
}

static void a_host_that_no_longer_says_who_it_is_leaves_the_table(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(PLAIN, "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        request(PLAIN, "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("\"reason\":\"unidentified\""));
}

static void test_GW_9_two_leases_are_one_entry_that_lives_while_either_does(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("A"), "192.0.2.2", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).added, 1);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        gateway_lease_ended(gateway, fixture_address("192.0.2.2"), NULL, 0, "release", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
}

static void test_GW_10_an_inform_adds_an_entry_without_lease(void **state)
{
        (void)state;
        inform(DEVICE("A"), "192.0.2.50", MAC1, NOW);
        assert_true(answer.replace_option);
        assert_true(journal_holds(
                "\"address\":\"192.0.2.50\",\"hwaddr\":\"02:00:00:00:00:01\",\"interface\":\"br0\","
                "\"source\":\"inform\",\"away\":false,\"since\":100000,\"expires\":0}\n"));
        assert_int_equal(entries_at(NOW + 1000000), 1);
        inform(DEVICE("B"), "0.0.0.0", MAC2, NOW);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
}

/* The shim fills in the lease's end where the lease database knows one. */
static void inform_leased(const char *options, const char *address, const char *hwaddr, int64_t now)
{
        play((struct exchange){options, GATEWAY_INFORM, GATEWAY_ACK, address, hwaddr, .lost = true}, now);
        answer.claim.record.expires = now + LEASE;
        gateway_commit(gateway, &answer.claim, now);
}

static void test_GW_10_a_lease_renewed_without_identity_keeps_what_was_informed(void **state)
{
        (void)state;
        request(PLAIN, "192.0.2.1", MAC1, NOW);
        inform_leased(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        /* dhcpcd 9.4.1 with its companion: each renewal is a plain request and then an inform. */
        request(PLAIN, "192.0.2.1", MAC1, NOW + LEASE / 2);
        inform_leased(DEVICE("A"), "192.0.2.1", MAC1, NOW + LEASE / 2);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        /* The companion is gone: the entry ends with the lease that it last spoke of. */
        request(PLAIN, "192.0.2.1", MAC1, NOW + LEASE);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        request(PLAIN, "192.0.2.1", MAC1, NOW + LEASE + LEASE / 2);
        assert_int_equal(gateway_counters(gateway).removed, 1);
}

static void an_inform_does_not_take_a_leased_address(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.1", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 1);
        assert_int_equal(said[MESSAGE_INFORM_REFUSED], 1);
        assert_false(journal_holds("\"serial\":\"B\""));
        inform_leased(DEVICE("C"), "192.0.2.3", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.3", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 2);
        /* That lease is over; and where there was none, the last who speaks has the address. */
        inform(DEVICE("B"), "192.0.2.1", MAC2, NOW + LEASE);
        inform(DEVICE("D"), "192.0.2.4", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.4", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 2);
}

static void test_GW_12_numbers_and_times_survive_a_restart(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW);
        assert_int_equal(entries_at(NOW + 10), 1);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW + 10);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW + 10);
        assert_true(journal_holds(
                "\"instance\":2,\"oui\":\"00D09E\",\"serial\":\"B\",\"class\":\"\",\"address\":\"192.0.2.2\","
                "\"hwaddr\":\"02:00:00:00:00:02\",\"interface\":\"br0\",\"source\":\"lease\","
                "\"away\":false,\"since\":100000,\"expires\":103610}\n"));
        assert_true(journal_holds("\"instance\":3,\"oui\":\"00D09E\",\"serial\":\"A\""));
}

static void test_GW_13_past_the_limits_new_ones_are_refused_counted_and_logged(void **state)
{
        (void)state;
        restart(", \"max-devices\": 2, \"max-per-client\": 1", NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).client_limit, 1);
        assert_int_equal(said[MESSAGE_CLIENT_LIMIT], 1);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        for (int i = 0; i < 20; i++)
                request(DEVICE("C"), "192.0.2.3", "02:00:00:00:00:03", NOW);
        assert_true(answer.replace_option);
        assert_int_equal(gateway_counters(gateway).table_full, 20);
        assert_int_equal(said[MESSAGE_TABLE_FULL], 5);
        assert_int_equal(entries_at(NOW), 2);
}

static void who_is_refused_still_takes_the_address_from_its_last_holder(void **state)
{
        (void)state;
        restart(", \"max-per-client\": 1", NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        request(DEVICE("A"), "192.0.2.2", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).client_limit, 1);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_false(journal_holds("\"serial\":\"A\",\"class\":\"\",\"address\":\"192.0.2.2\""));
        assert_int_equal(entries_at(NOW), 1);
}

static void test_EN_6_an_invalid_identity_is_neither_answered_nor_noted_but_counted_and_logged(void **state)
{
        static const char *const invalid[] = {
                "7d 0f 00000de9 0a 01 05 \"00D09\" 02 01 \"A\" ff", /* OUI too short */
                "7d 10 00000de9 0b 01 06 \"00D09G\" 02 01 \"A\" ff",
                "7d 10 00000de9 0b 01 06 \"00D09E\" 02 01 0a ff",
                "7d 10 00000de9 0b 01 06 \"00D09E\" 02 02 \"A\" ff", /* runs past its block */
        };

        (void)state;
        for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
                request(invalid[i], "192.0.2.1", MAC1, NOW);
                assert_false(answer.replace_option);
                assert_int_equal(answer.claim.type, GATEWAY_CLAIM_UNIDENTIFIED);
                assert_int_equal(gateway_counters(gateway).invalid, i + 1);
        }
        assert_int_equal(said[MESSAGE_IDENTITY_INVALID], 4);
        assert_int_equal(strncmp(last_text, MAC1 ": ", 19), 0);
        assert_non_null(
                strstr(last_text, "; option 125: \"\\x00\\x00\\x0d\\xe9\\x0b\\x01\\x0600D09E\\x02\\x02A\""));
        for (int i = 0; i < 50; i++)
                request(invalid[0], "192.0.2.1", MAC1, NOW);
        assert_int_equal(said[MESSAGE_IDENTITY_INVALID], 5);
        assert_int_equal(gateway_counters(gateway).invalid, 54);
        assert_int_equal(entries_at(NOW), 0);
}

static void test_EN_7_the_administrators_enterprises_stay(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "0000118b 03 01 01 \"x\""},
             NOW);
        assert_option("0000118b 03 01 01 \"x\" 00000de9 0c " OURS);
}

static void test_EN_7_the_administrators_own_sub_options_stay_and_no_code_is_sent_twice(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "00000de9 0d 0b 03 \"acs\" 04 06 \"999999\""},
             NOW);
        assert_option("00000de9 11 0b 03 \"acs\" " OURS);
}

static void test_EN_7_a_plain_client_gets_what_the_administrator_configured(void **state)
{
        (void)state;
        play((struct exchange){PLAIN, GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "00000de9 05 0b 03 \"acs\""},
             NOW);
        assert_false(answer.replace_option);
}

static void a_response_whose_option_is_broken_goes_out_as_it_is_and_the_device_is_noted(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "00000de9 ff 0b 03 \"acs\""},
             NOW);
        assert_false(answer.replace_option);
        assert_int_equal(gateway_counters(gateway).option_errors, 1);
        assert_int_equal(said[MESSAGE_OPTION_ERROR], 1);
        assert_int_equal(entries_at(NOW), 1);
}

static void test_EN_9_a_TR_124_router_is_neither_answered_nor_noted(void **state)
{
        const char *router = "7d 13 00000de9 0e 01 06 \"00D09E\" 02 01 \"A\" 04 01 \"S\" ff";

        (void)state;
        request(router, "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(gateway_counters(gateway).other_role, 1);
        assert_int_equal(said[MESSAGE_IDENTITY_OTHER_ROLE], 1);
        assert_int_equal(entries_at(NOW), 0);
}

static void every_prefix_of_a_request_is_taken_calmly(void **state)
{
        struct packet query = packet_message(DEVICE("A"), NULL, NULL);
        struct gateway_exchange event = {
                .query_type = GATEWAY_REQUEST, .response_type = GATEWAY_ACK, .interface = "br0"};

        (void)state;
        for (size_t size = 0; size < query.size - 1; size++) {
                struct packet prefix = packet_prefix(&query, size);

                event.query = prefix.data;
                event.query_size = size;
                gateway_respond(gateway, &event, NOW, &answer);
                assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        }
}

static void a_client_with_a_strange_link_layer_address_or_interface_is_noted(void **state)
{
        struct packet query = packet_message(DEVICE("A"), NULL, NULL);
        struct gateway_exchange event = {.query = query.data,
                                         .query_size = query.size,
                                         .query_type = GATEWAY_REQUEST,
                                         .response_type = GATEWAY_ACK,
                                         .interface = "we\"ird",
                                         .yiaddr = fixture_address("192.0.2.1")};
        uint8_t hwaddr[64] = {0};

        (void)state;
        gateway_respond(gateway, &event, NOW, &answer);
        gateway_commit(gateway, &answer.claim, NOW);
        event.yiaddr = fixture_address("192.0.2.2");
        event.hwaddr = hwaddr;
        event.hwaddr_size = sizeof(hwaddr);
        event.interface = "a-name-that-is-too-long";
        gateway_respond(gateway, &event, NOW, &answer);
        gateway_commit(gateway, &answer.claim, NOW);
        assert_true(journal_holds("\"address\":\"192.0.2.1\",\"hwaddr\":\"\",\"interface\":\"\""));
        assert_int_equal(entries_at(NOW), 1);
}

static void a_journal_that_can_not_be_written_does_not_stop_the_exchange(void **state)
{
        char hidden[sizeof(path) + 4];

        (void)state;
        /* Deleted, and a folder stands where it would be written again. */
        snprintf(hidden, sizeof(hidden), "%s.new", path);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(hidden, 0700), 0);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_true(answer.replace_option);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW + 1);
        assert_true(gateway_counters(gateway).journal_errors >= 2);
        assert_int_equal(said[MESSAGE_JOURNAL_ERROR], 1);
        assert_int_equal(rmdir(hidden), 0);
        request(PLAIN, "192.0.2.3", "02:00:00:00:00:03", NOW + 10);
        assert_int_equal(said[MESSAGE_JOURNAL_REWRITTEN], 1);
        assert_int_equal(entries_at(NOW + 10), 2);
}

static void assert_start_fails(const char *content, const char *text)
{
        char error[GATEWAY_ERROR_MAX], parameters[256], wanted[GATEWAY_ERROR_MAX];
        struct gateway *other = NULL;

        gateway_free(gateway, NOW);
        gateway = NULL;
        fixture_write(path, content);
        snprintf(parameters, sizeof(parameters),
                 "{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"GW\", \"journal\": \"%s\"}", path);
        assert_true(gateway_new(parameters, say, path, NOW, &other, error, sizeof(error)) < 0);
        snprintf(wanted, sizeof(wanted), "journal %s: %s", path, text);
        assert_string_equal(error, wanted);
        assert_null(other);
}

static void a_journal_that_is_none_of_ours_stops_the_start_with_a_clear_line(void **state)
{
        (void)state;
        assert_start_fails("{\"journal\":\"tr111-devices\",\"version\":7,\"next\":1}\n",
                           "expected format version 1, got 7");
        assert_start_fails("address,hwaddr\n", "expected a journal of devices, got some other file");
}

static void a_bad_parameter_stops_the_start_with_its_name(void **state)
{
        char error[GATEWAY_ERROR_MAX];
        struct gateway *other = NULL;

        (void)state;
        assert_int_equal(gateway_new("{\"serial\": 1}", say, path, NOW, &other, error, sizeof(error)),
                         -EINVAL);
        assert_memory_equal(error, "unknown parameter \"serial\"", 26);
}

static void every_failed_allocation_at_the_start_is_reported(void **state)
{
        int n = 0;

        (void)state;
        gateway_free(gateway, NOW);
        gateway = NULL;
        while (gateway == NULL) {
                fixture_fail_allocation(++n);
                if (gateway == NULL && start_with("", NOW) != 0)
                        assert_null(gateway);
        }
        fixture_fail_allocation(0);
        assert_true(n > 10);
}

#define GATEWAY_TEST(name) cmocka_unit_test_setup_teardown(name, make_gateway, remove_gateway)

int main(void)
{
        const struct CMUnitTest tests[] = {
                GATEWAY_TEST(test_GW_1_discover_request_and_inform_are_inspected),
                GATEWAY_TEST(test_GW_1_only_the_named_interfaces_are_LAN),
                GATEWAY_TEST(test_GW_1_a_relayed_request_is_no_LAN_device_unless_configured),
                GATEWAY_TEST(test_GW_2_a_request_with_identity_is_answered_with_ours),
                GATEWAY_TEST(test_GW_2_a_request_without_identity_is_not),
                GATEWAY_TEST(test_GW_3_the_ack_and_only_the_ack_adds_an_entry),
                GATEWAY_TEST(test_GW_3_a_renewal_keeps_the_entry_and_prolongs_it),
                GATEWAY_TEST(nothing_new_writes_nothing),
                GATEWAY_TEST(an_endless_lease_has_no_end),
                GATEWAY_TEST(test_GW_5_GW_6_the_end_of_a_lease_removes_the_entry),
                GATEWAY_TEST(test_GW_6_an_address_that_another_client_gets_ends_the_entry),
                GATEWAY_TEST(a_device_that_changes_its_identity_is_another_entry),
                GATEWAY_TEST(a_host_that_no_longer_says_who_it_is_leaves_the_table),
                GATEWAY_TEST(test_GW_9_two_leases_are_one_entry_that_lives_while_either_does),
                GATEWAY_TEST(test_GW_10_an_inform_adds_an_entry_without_lease),
                GATEWAY_TEST(test_GW_10_a_lease_renewed_without_identity_keeps_what_was_informed),
                GATEWAY_TEST(an_inform_does_not_take_a_leased_address),
                GATEWAY_TEST(test_GW_12_numbers_and_times_survive_a_restart),
                GATEWAY_TEST(test_GW_13_past_the_limits_new_ones_are_refused_counted_and_logged),
                GATEWAY_TEST(who_is_refused_still_takes_the_address_from_its_last_holder),
                GATEWAY_TEST(
                        test_EN_6_an_invalid_identity_is_neither_answered_nor_noted_but_counted_and_logged),
                GATEWAY_TEST(test_EN_7_the_administrators_enterprises_stay),
                GATEWAY_TEST(test_EN_7_the_administrators_own_sub_options_stay_and_no_code_is_sent_twice),
                GATEWAY_TEST(test_EN_7_a_plain_client_gets_what_the_administrator_configured),
                GATEWAY_TEST(a_response_whose_option_is_broken_goes_out_as_it_is_and_the_device_is_noted),
                GATEWAY_TEST(test_EN_9_a_TR_124_router_is_neither_answered_nor_noted),
                GATEWAY_TEST(every_prefix_of_a_request_is_taken_calmly),
                GATEWAY_TEST(a_client_with_a_strange_link_layer_address_or_interface_is_noted),
                GATEWAY_TEST(a_journal_that_can_not_be_written_does_not_stop_the_exchange),
                GATEWAY_TEST(a_journal_that_is_none_of_ours_stops_the_start_with_a_clear_line),
                GATEWAY_TEST(a_bad_parameter_stops_the_start_with_its_name),
                GATEWAY_TEST(every_failed_allocation_at_the_start_is_reported),
        };

        return cmocka_run_group_tests_name("gateway", tests, NULL, NULL);
}
