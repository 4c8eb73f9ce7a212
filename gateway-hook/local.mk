# SPDX-License-Identifier: BSD-2-Clause
# All but the shim is plain C, so that it can be tested without Kea; without the hook it is built only for who asks for it.
if GATEWAY_CORE
EXTRA_LTLIBRARIES += %D%/libgateway.la
CLEANFILES += %D%/libgateway.la
%C%_libgateway_la_SOURCES = \
	%D%/gateway.c %D%/gateway.h %D%/gateway_internal.h \
	%D%/gateway_respond.c %D%/gateway_entries.c %D%/gateway_leases.c %D%/gateway_watch.c \
	%D%/gateway_command.c %D%/gateway_report.c %D%/gateway_report.h %D%/gateway_status.c \
	%D%/device_table.c %D%/device_table_walk.c %D%/device_table.h %D%/device_table_internal.h \
	%D%/slot_index.c %D%/slot_index.h \
	%D%/journal.c %D%/journal.h \
	%D%/journal_lock.c %D%/journal_lock.h \
	%D%/journal_copy.c %D%/journal_copy.h \
	%D%/journal_read.c %D%/journal_read.h \
	%D%/background.c %D%/background.h \
	%D%/settings.c %D%/settings.h \
	%D%/members.c %D%/members.h \
	%D%/messages.c %D%/messages.h \
	%D%/neighbour.c %D%/neighbour.h \
	%D%/neighbour_nudge.c %D%/neighbour_nudge.h \
	%D%/neighbour_message.c %D%/neighbour_message.h \
	%D%/neighbour_watch.c %D%/neighbour_watch.h \
	%D%/limiter.c %D%/limiter.h
%C%_libgateway_la_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS) $(LIBNL_CFLAGS) -pthread
%C%_libgateway_la_LIBADD = libassoc/libprivate.la libassoc/libassoc.la $(JSONC_LIBS) $(LIBNL_LIBS)
endif

if GATEWAY_HOOK
keahooks_LTLIBRARIES = %D%/libdhcp_assoc.la
%C%_libdhcp_assoc_la_SOURCES = \
	%D%/kea_callouts.cc %D%/kea_hook.h %D%/kea_config.h \
	%D%/kea_commands.cc %D%/kea_commands.h \
	%D%/kea_leases.cc %D%/kea_leases.h \
	%D%/kea_subnets.cc %D%/kea_subnets.h \
	%D%/kea_log.cc %D%/kea_log.h
%C%_libdhcp_assoc_la_CPPFLAGS = $(AM_CPPFLAGS) $(KEA_CPPFLAGS) -I$(top_srcdir)/%D%/kea-compat
%C%_libdhcp_assoc_la_CXXFLAGS = $(AM_CXXFLAGS)
%C%_libdhcp_assoc_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-Wl,--version-script=$(top_srcdir)/%D%/libdhcp_assoc.sym
%C%_libdhcp_assoc_la_LIBADD = %D%/libgateway.la $(KEA_LIBS)
EXTRA_%C%_libdhcp_assoc_la_DEPENDENCIES = %D%/libdhcp_assoc.sym
EXTRA_DIST += %D%/libdhcp_assoc.sym %D%/kea-compat/dhcpsrv/cfg_globals.h
endif
