/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_record.c - GatewayInfo records on disk. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client-hook/gateway_record.h"
#include "libassoc/file.h"
#include "tests/unit/scratch.h"

static const struct gateway_info bound = {
        .interface = "eth0",
        .metric = 202,
        .identity = {"0011AA", "GATEWAY-1", "Home"},
        .expires = 5000,
        .reason = "bound",
};

static struct stat status_of(const char *path)
{
        struct stat status;

        assert_int_equal(stat(path, &status), 0);
        return status;
}

static void test_DV_2_a_record_is_stored_for_everyone_to_read(void **state)
{
        char folder[PATH_MAX], path[PATH_MAX], line[RECORD_LINE_MAX];
        struct gateway_info back;
        size_t size;
        mode_t mask = umask(0077);

        scratch_path(state, "run/gateway-info", folder);
        assert_int_equal(gateway_record_store(folder, &bound), 1);
        umask(mask);
        scratch_path(state, "run/gateway-info/eth0.json", path);
        assert_int_equal(file_read(path, line, sizeof(line), &size), 0);
        assert_int_equal(gateway_info_parse(line, size, &back), 0);
        assert_memory_equal(&back, &bound, sizeof(back));
        assert_int_equal(status_of(path).st_mode & 0777, 0644);
        assert_int_equal(status_of(folder).st_mode & 0777, 0755);
        assert_int_equal(status_of(scratch_path(state, "run", path)).st_mode & 0777, 0755);
}

static void test_DV_6_the_same_again_writes_nothing(void **state)
{
        char folder[PATH_MAX], path[PATH_MAX];
        struct gateway_info renewed = bound;
        ino_t first;

        scratch_path(state, "gateway-info", folder);
        scratch_path(state, "gateway-info/eth0.json", path);
        assert_int_equal(gateway_record_store(folder, &bound), 1);
        first = status_of(path).st_ino;
        strcpy(renewed.reason, "renew");
        assert_int_equal(gateway_record_store(folder, &renewed), 0);
        assert_int_equal(status_of(path).st_ino, first);
        renewed.expires++;
        assert_int_equal(gateway_record_store(folder, &renewed), 1);
        assert_int_not_equal(status_of(path).st_ino, first);
}

static void test_DV_3_a_missing_element_replaces_what_stood_there(void **state)
{
        char folder[PATH_MAX], path[PATH_MAX], line[RECORD_LINE_MAX];
        struct gateway_info partial = bound, back;
        size_t size;

        scratch_path(state, "gateway-info", folder);
        assert_int_equal(gateway_record_store(folder, &bound), 1);
        partial.identity.product_class[0] = '\0';
        assert_int_equal(gateway_record_store(folder, &partial), 1);
        assert_int_equal(
                file_read(scratch_path(state, "gateway-info/eth0.json", path), line, sizeof(line), &size), 0);
        assert_int_equal(gateway_info_parse(line, size, &back), 0);
        assert_string_equal(back.identity.oui, "0011AA");
        assert_string_equal(back.identity.product_class, "");
}

static void a_damaged_record_is_replaced(void **state)
{
        char folder[PATH_MAX], path[PATH_MAX];

        scratch_path(state, "gateway-info", folder);
        scratch_path(state, "gateway-info/eth0.json", path);
        assert_int_equal(gateway_record_store(folder, &bound), 1);
        assert_int_equal(file_replace(path, "{", 1, 0644), 0);
        assert_int_equal(gateway_record_store(folder, &bound), 1);
        assert_int_equal(gateway_record_store(folder, &bound), 0);
}

static void test_DV_5_a_discarded_record_is_gone_and_others_stay(void **state)
{
        char folder[PATH_MAX], path[PATH_MAX];
        struct gateway_info other = bound;

        scratch_path(state, "gateway-info", folder);
        strcpy(other.interface, "eth1");
        assert_int_equal(gateway_record_store(folder, &bound), 1);
        assert_int_equal(gateway_record_store(folder, &other), 1);
        assert_int_equal(gateway_record_discard(folder, "eth0"), 1);
        assert_int_equal(gateway_record_discard(folder, "eth0"), 0);
        assert_int_equal(access(scratch_path(state, "gateway-info/eth0.json", path), F_OK), -1);
        assert_int_equal(access(scratch_path(state, "gateway-info/eth1.json", path), F_OK), 0);
}

static void a_folder_that_can_not_be_made_is_an_error(void **state)
{
        char file[PATH_MAX], folder[PATH_MAX];

        assert_int_equal(file_replace(scratch_path(state, "file", file), "", 0, 0644), 0);
        assert_int_equal(gateway_record_store(scratch_path(state, "file/gateway-info", folder), &bound),
                         -ENOTDIR);
        assert_int_equal(gateway_record_discard(folder, "eth0"), -ENOTDIR);
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                SCRATCH_TEST(test_DV_2_a_record_is_stored_for_everyone_to_read),
                SCRATCH_TEST(test_DV_6_the_same_again_writes_nothing),
                SCRATCH_TEST(test_DV_3_a_missing_element_replaces_what_stood_there),
                SCRATCH_TEST(a_damaged_record_is_replaced),
                SCRATCH_TEST(test_DV_5_a_discarded_record_is_gone_and_others_stay),
                SCRATCH_TEST(a_folder_that_can_not_be_made_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
