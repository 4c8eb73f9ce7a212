/* SPDX-License-Identifier: BSD-2-Clause */
/* values.c - texts of CWMP's types (TR-106 section 3.2), checked and brought into one form. */
#include "config.h"

#include "dm-bridge/values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t values_number(const struct values *values, enum value_id id)
{
        return strtoll(values->text[id], NULL, 10);
}

bool values_true(const struct values *values, enum value_id id)
{
        return strcmp(values->text[id], "true") == 0;
}

/* Digits with an optional sign, as XML Schema writes integers. What no 64 bits hold is out of any range of
 * ours. */
static int parse_integer(const char *text, size_t length, int64_t *ret)
{
        bool negative = length > 0 && text[0] == '-';
        size_t i = length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
        int64_t number = 0;

        if (i == length)
                return -EINVAL;
        for (; i < length; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return -EINVAL;
                if (number <= (INT64_MAX - 9) / 10)
                        number = number * 10 + (text[i] - '0');
        }
        *ret = negative ? -number : number;
        return 0;
}

static int check_number(const struct parameter *parameter, const char *text, size_t length, char *ret)
{
        int64_t number;
        int err = parse_integer(text, length, &number);

        if (err < 0)
                return err;
        if (number < parameter->min || number > parameter->max)
                return -ERANGE;
        snprintf(ret, MODEL_VALUE_MAX, "%" PRId64, number);
        return 0;
}

static int check_boolean(const char *text, size_t length, char *ret)
{
        static const char *const words[] = {"0", "1", "false", "true"};

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                if (strlen(words[i]) != length || memcmp(words[i], text, length) != 0)
                        continue;
                strcpy(ret, i % 2 == 0 ? "false" : "true");
                return 0;
        }
        return -EINVAL;
}

/* A NUL can't stand in XML, and no text of ours can hold it. */
static int check_string(const struct parameter *parameter, const char *text, size_t length, char *ret)
{
        if (memchr(text, '\0', length) != NULL)
                return -EINVAL;
        if (length > (size_t)parameter->max)
                return -ERANGE;
        memcpy(ret, text, length);
        ret[length] = '\0';
        return 0;
}

int value_check(const struct parameter *parameter, const char *text, size_t length, char *ret,
                const char **ret_expected)
{
        *ret_expected = parameter->expected;
        switch (parameter->type) {
        case PARAMETER_STRING:
                return check_string(parameter, text, length, ret);
        case PARAMETER_UNSIGNED_INT:
        case PARAMETER_INT:
                return check_number(parameter, text, length, ret);
        case PARAMETER_BOOLEAN:
                return check_boolean(text, length, ret);
        }
        return -EINVAL;
}
