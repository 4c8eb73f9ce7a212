/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration.h - what dm-bridge.conf says. */
#ifndef BRIDGE_CONFIGURATION_H
#define BRIDGE_CONFIGURATION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CONFIGURATION_FILE ASSOC_SYSCONFDIR "/dm-bridge.conf"
/** A larger file is refused. */
#define CONFIGURATION_SIZE_MAX (64 * 1024)
/** Longest path of a file or folder, in bytes. */
#define CONFIGURATION_PATH_MAX 1023
/** Longest path of a Unix socket (sun_path). */
#define CONFIGURATION_SOCKET_MAX 107
/** Room for any error text. */
#define CONFIGURATION_ERROR_MAX 512

/** Which halves of TR-111 Part 1 this process speaks for; a bit each. */
enum bridge_role {
        BRIDGE_ROLE_GATEWAY = 1,
        BRIDGE_ROLE_DEVICE = 2,
};

/** Which data model the parameters are part of; a bit each. */
enum data_model {
        DATA_MODEL_TR098 = 1, /* InternetGatewayDevice:1 */
        DATA_MODEL_TR106 = 2, /* Device:1 */
        DATA_MODEL_TR181 = 4, /* Device:2 */
};

struct configuration {
        unsigned roles; /* of enum bridge_role */
        enum data_model model;
        const char *root; /* "InternetGatewayDevice." or "Device.", static */
        char socket[CONFIGURATION_SOCKET_MAX + 1];
        char journal[CONFIGURATION_PATH_MAX + 1];
        char gateway_info[CONFIGURATION_PATH_MAX + 1]; /* folder */
        char state[CONFIGURATION_PATH_MAX + 1];        /* file */
        char identity[CONFIGURATION_PATH_MAX + 1];     /* file */
        bool has_socket_group;
        gid_t socket_group;
        struct in_addr udp_address; /* where UDP connection requests are awaited; INADDR_ANY: all */
        uint16_t udp_port;          /* 0: any that is free */
        unsigned request_burst,
                request_interval;  /* accepted at once; then one in so many seconds, 0: no limit */
        bool request_without_host; /* CR-9: FreeACS leaves the Host header out */
        bool stun_auto;            /* stun.dialect: RFC 5389 is tried too */
};

/**
 * Read the configuration from `text`, `size` bytes, which are changed; `name` stands for the file in errors.
 * Returns 0; -EINVAL and one line in `error` (room for `error_size`) that names file, line and key, what was
 * expected and what came; -ENOMEM likewise. *ret is untouched unless 0 is returned.
 */
int configuration_parse(char *text, size_t size, const char *name, struct configuration *ret, char *error,
                        size_t error_size);

/** As configuration_parse(), from a file; a negative errno also when it cannot be read. */
int configuration_load(const char *path, struct configuration *ret, char *error, size_t error_size);

/** "gateway", "device" or NULL for one role's bit. */
const char *configuration_role_name(unsigned role);

#endif
