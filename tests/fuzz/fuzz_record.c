/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_record.c - the input is a line of the journal. What is read is written to what is read as the same;
 * and the line is read alike where a space keeps the scanner from it and json-c has the word. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#include "libassoc/record.h"

static void check_round_trip(const struct device_record *record)
{
        char line[RECORD_LINE_MAX + 1];
        struct device_record again = {0};
        int length = device_record_format(record, line, sizeof(line));

        FUZZ_CHECK(length > 0 && (size_t)length == strlen(line));
        FUZZ_CHECK(device_record_parse(line, (size_t)length, &again) == 0);
        FUZZ_CHECK(memcmp(record, &again, sizeof(again)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct device_record record = {0}, other = {0};
        char spaced[RECORD_LINE_MAX + 1];
        int err = device_record_parse((const char *)data, size, &record);

        FUZZ_CHECK(err == 0 || err == -EBADMSG);
        if (err == 0)
                check_round_trip(&record);
        if (size == 0 || data[0] != '{' || size >= sizeof(spaced) - 1)
                return 0;
        spaced[0] = '{';
        spaced[1] = ' ';
        memcpy(spaced + 2, data + 1, size - 1);
        FUZZ_CHECK(device_record_parse(spaced, size + 1, &other) == err);
        FUZZ_CHECK(memcmp(&record, &other, sizeof(other)) == 0);
        return 0;
}
