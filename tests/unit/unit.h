/* SPDX-License-Identifier: BSD-2-Clause */
/* unit.h - what cmocka wants included before it, in its order. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

/* Version 2 renames what version 1 has; both are served. */
#define CMOCKA_DISABLE_DEPRECATION_WARNINGS
#include <cmocka.h>

#endif
