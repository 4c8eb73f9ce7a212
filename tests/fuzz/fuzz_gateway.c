/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_gateway.c - the input is what a LAN can do to the gateway: exchanges, ends of leases, time, restarts.
 * Each answer decodes to the gateway's identity, the table keeps its limits (GW-13) and comes back from its
 * journal as it was, and no byte of a packet reaches the log unescaped. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>

#include "gateway-hook/gateway_internal.h"

#define ADDRESSES      16
#define MAX_DEVICES    6
#define MAX_PER_CLIENT 3
#define OPTIONS_AT     240

static struct gateway *gateway;
static char folder[32], journal[64];
static int64_t now = 100000;

/* What is left of the input; past its end there are zeros. */
struct input {
        const uint8_t *data;
        size_t size;
};

static uint8_t take(struct input *input)
{
        if (input->size == 0)
                return 0;
        input->size--;
        return *input->data++;
}

/* Takes up to `wanted` bytes, in a block of just that size, so that a sanitizer sees a byte too many. */
static uint8_t *take_bytes(struct input *input, size_t wanted, size_t before, size_t *ret_size)
{
        size_t size = wanted < input->size ? wanted : input->size;
        uint8_t *bytes = calloc(before + size + (before + size == 0), 1);

        FUZZ_CHECK(bytes != NULL);
        memcpy(bytes + before, input->data, size);
        input->data += size;
        input->size -= size;
        *ret_size = before + size;
        return bytes;
}

static void say(void *context, enum message message, const char *text)
{
        (void)context;
        FUZZ_CHECK(message < MESSAGE_COUNT);
        FUZZ_CHECK(strlen(text) < MESSAGE_TEXT_MAX);
        for (; *text != '\0'; text++)
                FUZZ_CHECK(*text >= ' ' && *text <= '~');
}

static void start(void)
{
        char parameters[512], error[GATEWAY_ERROR_MAX];

        snprintf(parameters, sizeof(parameters),
                 "{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"GW\", \"interfaces\": [\"br0\", "
                 "\"br\\n1\"],"
                 " \"max-devices\": %d, \"max-per-client\": %d, \"journal\": \"%s\"}",
                 MAX_DEVICES, MAX_PER_CLIENT, journal);
        if (gateway_new(parameters, say, NULL, now, &gateway, error, sizeof(error)) < 0) {
                fprintf(stderr, "fuzz_gateway: %s\n", error);
                abort();
        }
}

static void clean_up(void)
{
        gateway_free(gateway, now);
        unlink(journal);
        rmdir(folder);
}

/* One gateway for all inputs: starting one costs more than an input does. */
static void start_once(void)
{
        if (gateway != NULL)
                return;
        /* In memory where there is such a place: compaction waits for the disk. */
        snprintf(folder, sizeof(folder), "%s/fuzz-gateway.XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        FUZZ_CHECK(mkdtemp(folder) != NULL);
        snprintf(journal, sizeof(journal), "%s/devices", folder);
        start();
        atexit(clean_up);
}

static struct in_addr address_of(uint8_t number)
{
        return (struct in_addr){.s_addr = htonl(0xC0000200 + number % ADDRESSES)};
}

struct census {
        unsigned bindings, of_client[256];
};

static int count(void *context, const struct device_record *record)
{
        struct census *census = context;

        census->bindings++;
        if (record->hwaddr_size > 0)
                census->of_client[record->hwaddr[0]]++;
        FUZZ_CHECK(record->instance != 0);
        FUZZ_CHECK(record->identity.oui[0] != '\0' && record->identity.serial[0] != '\0');
        return 0;
}

static struct census check_limits(void)
{
        struct census census = {0};

        device_table_each(gateway->table, count, &census);
        FUZZ_CHECK(census.bindings == device_table_bindings(gateway->table));
        FUZZ_CHECK(device_table_entries(gateway->table) <= MAX_DEVICES);
        FUZZ_CHECK(census.bindings <= MAX_DEVICES * DEVICE_TABLE_BINDINGS);
        FUZZ_CHECK(device_table_entries(gateway->table) <= census.bindings);
        for (size_t i = 0; i < 256; i++)
                FUZZ_CHECK(census.of_client[i] <= MAX_PER_CLIENT);
        return census;
}

/* An option that the administrator got wrong is left as it is. */
static void check_answer(const struct gateway_exchange *exchange, const struct gateway_answer *answer)
{
        struct assoc_identity identity;

        if (!answer->replace_option) {
                FUZZ_CHECK(answer->claim.type != GATEWAY_CLAIM_DEVICE || exchange->option_size > 0);
                return;
        }
        FUZZ_CHECK(answer->option_size <= sizeof(answer->option));
        FUZZ_CHECK(assoc_option_decode(answer->option, answer->option_size, ASSOC_ROLE_GATEWAY, &identity,
                                       NULL) == 0);
        FUZZ_CHECK(assoc_identity_equal(&identity, &gateway->settings.identity));
}

/* Nobody is noted whom the gateway can't have served. */
static void check_claim(const struct gateway_exchange *exchange, const struct gateway_claim *claim)
{
        if (claim->type == GATEWAY_CLAIM_NONE)
                return;
        FUZZ_CHECK(exchange->response_type == GATEWAY_ACK);
        FUZZ_CHECK(claim->record.hwaddr_size <= RECORD_HWADDR_MAX);
        if (exchange->query_type == GATEWAY_INFORM)
                FUZZ_CHECK(exchange->source.s_addr == exchange->ciaddr.s_addr && !exchange->ciaddr_is_ours &&
                           exchange->subnet_length != 0);
}

static void play(struct gateway_exchange *exchange, uint8_t flags)
{
        struct gateway_answer answer;

        memset(&answer, 0x5a, sizeof(answer));
        gateway_respond(gateway, exchange, now, &answer);
        check_answer(exchange, &answer);
        check_claim(exchange, &answer.claim);
        answer.claim.is_anothers = (flags & 0x40) != 0;
        if ((flags & 0x80) == 0)
                gateway_commit(gateway, &answer.claim, now);
}

/* Types, flags, address, client (what it is called and how long that is), lifetime, the administrator's
 * option 125 after its size, the request's options after their size. */
static void take_exchange(struct input *input)
{
        static const char *const interfaces[] = {"br0", "br\n1", "", "br7"};
        uint8_t types = take(input), flags = take(input), number = take(input), client = take(input);
        struct gateway_exchange exchange = {.query_type = types & 0x0f, .response_type = types >> 4};
        uint8_t hwaddr[RECORD_HWADDR_MAX + 5], *query, *option;

        memset(hwaddr, client, sizeof(hwaddr));
        exchange.interface = interfaces[flags & 3];
        exchange.giaddr = flags & 0x04 ? address_of(9) : (struct in_addr){0};
        exchange.ciaddr = exchange.yiaddr = address_of(number);
        exchange.source = flags & 0x08 ? address_of(8) : exchange.ciaddr;
        exchange.subnet = address_of(0);
        exchange.subnet_length = flags & 0x10 ? 0 : 28;
        exchange.ciaddr_is_ours = (flags & 0x20) != 0;
        exchange.hwaddr = hwaddr;
        exchange.hwaddr_size = client & 0x80 ? client % sizeof(hwaddr) : 6;
        exchange.lifetime = take(input);
        option = take_bytes(input, take(input), 0, &exchange.option_size);
        query = take_bytes(input, take(input), OPTIONS_AT, &exchange.query_size);
        memcpy(query + OPTIONS_AT - 4, "\x63\x82\x53\x63", 4);
        exchange.option = option;
        exchange.query = query;
        play(&exchange, flags);
        free(option);
        free(query);
}

static void restart(void)
{
        unsigned before = check_limits().bindings;

        gateway_free(gateway, now);
        start();
        FUZZ_CHECK(check_limits().bindings == before);
}

static void end_lease(struct input *input)
{
        uint8_t hwaddr[6], number = take(input), client = take(input);

        memset(hwaddr, client, sizeof(hwaddr));
        gateway_lease_ended(gateway, address_of(number), hwaddr, client & 0x80 ? 0 : sizeof(hwaddr),
                            "release", now);
}

static void end_all(void)
{
        for (uint8_t i = 0; i < ADDRESSES; i++)
                gateway_lease_ended(gateway, address_of(i), NULL, 0, "wipe", now);
        FUZZ_CHECK(device_table_entries(gateway->table) == 0);
        FUZZ_CHECK(device_table_bindings(gateway->table) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct input input = {data, size};

        start_once();
        while (input.size > 0) {
                switch (take(&input)) {
                case 'e':
                        end_lease(&input);
                        break;
                case 't':
                        now += take(&input);
                        break;
                case 'r':
                        restart();
                        break;
                default:
                        take_exchange(&input);
                        break;
                }
                check_limits();
        }
        end_all();
        return 0;
}
