/* SPDX-License-Identifier: BSD-2-Clause */
/* journal_read.h - the journal read back into the table. Used by journal.c. */
#ifndef GATEWAY_JOURNAL_READ_H
#define GATEWAY_JOURNAL_READ_H

#include "gateway-hook/journal.h"

struct journal_content {
        uint32_t lines;
        bool amiss; /* the file should be written anew */
};

/** The reading part of journal_load(); does not change the file. Returns as that. */
int journal_read(int fd, struct device_table *table, int64_t now, struct journal_report *report,
                 struct journal_content *ret);

#endif
