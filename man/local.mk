# SPDX-License-Identifier: BSD-2-Clause
if DM_BRIDGE
dist_man_MANS += %D%/assocctl.1
endif
