/* SPDX-License-Identifier: BSD-2-Clause */
/* text_table.h - rows of text in aligned columns. */
#ifndef DM_BRIDGE_TEXT_TABLE_H
#define DM_BRIDGE_TEXT_TABLE_H

#include <stddef.h>
#include <stdio.h>

/** No table is wider; text_table_init() holds to it. */
#define TEXT_TABLE_COLUMNS_MAX 16

/** Cells are copies; they are escaped when printed. */
struct text_table {
        size_t columns;
        size_t rows;
        size_t room; /* rows that `cells` has room for */
        char **cells;
};

/** Make an empty table of `columns` (1 to TEXT_TABLE_COLUMNS_MAX) columns; text_table_done() empties it. */
void text_table_init(struct text_table *table, size_t columns);
void text_table_done(struct text_table *table);

/** Append a row of table->columns texts. Returns 0 or -ENOMEM; the table stays usable. */
int text_table_add(struct text_table *table, const char *const *cells);

/** Print all rows, columns two spaces apart. */
void text_table_print(const struct text_table *table, FILE *file);

#endif
