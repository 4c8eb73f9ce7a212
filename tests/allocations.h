/* SPDX-License-Identifier: BSD-2-Clause */
/* allocations.h - counts what the whole process allocates, libraries included. */
#ifndef TESTS_ALLOCATIONS_H
#define TESTS_ALLOCATIONS_H

#include <stdbool.h>

/** Whether this build can count: it can't where a sanitizer has an allocator of its own. */
bool allocations_counted(void);

/** Calls of malloc(), calloc() and realloc() since the program's start. */
unsigned long allocations_count(void);

/** Count in *where from now on, which may be shared with another process. */
void allocations_count_in(unsigned long *where);

#endif
