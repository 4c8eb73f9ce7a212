# SPDX-License-Identifier: BSD-2-Clause
include dm-bridge/assocctl.mk
