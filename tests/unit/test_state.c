/* SPDX-License-Identifier: BSD-2-Clause */
/* test_state.c - what outlives the daemon: written, read back, and what becomes of a damaged file. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/changes.h"
#include "dm-bridge/state.h"
#include "libassoc/file.h"
#include "tests/unit/bridge_fixture.h"
#include "tests/unit/scratch.h"

#define CLOCK 1800000000

static struct configuration config;
static struct bridge bridge;
static char path[128];
static int64_t boot_now;

static int64_t get_now(void)
{
        return boot_now;
}

static void start(void)
{
        config = (struct configuration){.roles = BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE,
                                        .root = "Device.",
                                        .model = DATA_MODEL_TR181};
        bridge_init(&bridge, &config, get_now);
        bridge.devices.state = SOURCE_OK;
        bridge.gateway.state = SOURCE_OK;
}

static int make(void **state)
{
        if (scratch_make(state) < 0)
                return -1;
        snprintf(path, sizeof(path), "%s/state", (const char *)*state);
        boot_now = 1000;
        start();
        return 0;
}

static int unmake(void **state)
{
        bridge_done(&bridge);
        return scratch_remove(state);
}

static int find_node(void *context, const struct model_node *node)
{
        *(struct model_node *)context = *node;
        return 0;
}

static struct model_node node_of(const char *name)
{
        struct model_node node = {0};

        assert_int_equal(model_walk(&bridge, name, false, find_node, &node), 0);
        return node;
}

static const struct notify_watch *watch_of(const char *name)
{
        return &bridge.notify.watches[node_of(name).watch];
}

static void restart(int64_t clock)
{
        char error[STATE_ERROR_MAX] = "";

        bridge_done(&bridge);
        start();
        assert_int_equal(state_load(&bridge, path, clock, error, sizeof(error)), 0);
        assert_string_equal(error, "");
}

static void no_file_is_the_initial_state(void **state)
{
        (void)state;
        restart(CLOCK);
        assert_string_equal(bridge.values.text[VALUE_STUN_SERVER_PORT], "3478");
        assert_int_equal(watch_of("Device.GatewayInfo.SerialNumber")->notification, NOTIFICATION_ACTIVE);
}

static void test_D2_3_what_was_written_is_there_after_a_restart_and_for_no_other_eyes(void **state)
{
        struct model_node url = node_of("Device.ManagementServer.URL");
        struct model_node password = node_of("Device.ManagementServer.STUNPassword");
        struct stat status;

        (void)state;
        changes_write(&bridge, &url, "http://acs.example/\"\\ \xc3\xa9", WRITER_ACS);
        changes_write(&bridge, &password, "secret", WRITER_ACS);
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        restart(CLOCK);
        assert_string_equal(bridge.values.text[VALUE_URL], "http://acs.example/\"\\ \xc3\xa9");
        assert_string_equal(bridge.values.text[VALUE_STUN_PASSWORD], "secret");
}

static void test_D1_4_attributes_and_events_are_there_after_a_restart(void **state)
{
        struct model_node entries = node_of("Device.ManagementServer.ManageableDeviceNumberOfEntries");
        struct notify_event event;

        (void)state;
        assert_int_equal(changes_set_attribute(&bridge, &entries, NOTIFICATION_ACTIVE), 0);
        fixture_add(&bridge.devices.set, 1, "192.0.2.1", false);
        changes_observe(&bridge);
        notify_connection_request(&bridge.notify);
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        restart(CLOCK + 5);
        assert_true(notify_next(&bridge.notify, 0, &event));
        assert_int_equal(event.watch, entries.watch);
        assert_string_equal(bridge.notify.watches[event.watch].seen, "1");
        assert_true(notify_next(&bridge.notify, event.seq, &event));
        assert_int_equal(event.type, NOTIFY_CONNECTION_REQUEST);
        assert_int_equal(bridge.notify.sequence, 2);
}

static void test_CR_7_the_last_accepted_request_is_there_after_a_restart(void **state)
{
        (void)state;
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        restart(CLOCK);
        assert_false(bridge.requests.memory.any);
        bridge.requests.memory = (struct request_memory){true, UINT64_MAX, UINT64_MAX - 1};
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        restart(CLOCK);
        assert_true(bridge.requests.memory.any);
        assert_true(bridge.requests.memory.ts == UINT64_MAX);
        assert_true(bridge.requests.memory.id == UINT64_MAX - 1);
}

static void a_change_while_nobody_was_there_is_an_event_at_the_next_start(void **state)
{
        struct model_node entries = node_of("Device.ManagementServer.ManageableDeviceNumberOfEntries");

        (void)state;
        assert_int_equal(changes_set_attribute(&bridge, &entries, NOTIFICATION_PASSIVE), 0);
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        restart(CLOCK);
        fixture_add(&bridge.devices.set, 1, "192.0.2.1", false);
        changes_observe(&bridge);
        assert_int_equal(bridge.notify.watches[entries.watch].seq, 1);
}

static void a_source_that_can_not_be_read_says_nothing(void **state)
{
        struct model_node entries = node_of("Device.ManagementServer.ManageableDeviceNumberOfEntries");

        (void)state;
        fixture_add(&bridge.devices.set, 1, "192.0.2.1", false);
        assert_int_equal(changes_set_attribute(&bridge, &entries, NOTIFICATION_ACTIVE), 0);
        fixture_remove(&bridge.devices.set, "192.0.2.1");
        bridge.devices.state = SOURCE_MISSING;
        changes_observe(&bridge);
        assert_int_equal(bridge.notify.watches[entries.watch].seq, 0);
}

/* A limit of 60 s, of which 20 had passed before the restart. */
static void assert_limit_goes_on(int64_t boot_after, int64_t clock_after, int64_t deadline)
{
        struct model_node limit = node_of("Device.ManagementServer.ManageableDeviceNotificationLimit");
        struct model_node entries = node_of("Device.ManagementServer.ManageableDeviceNumberOfEntries");

        changes_write(&bridge, &limit, "60", WRITER_ACS);
        assert_int_equal(changes_set_attribute(&bridge, &entries, NOTIFICATION_ACTIVE), 0);
        fixture_add(&bridge.devices.set, 1, "192.0.2.1", false);
        changes_observe(&bridge);
        boot_now += 20;
        fixture_add(&bridge.devices.set, 2, "192.0.2.2", false);
        changes_observe(&bridge);
        assert_int_equal(state_save(&bridge, path, CLOCK + 20), 0);
        boot_now = boot_after;
        restart(clock_after);
        fixture_add(&bridge.devices.set, 1, "192.0.2.1", false);
        fixture_add(&bridge.devices.set, 2, "192.0.2.2", false);
        changes_observe(&bridge);
        assert_int_equal(notify_deadline(&bridge.notify), deadline);
}

static void test_GW_11_D1_2_a_limit_goes_on_over_a_restart(void **state)
{
        (void)state;
        assert_limit_goes_on(1025, CLOCK + 25, 1060);
}

static void test_GW_11_a_limit_goes_on_over_a_reboot(void **state)
{
        (void)state;
        assert_limit_goes_on(7, CLOCK + 50, 17);
}

static void test_GW_11_a_clock_set_back_delays_by_one_limit_at_most(void **state)
{
        (void)state;
        assert_limit_goes_on(7, 1000, 67);
}

static void members_keep_passive_notification(void **state)
{
        struct model_node member;

        (void)state;
        fixture_add(&bridge.devices.set, 3, "192.0.2.1", false);
        member = node_of("Device.ManagementServer.ManageableDevice.3.SerialNumber");
        assert_int_equal(changes_set_attribute(&bridge, &member, NOTIFICATION_PASSIVE), 0);
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        restart(CLOCK);
        fixture_add(&bridge.devices.set, 3, "192.0.2.1", false);
        assert_int_equal(changes_attribute(&bridge, &member), NOTIFICATION_PASSIVE);
        member = node_of("Device.ManagementServer.ManageableDevice.3.ProductClass");
        assert_int_equal(changes_attribute(&bridge, &member), NOTIFICATION_OFF);
}

/* --- Damage --- */

#define HEAD "{\"format\":\"dm-bridge-state\",\"version\":1,\"sequence\":5,\"parameters\":{"

static void a_damaged_file_is_refused_with_its_fault_and_changes_nothing(void **state)
{
        static const struct {
                const char *text, *error;
        } cases[] = {
                {"", "line 1: "},
                {"[]", "format: expected \"dm-bridge-state\""},
                {"{\"format\":\"x\"}", "format: expected \"dm-bridge-state\""},
                {"{\"format\":\"dm-bridge-state\",\"version\":2,\"parameters\":{}}", "version: expected 1"},
                {"{\"format\":\"dm-bridge-state\",\"version\":1}", "parameters: expected an object"},
                {"{\"format\":\"dm-bridge-state\",\"version\":1,\"sequence\":-1,\"parameters\":{}}",
                 "sequence, requests"},
                {"{\"format\":\"dm-bridge-state\",\"version\":1,\"requests_seq\":1,\"parameters\":{}}",
                 "sequence, requests"},
                {HEAD "\"ManagementServer.URL\":1}}", "ManagementServer.URL: expected an object"},
                {HEAD "\"ManagementServer.URL\":{\"value\":1}}}",
                 "ManagementServer.URL: expected at most 256 bytes"},
                {HEAD "\"ManagementServer.URL\":{\"value\":\"a\\u0000b\"}}}",
                 "ManagementServer.URL: expected"},
                {HEAD "\"ManagementServer.STUNServerPort\":{\"value\":\"65536\"}}}",
                 "ManagementServer.STUNServerPort: expected 0 to 65535"},
                {HEAD "\"ManagementServer.NATDetected\":{\"value\":\"true\"}}}",
                 "ManagementServer.NATDetected: expected no value, it is read-only"},
                {HEAD "\"ManagementServer.URL\":{\"notification\":3}}}",
                 "ManagementServer.URL: expected notification 0 to 2"},
                {HEAD "\"ManagementServer.URL\":{\"seq\":6}}}",
                 "ManagementServer.URL: expected a seq not above sequence"},
                {HEAD "\"ManagementServer.URL\":{\"waiting\":1}}}", "ManagementServer.URL: expected waiting"},
                {HEAD "\"ManagementServer.URL\":{\"seen\":7}}}", "ManagementServer.URL: expected seen"},
                {HEAD "},\"last_request\":7}", "last_request: expected ts and id"},
                {HEAD "},\"last_request\":{\"ts\":\"7\"}}", "last_request: expected ts and id"},
                {HEAD "},\"last_request\":{\"ts\":\"-7\",\"id\":\"1\"}}", "last_request: expected"},
                {HEAD "},\"last_request\":{\"ts\":\"18446744073709551616\",\"id\":\"1\"}}",
                 "last_request: expected ts and id"},
                {HEAD "},\"members\":{}}", "members: expected an array"},
                {HEAD "},\"members\":[{\"instance\":0,\"passive\":1}]}", "members: expected an array"},
                {HEAD "\"ManagementServer.URL\":{},\"ManagementServer.URL\":{}}}", "line 1: "},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char error[STATE_ERROR_MAX] = "";

                assert_int_equal(file_replace(path, cases[i].text, strlen(cases[i].text), 0600), 0);
                assert_int_equal(state_load(&bridge, path, CLOCK, error, sizeof(error)), -EBADMSG);
                if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
                        fail_msg("%s: expected '%s...', got '%s'", cases[i].text, cases[i].error, error);
                assert_int_equal(bridge.notify.sequence, 0);
                assert_string_equal(bridge.values.text[VALUE_STUN_SERVER_PORT], "3478");
        }
}

static void parameters_of_another_version_are_left_alone(void **state)
{
        static const char text[] = HEAD "\"ManagementServer.Later\":{\"value\":\"x\"},"
                                        "\"ManagementServer.STUNServerPort\":{\"value\":\"3479\"}}}";
        char error[STATE_ERROR_MAX];

        (void)state;
        assert_int_equal(file_replace(path, text, strlen(text), 0600), 0);
        assert_int_equal(state_load(&bridge, path, CLOCK, error, sizeof(error)), 0);
        assert_string_equal(bridge.values.text[VALUE_STUN_SERVER_PORT], "3479");
}

static void a_file_cut_anywhere_is_refused_or_empty(void **state)
{
        char text[8192], error[STATE_ERROR_MAX];
        size_t size;

        (void)state;
        assert_int_equal(state_save(&bridge, path, CLOCK), 0);
        assert_int_equal(file_read(path, text, sizeof(text), &size), 0);
        for (size_t cut = 0; cut < size; cut++) {
                assert_int_equal(file_replace(path, text, cut, 0600), 0);
                assert_int_equal(state_load(&bridge, path, CLOCK, error, sizeof(error)), -EBADMSG);
        }
}

/* A router without a clock of its own: time starts in 1970 again while the daemon runs. */
static void a_clock_set_back_behind_an_event_does_not_damage_the_file(void **state)
{
        (void)state;
        notify_set(&bridge.notify, 0, NOTIFICATION_ACTIVE, "0", boot_now);
        notify_observe(&bridge.notify, 0, "1", boot_now);
        boot_now += 500;
        assert_int_equal(state_save(&bridge, path, 500), 0);
        restart(500);
        assert_true(bridge.notify.watches[0].told);
        assert_int_equal(state_save(&bridge, path, 100), 0);
        restart(100);
        assert_true(bridge.notify.watches[0].told);
}

static void what_is_off_tells_nothing_whatever_the_file_says(void **state)
{
        static const char text[] =
                "{\"format\":\"dm-bridge-state\",\"version\":1,\"sequence\":9,\"parameters\":{"
                "\"ManagementServer.URL\":{\"notification\":0,\"seq\":3,\"waiting\":true}}}";
        struct notify_event event;

        (void)state;
        assert_int_equal(file_replace(path, text, sizeof(text) - 1, 0600), 0);
        restart(CLOCK);
        assert_false(notify_next(&bridge.notify, 0, &event));
        assert_true(notify_deadline(&bridge.notify) == INT64_MAX);
}

static void a_damaged_file_is_set_aside(void **state)
{
        char aside[160];

        (void)state;
        snprintf(aside, sizeof(aside), "%s.damaged", path);
        assert_int_equal(file_replace(path, "x", 1, 0600), 0);
        assert_int_equal(state_set_aside(path), 0);
        assert_int_equal(access(aside, F_OK), 0);
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(state_set_aside(path), -ENOENT);
}

#define STATE_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                STATE_TEST(no_file_is_the_initial_state),
                STATE_TEST(test_D2_3_what_was_written_is_there_after_a_restart_and_for_no_other_eyes),
                STATE_TEST(test_CR_7_the_last_accepted_request_is_there_after_a_restart),
                STATE_TEST(test_D1_4_attributes_and_events_are_there_after_a_restart),
                STATE_TEST(a_change_while_nobody_was_there_is_an_event_at_the_next_start),
                STATE_TEST(a_source_that_can_not_be_read_says_nothing),
                STATE_TEST(test_GW_11_D1_2_a_limit_goes_on_over_a_restart),
                STATE_TEST(test_GW_11_a_limit_goes_on_over_a_reboot),
                STATE_TEST(test_GW_11_a_clock_set_back_delays_by_one_limit_at_most),
                STATE_TEST(members_keep_passive_notification),
                STATE_TEST(a_damaged_file_is_refused_with_its_fault_and_changes_nothing),
                STATE_TEST(parameters_of_another_version_are_left_alone),
                STATE_TEST(a_file_cut_anywhere_is_refused_or_empty),
                STATE_TEST(a_clock_set_back_behind_an_event_does_not_damage_the_file),
                STATE_TEST(what_is_off_tells_nothing_whatever_the_file_says),
                STATE_TEST(a_damaged_file_is_set_aside),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
