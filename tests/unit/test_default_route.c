/* SPDX-License-Identifier: BSD-2-Clause */
/* test_default_route.c - reading the kernel's list of routes. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "client-hook/default_route.h"
#include "libassoc/file.h"
#include "tests/unit/scratch.h"

#define TITLE "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

static int find(void **state, const char *text, const char *interface, uint32_t *ret)
{
        char path[PATH_MAX];

        scratch_path(state, "route", path);
        assert_int_equal(file_replace(path, text, strlen(text), 0644), 0);
        return default_route_metric(path, interface, ret);
}

static void test_DV_7_the_lowest_default_route_of_the_interface_counts(void **state)
{
        static const char table[] = TITLE "eth0\t00000000\t010200C0\t0003\t0\t0\t1002\t00000000\t0\t0\t0\n"
                                          "eth0\t00000000\t020200C0\t0003\t0\t0\t202\t00000000\t0\t0\t0\n"
                                          "eth0\t00000000\t020200C0\t0003\t0\t0\t300\t00000000\t0\t0\t0\n"
                                          "wlan0\t00000000\t010300C0\t0003\t0\t0\t5\t00000000\t0\t0\t0\n"
                                          "eth0\t000200C0\t00000000\t0001\t0\t0\t1\t00FFFFFF\t0\t0\t0\n";
        uint32_t metric = 0;

        assert_int_equal(find(state, table, "eth0", &metric), 0);
        assert_int_equal(metric, 202);
        assert_int_equal(find(state, table, "wlan0", &metric), 0);
        assert_int_equal(metric, 5);
        assert_int_equal(find(state, table, "eth", &metric), -ENOENT);
}

static void what_is_no_default_route_does_not_count(void **state)
{
        uint32_t metric = 7;

        assert_int_equal(find(state, TITLE, "eth0", &metric), -ENOENT);
        assert_int_equal(find(state, "", "eth0", &metric), -ENOENT);
        /* Half of the address space, a route that is down, one that rejects, a torn line. */
        assert_int_equal(find(state,
                              TITLE "eth0\t00000000\t010200C0\t0003\t0\t0\t1\t00000080\t0\t0\t0\n"
                                    "eth0\t00000000\t010200C0\t0002\t0\t0\t1\t00000000\t0\t0\t0\n"
                                    "eth0\t00000000\t010200C0\t0201\t0\t0\t1\t00000000\t0\t0\t0\n"
                                    "eth0\t00000000\t010200C0\t0003\t0\t0\t1",
                              "eth0", &metric),
                         -ENOENT);
        assert_int_equal(metric, 7);
}

static void a_table_that_is_not_there_is_no_empty_one(void **state)
{
        uint32_t metric = 7;
        char path[PATH_MAX];

        assert_int_equal(default_route_metric(scratch_path(state, "none", path), "eth0", &metric), -EIO);
        assert_int_equal(metric, 7);
}

static void the_kernels_own_table_can_be_read(void **state)
{
        uint32_t metric;

        (void)state;
        assert_int_equal(default_route_metric(DEFAULT_ROUTE_TABLE, "none0", &metric), -ENOENT);
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                SCRATCH_TEST(test_DV_7_the_lowest_default_route_of_the_interface_counts),
                SCRATCH_TEST(what_is_no_default_route_does_not_count),
                SCRATCH_TEST(a_table_that_is_not_there_is_no_empty_one),
                cmocka_unit_test(the_kernels_own_table_can_be_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
