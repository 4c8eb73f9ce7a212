/* SPDX-License-Identifier: BSD-2-Clause */
/* text_table.c - rows of text in aligned columns.
 * Used by the commands of assocctl for people's eyes; scripts are given JSON. */
#include "config.h"

#include "dm-bridge/text_table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/terminal.h"

void text_table_init(struct text_table *table, size_t columns)
{
        assert(columns >= 1 && columns <= TEXT_TABLE_COLUMNS_MAX);
        *table = (struct text_table){.columns = columns};
}

void text_table_done(struct text_table *table)
{
        for (size_t i = 0; i < table->rows * table->columns; i++)
                free(table->cells[i]);
        free(table->cells);
        *table = (struct text_table){.columns = table->columns};
}

static int make_room(struct text_table *table)
{
        size_t room = table->room == 0 ? 16 : table->room * 2;
        char **cells;

        if (table->rows < table->room)
                return 0;
        cells = reallocarray(table->cells, room, table->columns * sizeof(*cells));
        if (cells == NULL)
                return -ENOMEM;
        table->cells = cells;
        table->room = room;
        return 0;
}

int text_table_add(struct text_table *table, const char *const *cells)
{
        char **row;
        int err = make_room(table);

        if (err < 0)
                return err;
        row = table->cells + table->rows * table->columns;
        for (size_t i = 0; i < table->columns; i++) {
                row[i] = strdup(cells[i]);
                if (row[i] != NULL)
                        continue;
                while (i > 0)
                        free(row[--i]);
                return -ENOMEM;
        }
        table->rows++;
        return 0;
}

static size_t column_width(const struct text_table *table, size_t column)
{
        size_t widest = 0;

        for (size_t row = 0; row < table->rows; row++) {
                const char *cell = table->cells[row * table->columns + column];
                size_t width = terminal_width(cell, strlen(cell));

                if (width > widest)
                        widest = width;
        }
        return widest;
}

static void print_row(const struct text_table *table, size_t row, const size_t *widths, FILE *file)
{
        for (size_t column = 0; column < table->columns; column++) {
                const char *cell = table->cells[row * table->columns + column];
                size_t length = strlen(cell);

                terminal_print(file, cell, length);
                /* No spaces at a line's end. */
                if (column + 1 < table->columns)
                        fprintf(file, "%*s", (int)(widths[column] - terminal_width(cell, length) + 2), "");
        }
        fputc('\n', file);
}

void text_table_print(const struct text_table *table, FILE *file)
{
        size_t widths[TEXT_TABLE_COLUMNS_MAX];

        for (size_t column = 0; column < table->columns; column++)
                widths[column] = column_width(table, column);
        for (size_t row = 0; row < table->rows; row++)
                print_row(table, row, widths, file);
}
