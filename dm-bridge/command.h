/* SPDX-License-Identifier: BSD-2-Clause */
/* command.h - what each command of assocctl is given, what it answers, and what commands share. */
#ifndef DM_BRIDGE_COMMAND_H
#define DM_BRIDGE_COMMAND_H

#include <json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How assocctl exits; scripts rely on these. */
enum command_status {
        COMMAND_DONE = 0,
        COMMAND_FAILED = 1,    /* the daemon refused, or what came makes no sense */
        COMMAND_USAGE = 2,     /* the command line is wrong */
        COMMAND_NO_DAEMON = 3, /* no socket, nobody listens, no answer in time */
};

/** The command line, taken apart. Options that were not given are NULL or false. */
struct arguments {
        const char *command; /* for error messages */
        const char *socket;
        const char *kea_socket;
        unsigned timeout; /* seconds for a whole exchange with the daemon */
        bool json;        /* print the daemon's result, unchanged */
        bool next_level;
        bool message;
        const char *role;
        const char *oui;
        const char *serial;
        const char *product_class;
        const char *merge;
        const char *identity; /* file */
        const char *by;
        const char *value_file;
        const char *since;
        const char *user;
        const char *password_file;
        const char *copies;
        const char *source;
        char **operands;
        int count; /* of operands; assocctl.c has held it against the command table */
};

enum command_status command_ack(const struct arguments *arguments);
enum command_status command_attributes(const struct arguments *arguments);
enum command_status command_client_config(const struct arguments *arguments);
enum command_status command_decode(const struct arguments *arguments);
enum command_status command_devices(const struct arguments *arguments);
enum command_status command_encode(const struct arguments *arguments);
enum command_status command_gateway(const struct arguments *arguments);
enum command_status command_get(const struct arguments *arguments);
enum command_status command_names(const struct arguments *arguments);
enum command_status command_notify(const struct arguments *arguments);
enum command_status command_request(const struct arguments *arguments);
enum command_status command_set(const struct arguments *arguments);
enum command_status command_status(const struct arguments *arguments);
enum command_status command_stun(const struct arguments *arguments);
enum command_status command_watch(const struct arguments *arguments);

/** Print "assocctl: COMMAND: ..." and a line end to standard error, escaped for a terminal. */
void command_error(const struct arguments *arguments, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/** As command_error(), for memory that ran out; returns the status to exit with. */
enum command_status command_no_memory(const struct arguments *arguments);

/**
 * Ask the daemon for `method`. `params` may be NULL; it is released in any case.
 * `type` is what the result must be. On any trouble the error is printed.
 * Returns COMMAND_DONE and the result in *ret, to be released with json_object_put(); else the status to exit
 * with.
 */
enum command_status command_call(const struct arguments *arguments, const char *method,
                                 struct json_object *params, enum json_type type, struct json_object **ret);

/** Say that the daemon refused: its JSON-RPC error, fault by fault. */
void command_print_refusal(const struct arguments *arguments, struct json_object *error);

/** The status to exit with after a negative errno of rpc_client.h. */
enum command_status command_status_of(int err);

/** An object {key: the operands as an array of texts}; NULL: out of memory. */
struct json_object *command_operands(const struct arguments *arguments, const char *key);

/** Read a whole number of at most INT64_MAX. False: it is none, and the error is printed as one about `what`.
 */
bool command_parse_number(const struct arguments *arguments, const char *what, const char *text,
                          int64_t *ret);

/**
 * Read the value that an option says is in a file, "-" standing for standard input, into `text` (`size`
 * bytes); one line end belongs to the file and not to the value. On any trouble the error is printed.
 */
enum command_status command_read_value(const struct arguments *arguments, const char *option,
                                       const char *path, char *text, size_t size);

/** Print `value` in one line, as the daemon gave it (--json). */
enum command_status command_print_json(const struct arguments *arguments, struct json_object *value);

/** The text of member `key`, or `otherwise` where it is missing, no string, or "". Lives as long as `object`.
 */
const char *command_member(struct json_object *object, const char *key, const char *otherwise);

/** The number in member `key`, 0 where there is none. */
int64_t command_number(struct json_object *object, const char *key);

/** Append "3 accepted, 6 copy" to `text` (`size` bytes), as far as there is room: the numbers in `counts`
 * that are neither 0 nor times, whose keys end in "_ms". Nothing where it is no object. */
void command_add_counts(struct json_object *counts, char *text, size_t size);

#endif
