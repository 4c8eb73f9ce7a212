/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_report.c - the table's entries as JSON.
 * A big table is told in many small steps, so that packets wait for none of them long. */
#include "config.h"

#include "gateway-hook/gateway_report.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libassoc/json_build.h"

/* Entries that are copied in one step, with the mutex held. */
#define STEP 64

/* Bindings, copied out of the table. */
struct copies {
        struct device_record *records;
        size_t count, room;
};

static int copy_binding(void *context, const struct device_record *record)
{
        struct copies *copies = context;

        if (copies->count == copies->room) {
                size_t room = copies->room * 2 + STEP;
                struct device_record *records = realloc(copies->records, room * sizeof(*records));

                if (records == NULL)
                        return -ENOMEM;
                copies->records = records;
                copies->room = room;
        }
        copies->records[copies->count++] = *record;
        return 0;
}

/* --- JSON of one entry --- */

static struct json_object *binding_object(const struct device_record *record)
{
        struct json_object *object = json_object_new_object();
        char address[INET_ADDRSTRLEN], hwaddr[SHOWN_HWADDR_MAX] = "";

        inet_ntop(AF_INET, &record->address, address, sizeof(address));
        if (record->hwaddr_size > 0)
                text_hwaddr(record->hwaddr, record->hwaddr_size, hwaddr, sizeof(hwaddr));
        return json_complete(
                object, object != NULL && json_add_text(object, "address", address) &&
                                json_add_text(object, "hwaddr", hwaddr) &&
                                json_add_text(object, "interface", record->interface) &&
                                json_add_text(object, "source",
                                              record->source == DEVICE_SOURCE_INFORM ? "inform" : "lease") &&
                                json_add_boolean(object, "away", record->away) &&
                                json_add_number(object, "expires", record->expires));
}

static struct json_object *bindings_array(const struct device_record *records, size_t count)
{
        struct json_object *array = json_object_new_array();
        bool ok = array != NULL;

        for (size_t i = 0; ok && i < count; i++)
                ok = json_append(array, binding_object(&records[i]));
        return json_complete(array, ok);
}

/* `records` are the bindings of one entry, at least one. */
static struct json_object *entry_object(const struct device_record *records, size_t count)
{
        struct json_object *object = json_object_new_object();
        const struct device_record *entry = &records[0];
        bool present = false;

        for (size_t i = 0; i < count; i++)
                present = present || !records[i].away;
        return json_complete(object, object != NULL && json_add_number(object, "instance", entry->instance) &&
                                             json_add_text(object, "oui", entry->identity.oui) &&
                                             json_add_text(object, "serial", entry->identity.serial) &&
                                             json_add_text(object, "class", entry->identity.product_class) &&
                                             json_add_boolean(object, "present", present) &&
                                             json_add_number(object, "since", entry->since) &&
                                             json_add(object, "bindings", bindings_array(records, count)));
}

static int by_address(const void *a, const void *b)
{
        uint32_t left = ntohl(((const struct device_record *)a)->address.s_addr);
        uint32_t right = ntohl(((const struct device_record *)b)->address.s_addr);

        return (left > right) - (left < right);
}

static int write_entry(struct device_record *records, size_t count, FILE *out)
{
        struct json_object *object;
        const char *text;
        int err = -ENOMEM;

        qsort(records, count, sizeof(*records), by_address);
        object = entry_object(records, count);
        text = object == NULL ? NULL
                              : json_object_to_json_string_ext(
                                        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
        if (text != NULL && fputs(text, out) >= 0)
                err = 0;
        json_object_put(object);
        return err;
}

/* --- Steps --- */

static int copy_entry(struct gateway *gateway, uint32_t instance, struct copies *copies)
{
        return device_table_each_of(gateway->table, instance, copy_binding, copies);
}

/* One that has gone since it was listed is no error. */
static int copy_entries(struct gateway *gateway, const uint32_t *instances, uint32_t count,
                        struct copies *copies)
{
        int err = 0;

        copies->count = 0;
        pthread_mutex_lock(&gateway->mutex);
        for (uint32_t i = 0; i < count && (err == 0 || err == -ENOENT); i++)
                err = copy_entry(gateway, instances[i], copies);
        pthread_mutex_unlock(&gateway->mutex);
        return err == -ENOENT ? 0 : err;
}

static int write_copies(const struct copies *copies, FILE *out, uint32_t *count)
{
        int err = 0;

        for (size_t first = 0, end; first < copies->count && err == 0; first = end) {
                for (end = first + 1; end < copies->count; end++)
                        if (copies->records[end].instance != copies->records[first].instance)
                                break;
                if (*count > 0)
                        fputc(',', out);
                err = write_entry(copies->records + first, end - first, out);
                (*count)++;
        }
        return err;
}

static int by_number(const void *a, const void *b)
{
        const uint32_t *left = a, *right = b;

        return (*left > *right) - (*left < *right);
}

/* The numbers of the entries above `from`, in order. */
static int list_instances(struct gateway *gateway, uint32_t from, uint32_t **ret, uint32_t *ret_count)
{
        uint32_t *instances;

        pthread_mutex_lock(&gateway->mutex);
        instances = calloc((size_t)device_table_entries(gateway->table) + 1, sizeof(*instances));
        *ret_count = instances == NULL ? 0 : device_table_instances(gateway->table, from, instances);
        pthread_mutex_unlock(&gateway->mutex);
        if (instances == NULL)
                return -ENOMEM;
        qsort(instances, *ret_count, sizeof(*instances), by_number);
        *ret = instances;
        return 0;
}

static uint32_t smallest(uint32_t a, uint32_t b, uint32_t c)
{
        uint32_t least = a < b ? a : b;

        return least < c ? least : c;
}

int report_devices(struct gateway *gateway, uint32_t from, uint32_t limit, FILE *out, uint32_t *ret_count)
{
        struct copies copies = {0};
        uint32_t *instances, count;
        int err = list_instances(gateway, from, &instances, &count);

        *ret_count = 0;
        if (err < 0)
                return err;
        for (uint32_t i = 0, step; i < count && *ret_count < limit && err == 0; i += step) {
                step = smallest(STEP, count - i, limit - *ret_count);
                err = copy_entries(gateway, instances + i, step, &copies);
                if (err == 0)
                        err = write_copies(&copies, out, ret_count);
        }
        free(copies.records);
        free(instances);
        return err;
}

int report_device(struct gateway *gateway, uint32_t instance, FILE *out)
{
        struct copies copies = {0};
        int err;

        pthread_mutex_lock(&gateway->mutex);
        err = copy_entry(gateway, instance, &copies);
        pthread_mutex_unlock(&gateway->mutex);
        if (err == 0)
                err = write_entry(copies.records, copies.count, out);
        free(copies.records);
        return err;
}
