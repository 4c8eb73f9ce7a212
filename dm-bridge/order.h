/* SPDX-License-Identifier: BSD-2-Clause */
/* order.h - the smaller and the larger of two numbers, mostly times. */
#ifndef BRIDGE_ORDER_H
#define BRIDGE_ORDER_H

#include <stdint.h>

static inline int64_t larger(int64_t a, int64_t b)
{
        return a > b ? a : b;
}

static inline int64_t smaller(int64_t a, int64_t b)
{
        return a < b ? a : b;
}

#endif
