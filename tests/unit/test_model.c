/* SPDX-License-Identifier: BSD-2-Clause */
/* test_model.c - the data model as a tree of names. */
#include "config.h"

#include "tests/unit/unit.h"

#include "dm-bridge/model.h"
#include "tests/unit/bridge_fixture.h"

#define IGD "InternetGatewayDevice."
#define MS  IGD "ManagementServer."
#define MD  MS "ManageableDevice."

/* What a walk met, one name a line; a parameter with "=value:type". */
struct listing {
        const struct bridge *bridge;
        char text[4096];
};

static int list(void *context, const struct model_node *node)
{
        struct listing *listing = context;
        size_t used = strlen(listing->text);
        char value[MODEL_VALUE_MAX];

        used += (size_t)snprintf(listing->text + used, sizeof(listing->text) - used, "%s", node->name);
        if (node->parameter != NULL) {
                node->parameter->get(listing->bridge, node->parameter, node->instance, value);
                used += (size_t)snprintf(listing->text + used, sizeof(listing->text) - used, "=%s:%s", value,
                                         parameter_type_name(node->parameter->type));
        }
        snprintf(listing->text + used, sizeof(listing->text) - used, "\n");
        return 0;
}

static struct configuration config;
static struct bridge bridge;

static void assert_walk(const char *path, bool next_level, const char *expected)
{
        struct listing listing = {.bridge = &bridge};

        assert_int_equal(model_walk(&bridge, path, next_level, list, &listing), 0);
        assert_string_equal(listing.text, expected);
}

static void assert_unknown(const char *path)
{
        struct listing listing = {.bridge = &bridge};

        assert_int_equal(model_walk(&bridge, path, false, list, &listing), -ENOENT);
        assert_string_equal(listing.text, "");
}

/* DeviceInfo. and what ManagementServer. has in each role, before anybody wrote anything. */
#define DEVICE_INFO(root)                                                                                    \
        root "DeviceInfo.\n" root "DeviceInfo.ManufacturerOUI=:string\n" root                                \
             "DeviceInfo.SerialNumber=:string\n" root "DeviceInfo.ProductClass=:string\n"
#define CONNECTION(ms)                                                                                       \
        ms "URL=:string\n" ms "ConnectionRequestUsername=:string\n" ms                                       \
           "ConnectionRequestPassword=:string\n" ms "UDPConnectionRequestAddress=:string\n" ms               \
           "UDPConnectionRequestAddressNotificationLimit=0:unsignedInt\n" ms "STUNEnable=false:boolean\n" ms \
           "STUNServerAddress=:string\n" ms "STUNServerPort=3478:unsignedInt\n" ms                           \
           "STUNUsername=:string\n" ms "STUNPassword=:string\n" ms "STUNMaximumKeepAlivePeriod=-1:int\n" ms  \
           "STUNMinimumKeepAlivePeriod=30:unsignedInt\n" ms "NATDetected=false:boolean\n"

static int make_gateway(void **state)
{
        (void)state;
        fixture_init(&bridge, &config, BRIDGE_ROLE_GATEWAY);
        fixture_add(&bridge.devices.set, 2, "192.0.2.2", false);
        fixture_add(&bridge.devices.set, 7, "192.0.2.7", true);
        fixture_add(&bridge.devices.set, 10, "192.0.2.10", false);
        return 0;
}

static int make_device(void **state)
{
        (void)state;
        fixture_init(&bridge, &config, BRIDGE_ROLE_DEVICE);
        config.root = "Device.";
        return 0;
}

static int unmake(void **state)
{
        (void)state;
        bridge_done(&bridge);
        return 0;
}

static void test_D1_1_number_of_entries_counts_devices_that_are_present(void **state)
{
        (void)state;
        assert_walk(MS "ManageableDeviceNumberOfEntries", false,
                    MS "ManageableDeviceNumberOfEntries=2:unsignedInt\n");
        fixture_remove(&bridge.devices.set, "192.0.2.2");
        fixture_remove(&bridge.devices.set, "192.0.2.10");
        assert_walk(MS "ManageableDeviceNumberOfEntries", false,
                    MS "ManageableDeviceNumberOfEntries=0:unsignedInt\n");
}

static void test_D1_3_members_of_an_entry_are_read_by_full_name(void **state)
{
        (void)state;
        assert_walk(MD "2.ManufacturerOUI", false, MD "2.ManufacturerOUI=00D09E:string\n");
        assert_walk(MD "10.SerialNumber", false, MD "10.SerialNumber=S10:string\n");
        assert_walk(MD "2.ProductClass", false, MD "2.ProductClass=:string\n");
}

static void test_D1_3_entries_keep_their_numbers_and_away_ones_are_left_out(void **state)
{
        (void)state;
        assert_walk(MD, false,
                    MD "\n" MD "2.\n" MD "2.ManufacturerOUI=00D09E:string\n" MD
                       "2.SerialNumber=S2:string\n" MD "2.ProductClass=:string\n" MD "10.\n" MD
                       "10.ManufacturerOUI=00D09E:string\n" MD "10.SerialNumber=S10:string\n" MD
                       "10.ProductClass=:string\n");
        assert_unknown(MD "7.SerialNumber");
        assert_unknown(MD "7.");
}

static void test_D1_5_gateway_info_shows_the_active_record(void **state)
{
        (void)state;
        assert_walk("Device.GatewayInfo.SerialNumber", false, "Device.GatewayInfo.SerialNumber=:string\n");
        fixture_gateway(&bridge, "eth0", 100, "G1");
        assert_walk("Device.", false,
                    "Device.\n" DEVICE_INFO("Device.") "Device.ManagementServer.\n" CONNECTION(
                            "Device.ManagementServer.") "Device.GatewayInfo.\nDevice.GatewayInfo."
                                                        "ManufacturerOUI=00D09E:string\n"
                                                        "Device.GatewayInfo.SerialNumber=G1:string\nDevice."
                                                        "GatewayInfo.ProductClass=:string\n");
}

static void test_DV_3_elements_that_were_not_received_are_empty(void **state)
{
        (void)state;
        fixture_gateway(&bridge, "eth0", 100, "");
        bridge.gateway.records[0].identity.oui[0] = '\0';
        assert_walk("Device.GatewayInfo.ManufacturerOUI", false,
                    "Device.GatewayInfo.ManufacturerOUI=:string\n");
        assert_walk("Device.GatewayInfo.SerialNumber", false, "Device.GatewayInfo.SerialNumber=:string\n");
}

static void names_beside_the_model_are_unknown(void **state)
{
        static const char *const paths[] = {
                "x",
                ".",
                "InternetGatewayDevice",
                "Device.",
                "InternetGatewayDevice.Management",
                IGD "ManagementServer",
                IGD "GatewayInfo.",
                MS "ManageableDevice",
                MS "ManageableDeviceNumberOfEntries.",
                MS "manageableDeviceNumberOfEntries",
                MD "{i}.",
                MD "0.",
                MD "02.",
                MD "2",
                MD "+2.",
                MD "2. ",
                MD "2..",
                MD "4294967296.",
                MD "4294967298.",
                MD "99999999999999999999999.",
                MD "2.Foo",
                MD "2.ProductClass.",
                MD "3.ProductClass",
                MD "ProductClass",
        };

        (void)state;
        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
                assert_unknown(paths[i]);
}

static void a_partial_path_in_mid_word_is_unknown(void **state)
{
        (void)state;
        assert_unknown("InternetGateway");
        assert_unknown(MS "ManageableDevice.1");
}

static void next_level_shows_children_only(void **state)
{
        (void)state;
        assert_walk("", true, IGD "\n");
        assert_walk(IGD, true, IGD "DeviceInfo.\n" MS "\n");
        assert_walk(MS, true,
                    CONNECTION(MS) MS "ManageableDeviceNumberOfEntries=2:unsignedInt\n" MS
                                      "ManageableDeviceNotificationLimit=0:unsignedInt\n" MD "\n");
        assert_walk(MD, true, MD "2.\n" MD "10.\n");
        assert_walk(MD "2.", true,
                    MD "2.ManufacturerOUI=00D09E:string\n" MD "2.SerialNumber=S2:string\n" MD
                       "2.ProductClass=:string\n");
}

static void test_D2_1_an_empty_path_is_the_whole_tree_with_every_parent_once(void **state)
{
        (void)state;
        fixture_remove(&bridge.devices.set, "192.0.2.10");
        config.roles |= BRIDGE_ROLE_DEVICE;
        assert_walk("", false,
                    IGD "\n" DEVICE_INFO(IGD) MS "\n" CONNECTION(MS) MS
                    "ManageableDeviceNumberOfEntries=1:unsignedInt\n" MS
                    "ManageableDeviceNotificationLimit=0:unsignedInt\n" MD "\n" MD "2.\n" MD
                    "2.ManufacturerOUI=00D09E:string\n" MD "2.SerialNumber=S2:string\n" MD
                    "2.ProductClass=:string\n" IGD "GatewayInfo.\n" IGD
                    "GatewayInfo.ManufacturerOUI=:string\n" IGD "GatewayInfo.SerialNumber=:string\n" IGD
                    "GatewayInfo.ProductClass=:string\n");
}

static void an_empty_table_is_there_but_holds_nothing(void **state)
{
        (void)state;
        fixture_remove(&bridge.devices.set, "192.0.2.2");
        fixture_remove(&bridge.devices.set, "192.0.2.10");
        assert_walk(MD, false, MD "\n");
        assert_walk(MD, true, "");
}

static void the_device_role_alone_has_no_table(void **state)
{
        (void)state;
        assert_unknown("Device.ManagementServer.ManageableDevice.");
        assert_unknown("Device.ManagementServer.ManageableDeviceNumberOfEntries");
        assert_walk("", true, "Device.\n");
}

static int stop_at_once(void *context, const struct model_node *node)
{
        (void)node;
        ++*(int *)context;
        return -E2BIG;
}

static void a_visitor_can_stop_the_walk(void **state)
{
        int visits = 0;

        (void)state;
        assert_int_equal(model_walk(&bridge, "", false, stop_at_once, &visits), -E2BIG);
        assert_int_equal(visits, 1);
}

#define GATEWAY_TEST(function) cmocka_unit_test_setup_teardown(function, make_gateway, unmake)
#define DEVICE_TEST(function)  cmocka_unit_test_setup_teardown(function, make_device, unmake)

static void test_D1_3_tr_181_has_hosts_and_the_management_protocol(void **state)
{
        (void)state;
        fixture_init(&bridge, &config, BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE);
        config.root = "Device.";
        config.model = DATA_MODEL_TR181;
        fixture_add(&bridge.devices.set, 3, "192.0.2.3", false);
        assert_walk("Device.GatewayInfo.", false,
                    "Device.GatewayInfo.\n"
                    "Device.GatewayInfo.ManufacturerOUI=:string\n"
                    "Device.GatewayInfo.SerialNumber=:string\n"
                    "Device.GatewayInfo.ProductClass=:string\n"
                    "Device.GatewayInfo.ManagementProtocol=:string\n");
        fixture_gateway(&bridge, "eth0", 200, "GW");
        assert_walk("Device.GatewayInfo.ManagementProtocol", false,
                    "Device.GatewayInfo.ManagementProtocol=CWMP:string\n");
        assert_walk("Device.ManagementServer.ManageableDevice.3.", false,
                    "Device.ManagementServer.ManageableDevice.3.\n"
                    "Device.ManagementServer.ManageableDevice.3.ManufacturerOUI=00D09E:string\n"
                    "Device.ManagementServer.ManageableDevice.3.SerialNumber=S3:string\n"
                    "Device.ManagementServer.ManageableDevice.3.ProductClass=:string\n"
                    "Device.ManagementServer.ManageableDevice.3.Host=:string\n");
        config.model = DATA_MODEL_TR106;
        assert_unknown("Device.GatewayInfo.ManagementProtocol");
        assert_unknown("Device.ManagementServer.ManageableDevice.3.Host");
        bridge_done(&bridge);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_D1_3_tr_181_has_hosts_and_the_management_protocol),
                GATEWAY_TEST(test_D1_1_number_of_entries_counts_devices_that_are_present),
                GATEWAY_TEST(test_D1_3_members_of_an_entry_are_read_by_full_name),
                GATEWAY_TEST(test_D1_3_entries_keep_their_numbers_and_away_ones_are_left_out),
                DEVICE_TEST(test_D1_5_gateway_info_shows_the_active_record),
                DEVICE_TEST(test_DV_3_elements_that_were_not_received_are_empty),
                GATEWAY_TEST(names_beside_the_model_are_unknown),
                GATEWAY_TEST(a_partial_path_in_mid_word_is_unknown),
                GATEWAY_TEST(next_level_shows_children_only),
                GATEWAY_TEST(test_D2_1_an_empty_path_is_the_whole_tree_with_every_parent_once),
                GATEWAY_TEST(an_empty_table_is_there_but_holds_nothing),
                DEVICE_TEST(the_device_role_alone_has_no_table),
                GATEWAY_TEST(a_visitor_can_stop_the_walk),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
