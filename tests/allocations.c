/* SPDX-License-Identifier: BSD-2-Clause */
/* allocations.c - stands in for glibc's allocator in the program that links it, and counts. */
#include "config.h"

#include "tests/allocations.h"

#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define SANITIZED 1
#endif

static unsigned long own, *count = &own;

unsigned long allocations_count(void)
{
        return *count;
}

void allocations_count_in(unsigned long *where)
{
        count = where;
}

#ifdef SANITIZED

bool allocations_counted(void)
{
        return false;
}

#else

bool allocations_counted(void)
{
        return true;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);

/* An interposed function must be seen from the libraries. */
#define EXPORTED __attribute__((visibility("default")))

EXPORTED void *malloc(size_t size)
{
        (*count)++;
        return __libc_malloc(size);
}

EXPORTED void *calloc(size_t number, size_t size)
{
        (*count)++;
        return __libc_calloc(number, size);
}

EXPORTED void *realloc(void *old, size_t size)
{
        (*count)++;
        return __libc_realloc(old, size);
}

#endif
