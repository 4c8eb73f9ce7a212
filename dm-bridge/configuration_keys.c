/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration_keys.c - the keys of dm-bridge.conf, one row each: what a value must be, and where it goes.
 * The file around them is configuration.c's. */
#include "config.h"

#include "dm-bridge/configuration_keys.h"

#include <arpa/inet.h>
#include <grp.h>
#include <json-c/json.h>
#include <string.h>

#define DEFAULT_UDP_PORT 7547

static const char *string_of(struct json_object *value)
{
        const char *text;

        if (!json_object_is_type(value, json_type_string))
                return NULL;
        text = json_object_get_string(value);
        return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

static bool set_role(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        if (text == NULL)
                return false;
        if (strcmp(text, "gateway") == 0)
                config->roles = BRIDGE_ROLE_GATEWAY;
        else if (strcmp(text, "device") == 0)
                config->roles = BRIDGE_ROLE_DEVICE;
        else if (strcmp(text, "both") == 0)
                config->roles = BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE;
        else
                return false;
        return true;
}

const char configuration_gateway_root[] = "InternetGatewayDevice.";
const char configuration_device_root[] = "Device.";

static bool set_data_model(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        if (text == NULL)
                return false;
        if (strcmp(text, "InternetGatewayDevice:1") == 0)
                config->model = DATA_MODEL_TR098;
        else if (strcmp(text, "Device:1") == 0)
                config->model = DATA_MODEL_TR106;
        else if (strcmp(text, "Device:2") == 0)
                config->model = DATA_MODEL_TR181;
        else
                return false;
        return true;
}

static bool set_root(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        if (text == NULL)
                return false;
        if (strcmp(text, configuration_gateway_root) == 0)
                config->root = configuration_gateway_root;
        else if (strcmp(text, configuration_device_root) == 0)
                config->root = configuration_device_root;
        else
                return false;
        return true;
}

static bool set_path(char *ret, size_t most, struct json_object *value)
{
        const char *text = string_of(value);
        size_t length = text == NULL ? 0 : strlen(text);

        if (length < 2 || length > most || text[0] != '/')
                return false;
        /* "/run/x/" and "/run/x" are the same folder. */
        while (length > 1 && text[length - 1] == '/')
                length--;
        memcpy(ret, text, length);
        ret[length] = '\0';
        return length > 1;
}

static bool set_socket(struct configuration *config, struct json_object *value)
{
        return set_path(config->socket, CONFIGURATION_SOCKET_MAX, value);
}

static bool set_journal(struct configuration *config, struct json_object *value)
{
        return set_path(config->journal, CONFIGURATION_PATH_MAX, value);
}

static bool set_gateway_info(struct configuration *config, struct json_object *value)
{
        return set_path(config->gateway_info, CONFIGURATION_PATH_MAX, value);
}

static bool set_state(struct configuration *config, struct json_object *value)
{
        return set_path(config->state, CONFIGURATION_PATH_MAX, value);
}

static bool set_identity(struct configuration *config, struct json_object *value)
{
        return set_path(config->identity, CONFIGURATION_PATH_MAX, value);
}

static bool set_socket_group(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);
        const struct group *group = text == NULL ? NULL : getgrnam(text);

        if (group == NULL)
                return false;
        config->has_socket_group = true;
        config->socket_group = group->gr_gid;
        return true;
}

static bool set_udp_address(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        return text != NULL && inet_pton(AF_INET, text, &config->udp_address) == 1;
}

static bool set_number(struct json_object *value, int64_t least, int64_t most, unsigned *ret)
{
        int64_t number = json_object_get_int64(value);

        if (!json_object_is_type(value, json_type_int) || number < least || number > most)
                return false;
        *ret = (unsigned)number;
        return true;
}

static bool set_udp_port(struct configuration *config, struct json_object *value)
{
        unsigned port;

        if (!set_number(value, 0, UINT16_MAX, &port))
                return false;
        config->udp_port = (uint16_t)port;
        return true;
}

static bool set_request_burst(struct configuration *config, struct json_object *value)
{
        return set_number(value, 1, 1000, &config->request_burst);
}

static bool set_request_interval(struct configuration *config, struct json_object *value)
{
        return set_number(value, 0, 86400, &config->request_interval);
}

static bool set_request_without_host(struct configuration *config, struct json_object *value)
{
        config->request_without_host = json_object_get_boolean(value);
        return json_object_is_type(value, json_type_boolean);
}

static bool set_stun_dialect(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        config->stun_auto = text != NULL && strcmp(text, "auto") == 0;
        return config->stun_auto || (text != NULL && strcmp(text, "rfc3489") == 0);
}

const struct configuration_key configuration_keys[CONFIGURATION_KEYS] = {
        {"role", "\"gateway\", \"device\" or \"both\"", set_role},
        {"data-model", "\"InternetGatewayDevice:1\", \"Device:1\" or \"Device:2\"", set_data_model},
        {"root", "\"InternetGatewayDevice.\" or \"Device.\"", set_root},
        {"socket", "an absolute path of at most 107 bytes", set_socket},
        {"journal", "an absolute path of at most 1023 bytes", set_journal},
        {"gateway-info", "an absolute path of at most 1023 bytes", set_gateway_info},
        {"state", "an absolute path of at most 1023 bytes", set_state},
        {"identity", "an absolute path of at most 1023 bytes", set_identity},
        {"socket-group", "the name of an existing group", set_socket_group},
        {"udp-address", "an IPv4 address", set_udp_address},
        {"udp-port", "a port, 0 to 65535", set_udp_port},
        {"request-burst", "a number, 1 to 1000", set_request_burst},
        {"request-interval", "seconds, 0 to 86400", set_request_interval},
        {"request-without-host", "true or false", set_request_without_host},
        {"stun.dialect", "\"rfc3489\" or \"auto\"", set_stun_dialect},
};

const struct configuration configuration_initial = {
        .socket = ASSOC_RUNSTATEDIR "/dm-bridge/dm-bridge.sock",
        .journal = ASSOC_JOURNAL,
        .gateway_info = ASSOC_RUNSTATEDIR "/assoc/gateway-info",
        .state = ASSOC_LOCALSTATEDIR "/lib/dm-bridge/state.json",
        .identity = ASSOC_IDENTITY_FILE,
        .udp_port = DEFAULT_UDP_PORT,
        .request_burst = 10,
        .request_interval = 6,
};
