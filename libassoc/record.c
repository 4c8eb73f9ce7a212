/* SPDX-License-Identifier: BSD-2-Clause */
/* record.c - the journal's and GatewayInfo's lines, read.
 * json-c does the syntax; here is which members a record has and what each may hold. record_format.c writes
 * them. */
#include "config.h"

#include "libassoc/record.h"

#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "libassoc/hex_digit.h"
#include "libassoc/json_strict.h"
#include "libassoc/record_scan.h"

/* Our records are flat; anything deeper is not ours and need not be built in memory. */
#define MAX_DEPTH 3

static const char *const source_names[] = {
        [DEVICE_SOURCE_LEASE] = "lease",
        [DEVICE_SOURCE_INFORM] = "inform",
};

const char *device_source_name(enum device_source source)
{
        return source_names[source];
}

static int parse_object(const char *line, size_t length, struct json_object **ret)
{
        struct json_tokener *tokener;
        struct json_object *object;
        size_t end;
        bool complete;

        if (length == 0 || length > RECORD_LINE_MAX || memchr(line, '\0', length) != NULL)
                return -EBADMSG;
        tokener = json_tokener_new_ex(MAX_DEPTH);
        if (tokener == NULL)
                return -ENOMEM;
        object = json_strict_parse(tokener, line, length, &end);
        complete = json_tokener_get_error(tokener) == json_tokener_success && end == length;
        json_tokener_free(tokener);
        if (!complete || !json_object_is_type(object, json_type_object)) {
                json_object_put(object);
                return -EBADMSG;
        }
        *ret = object;
        return 0;
}

/* The member's text, or NULL if it is not a string or holds a NUL. */
static const char *get_text(struct json_object *object, const char *name)
{
        struct json_object *member;
        const char *text;

        if (!json_object_object_get_ex(object, name, &member) ||
            !json_object_is_type(member, json_type_string))
                return NULL;
        text = json_object_get_string(member);
        return strlen(text) == (size_t)json_object_get_string_len(member) ? text : NULL;
}

static bool get_integer(struct json_object *object, const char *name, int64_t min, int64_t max, int64_t *ret)
{
        struct json_object *member;
        int64_t value;

        if (!json_object_object_get_ex(object, name, &member) || !json_object_is_type(member, json_type_int))
                return false;
        /* json-c clamps what does not fit; no range of ours reaches that far. */
        value = json_object_get_int64(member);
        if (value < min || value > max)
                return false;
        *ret = value;
        return true;
}

static bool get_uint32(struct json_object *object, const char *name, uint32_t min, uint32_t *ret)
{
        int64_t value;

        if (!get_integer(object, name, min, UINT32_MAX, &value))
                return false;
        *ret = (uint32_t)value;
        return true;
}

static bool get_seconds(struct json_object *object, const char *name, int64_t *ret)
{
        return get_integer(object, name, 0, INT64_MAX - 1, ret);
}

static bool get_word(struct json_object *object, const char *name, char *ret, size_t size)
{
        const char *text = get_text(object, name);

        if (text == NULL || strlen(text) >= size || !record_is_word(text))
                return false;
        strcpy(ret, text);
        return true;
}

static bool get_address(struct json_object *object, struct in_addr *ret)
{
        const char *text = get_text(object, "address");

        return text != NULL && inet_pton(AF_INET, text, ret) == 1;
}

/* "02:00:5e:00:53:01"; "" is a link-layer address that is not known. */
static bool get_hwaddr(struct json_object *object, struct device_record *ret)
{
        const char *text = get_text(object, "hwaddr");
        size_t size = 0;

        if (text == NULL)
                return false;
        while (*text != '\0') {
                int high = hex_digit(text[0]);
                int low = high < 0 ? -1 : hex_digit(text[1]);

                if (low < 0 || size == RECORD_HWADDR_MAX)
                        return false;
                ret->hwaddr[size++] = (uint8_t)(high << 4 | low);
                text += 2;
                if (*text == ':' && text[1] != '\0')
                        text++;
                else if (*text != '\0')
                        return false;
        }
        ret->hwaddr_size = size;
        return true;
}

/* The validation is the wire's: a record may have been edited by hand. `complete`: a device's, never without
 * OUI and serial number; a gateway's may lack any element (DV-3). */
static bool get_identity(struct json_object *object, bool complete, struct assoc_identity *ret)
{
        const char *oui = get_text(object, "oui");
        const char *serial = get_text(object, "serial");
        const char *product_class = get_text(object, "class");
        struct assoc_identity checked;

        if (oui == NULL || serial == NULL || product_class == NULL)
                return false;
        if (!complete && (oui[0] == '\0' || serial[0] == '\0')) {
                if (assoc_identity_set(&checked, oui[0] == '\0' ? "000000" : oui,
                                       serial[0] == '\0' ? "-" : serial, product_class, NULL) < 0)
                        return false;
                if (oui[0] == '\0')
                        checked.oui[0] = '\0';
                if (serial[0] == '\0')
                        checked.serial[0] = '\0';
                *ret = checked;
                return true;
        }
        return assoc_identity_set(ret, oui, serial, product_class, NULL) == 0;
}

static bool get_source(struct json_object *object, enum device_source *ret)
{
        const char *text = get_text(object, "source");

        for (size_t i = 0; text != NULL && i < sizeof(source_names) / sizeof(source_names[0]); i++)
                if (strcmp(text, source_names[i]) == 0) {
                        *ret = (enum device_source)i;
                        return true;
                }
        return false;
}

static bool get_flag(struct json_object *object, const char *name, bool *ret)
{
        struct json_object *member;

        if (!json_object_object_get_ex(object, name, &member) ||
            !json_object_is_type(member, json_type_boolean))
                return false;
        *ret = json_object_get_boolean(member);
        return true;
}

static bool parse_header(struct json_object *object, struct device_record *ret)
{
        const char *name = get_text(object, "journal");

        ret->type = DEVICE_RECORD_HEADER;
        if (name == NULL || strcmp(name, RECORD_JOURNAL_NAME) != 0 ||
            !get_uint32(object, "version", 0, &ret->version))
                return false;
        /* Another version's other members are not ours to judge. */
        return ret->version != RECORD_JOURNAL_VERSION || get_uint32(object, "next", 1, &ret->next);
}

static bool parse_bind(struct json_object *object, struct device_record *ret)
{
        ret->type = DEVICE_RECORD_BIND;
        return get_uint32(object, "instance", 1, &ret->instance) &&
               get_identity(object, true, &ret->identity) && get_address(object, &ret->address) &&
               get_hwaddr(object, ret) &&
               get_word(object, "interface", ret->interface, sizeof(ret->interface)) &&
               get_source(object, &ret->source) && get_flag(object, "away", &ret->away) &&
               get_seconds(object, "since", &ret->since) && get_seconds(object, "expires", &ret->expires);
}

static bool parse_unbind(struct json_object *object, struct device_record *ret)
{
        ret->type = DEVICE_RECORD_UNBIND;
        return get_address(object, &ret->address) &&
               get_word(object, "reason", ret->reason, sizeof(ret->reason));
}

int device_record_parse(const char *line, size_t length, struct device_record *ret)
{
        struct device_record record = {0};
        struct json_object *object;
        const char *type;
        bool valid = false;
        int err;

        if (length > 0 && line[length - 1] == '\n')
                length--;
        if (record_scan_bind(line, length, ret))
                return 0;
        err = parse_object(line, length, &object);

        if (err < 0)
                return err;
        type = get_text(object, "type");
        if (type == NULL)
                valid = parse_header(object, &record);
        else if (strcmp(type, "bind") == 0)
                valid = parse_bind(object, &record);
        else if (strcmp(type, "unbind") == 0)
                valid = parse_unbind(object, &record);
        json_object_put(object);
        if (!valid)
                return -EBADMSG;
        *ret = record;
        return 0;
}

int gateway_info_parse(const char *line, size_t length, struct gateway_info *ret)
{
        struct gateway_info info = {0};
        struct json_object *object;
        bool valid;
        int err;

        if (length > 0 && line[length - 1] == '\n')
                length--;
        err = parse_object(line, length, &object);
        if (err < 0)
                return err;
        valid = get_word(object, "interface", info.interface, sizeof(info.interface)) &&
                info.interface[0] != '\0' && get_uint32(object, "metric", 0, &info.metric) &&
                get_identity(object, false, &info.identity) &&
                get_seconds(object, "expires", &info.expires) &&
                get_word(object, "reason", info.reason, sizeof(info.reason));
        json_object_put(object);
        if (!valid)
                return -EBADMSG;
        *ret = info;
        return 0;
}
