/* SPDX-License-Identifier: BSD-2-Clause */
/* test_file.c - whole files, read with a limit and replaced atomically. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libassoc/file.h"

struct folder {
        char path[64];
        char file[96];
        char temporary[96];
};

static int make_folder(void **state)
{
        struct folder *folder = calloc(1, sizeof(*folder));

        strcpy(folder->path, "/tmp/assoc-file.XXXXXX");
        if (mkdtemp(folder->path) == NULL)
                return -1;
        snprintf(folder->file, sizeof(folder->file), "%s/file", folder->path);
        snprintf(folder->temporary, sizeof(folder->temporary), "%s/file.new", folder->path);
        *state = folder;
        return 0;
}

static int remove_folder(void **state)
{
        struct folder *folder = *state;

        unlink(folder->file);
        rmdir(folder->temporary);
        unlink(folder->temporary);
        rmdir(folder->path);
        free(folder);
        return 0;
}

static void what_was_written_is_read_back_with_its_mode(void **state)
{
        const struct folder *folder = *state;
        mode_t saved = umask(077);
        struct stat status;
        char buffer[16];
        size_t size = 0;

        assert_int_equal(file_replace(folder->file, "old content", 11, 0644), 0);
        assert_int_equal(file_replace(folder->file, "new", 3, 0644), 0);
        umask(saved);
        assert_int_equal(stat(folder->file, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0644);
        assert_int_equal(file_read(folder->file, buffer, sizeof(buffer), &size), 0);
        assert_int_equal(size, 3);
        assert_memory_equal(buffer, "new", 3);
        assert_int_equal(access(folder->temporary, F_OK), -1);
}

static void a_file_that_fits_exactly_is_read_and_one_byte_more_is_refused(void **state)
{
        const struct folder *folder = *state;
        char buffer[8];
        size_t size = 99;

        assert_int_equal(file_replace(folder->file, "12345678", 8, 0600), 0);
        assert_int_equal(file_read(folder->file, buffer, 7, &size), -EFBIG);
        assert_int_equal(size, 99);
        assert_int_equal(file_read(folder->file, buffer, 8, &size), 0);
        assert_int_equal(size, 8);
}

static void a_failed_replacement_leaves_the_old_content(void **state)
{
        const struct folder *folder = *state;
        char buffer[8];
        size_t size;

        assert_int_equal(file_replace(folder->file, "old", 3, 0600), 0);
        assert_int_equal(mkdir(folder->temporary, 0700), 0);
        assert_int_equal(file_replace(folder->file, "new", 3, 0600), -EISDIR);
        assert_int_equal(file_read(folder->file, buffer, sizeof(buffer), &size), 0);
        assert_memory_equal(buffer, "old", 3);
}

static void a_planted_link_is_not_followed(void **state)
{
        const struct folder *folder = *state;

        assert_int_equal(symlink("elsewhere", folder->temporary), 0);
        assert_int_equal(file_replace(folder->file, "new", 3, 0600), -ELOOP);
        assert_int_equal(access(folder->file, F_OK), -1);
}

static void a_fifo_or_a_missing_file_is_an_error_not_a_wait(void **state)
{
        const struct folder *folder = *state;
        char buffer[8];
        size_t size;

        assert_int_equal(file_read(folder->file, buffer, sizeof(buffer), &size), -ENOENT);
        assert_int_equal(mkfifo(folder->file, 0600), 0);
        assert_int_equal(file_read(folder->file, buffer, sizeof(buffer), &size), -EINVAL);
        assert_int_equal(file_read(folder->path, buffer, sizeof(buffer), &size), -EINVAL);
}

static void a_path_too_long_is_refused(void **state)
{
        char path[PATH_MAX + 1];

        (void)state;
        memset(path, 'a', sizeof(path) - 1);
        path[sizeof(path) - 1] = '\0';
        assert_int_equal(file_replace(path, "", 0, 0600), -ENAMETOOLONG);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_FOLDER(what_was_written_is_read_back_with_its_mode),
                WITH_FOLDER(a_file_that_fits_exactly_is_read_and_one_byte_more_is_refused),
                WITH_FOLDER(a_failed_replacement_leaves_the_old_content),
                WITH_FOLDER(a_planted_link_is_not_followed),
                WITH_FOLDER(a_fifo_or_a_missing_file_is_an_error_not_a_wait),
                cmocka_unit_test(a_path_too_long_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
