/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_fixture.c - what the hook's tests share. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/gateway_fixture.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int until_failure;

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *data, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *data, size_t size);

void fixture_fail_allocation(int n)
{
        until_failure = n;
}

void *__wrap_calloc(size_t count, size_t size)
{
        return until_failure > 0 && --until_failure == 0 ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *data, size_t size)
{
        return until_failure > 0 && --until_failure == 0 ? NULL : __real_realloc(data, size);
}

struct in_addr fixture_address(const char *text)
{
        struct in_addr address;

        assert_int_equal(inet_pton(AF_INET, text, &address), 1);
        return address;
}

void fixture_hwaddr(const char *text, uint8_t *ret)
{
        unsigned int part[6];

        assert_int_equal(
                sscanf(text, "%x:%x:%x:%x:%x:%x", part, part + 1, part + 2, part + 3, part + 4, part + 5), 6);
        for (int i = 0; i < 6; i++)
                ret[i] = (uint8_t)part[i];
}

struct device_record fixture_record(const char *serial, const char *address, const char *hwaddr)
{
        struct device_record record = {.type = DEVICE_RECORD_BIND, .since = 1000, .hwaddr_size = 6};

        assert_int_equal(assoc_identity_set(&record.identity, "00D09E", serial, NULL, NULL), 0);
        record.address = fixture_address(address);
        fixture_hwaddr(hwaddr, record.hwaddr);
        strcpy(record.interface, "br0");
        return record;
}

void fixture_make_folder(const char *name, char *path)
{
        /* In memory if there is such a place: thousands of small files are renamed. */
        char shared[] = "/dev/shm/assoc-gateway.XXXXXX", other[] = "/tmp/assoc-gateway.XXXXXX";
        const char *folder = mkdtemp(shared);

        if (folder == NULL)
                folder = mkdtemp(other);
        assert_non_null(folder);
        snprintf(path, 96, "%s/%s", folder, name);
}

void fixture_remove_folder(const char *path)
{
        char folder[96], file[sizeof(folder) + NAME_MAX + 2];
        struct dirent *item;
        DIR *content;

        snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
        content = opendir(folder);
        assert_non_null(content);
        while ((item = readdir(content)) != NULL) {
                snprintf(file, sizeof(file), "%s/%s", folder, item->d_name);
                if (unlink(file) < 0)
                        rmdir(file);
        }
        closedir(content);
        rmdir(folder);
}

const char *fixture_read(const char *path)
{
        static char content[1 << 20];
        FILE *file = fopen(path, "r");
        size_t size;

        assert_non_null(file);
        size = fread(content, 1, sizeof(content) - 1, file);
        fclose(file);
        content[size] = '\0';
        return content;
}

void fixture_write(const char *path, const char *text)
{
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
        assert_int_equal(fclose(file), 0);
}
