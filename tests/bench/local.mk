# SPDX-License-Identifier: BSD-2-Clause
# `make bench`: a program per subject; each prints JSON lines (bench.h), run makes a table and bench.json of them.
# To add one: append it to bench_programs.
EXTRA_DIST += %D%/run
bench_programs = %D%/bench_codec
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs) bench.json
bench_common = %D%/bench.c %D%/bench.h
%C%_bench_codec_SOURCES = %D%/bench_codec.c tests/allocations.c tests/allocations.h $(bench_common)
%C%_bench_codec_LDADD = libassoc/libassoc.la
if GATEWAY_CORE
bench_programs += %D%/bench_neighbour
%C%_bench_neighbour_SOURCES = %D%/bench_neighbour.c tests/lan.c tests/lan.h $(bench_common)
%C%_bench_neighbour_CFLAGS = $(AM_CFLAGS) $(LIBNL_CFLAGS)
%C%_bench_neighbour_LDADD = gateway-hook/libgateway.la $(LIBNL_LIBS)
endif

# The hook with the built assoc-client, whose files are below bench-run instead of /run and /etc.
if CLIENT_HOOK
bench_programs += %D%/bench_hook
bench_helpers = %D%/assoc-client
%C%_bench_hook_SOURCES = %D%/bench_hook.c $(bench_common)
%C%_bench_hook_CPPFLAGS = $(AM_CPPFLAGS) -DBENCH_HOOK='"$(top_srcdir)/client-hook/60-assoc.in"'
%C%_assoc_client_SOURCES = client-hook/assoc-client.c
%C%_assoc_client_CPPFLAGS = $(AM_CPPFLAGS) -UASSOC_RUNSTATEDIR -DASSOC_RUNSTATEDIR='"bench-run"' \
	-UASSOC_SYSCONFDIR -DASSOC_SYSCONFDIR='"bench-run"' -UASSOC_IDENTITY_FILE -DASSOC_IDENTITY_FILE='"bench-run/identity.conf"'
# It runs where it was linked: without libtool's script before it.
%C%_assoc_client_LDFLAGS = $(AM_LDFLAGS) -no-install
%C%_assoc_client_LDADD = $(CLIENT_LIBS)
EXTRA_PROGRAMS += $(bench_helpers)
CLEANFILES += $(bench_helpers) bench-run
endif

# The gateway's table and journal.
if GATEWAY_HOOK
bench_programs += %D%/bench_table %D%/bench_journal
bench_gateway_libs = gateway-hook/libgateway.la libassoc/libprivate.la libassoc/libassoc.la
%C%_bench_table_SOURCES = %D%/bench_table.c $(bench_common)
%C%_bench_table_LDADD = $(bench_gateway_libs)
%C%_bench_journal_SOURCES = %D%/bench_journal.c $(bench_common)
%C%_bench_journal_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
%C%_bench_journal_LDADD = $(bench_gateway_libs) $(JSONC_LIBS)

# What bench_kea plays with and compares with; installed nowhere.
bench_load = %D%/dhcp_load %D%/least_hook.la
EXTRA_LTLIBRARIES += %D%/least_hook.la
CLEANFILES += %D%/least_hook.la
%C%_least_hook_la_SOURCES = %D%/least_hook.cc
%C%_least_hook_la_CPPFLAGS = $(AM_CPPFLAGS) $(KEA_CPPFLAGS) -I$(top_srcdir)/gateway-hook/kea-compat
%C%_least_hook_la_CXXFLAGS = $(AM_CXXFLAGS)
%C%_least_hook_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
%C%_least_hook_la_LIBADD = libassoc/libassoc.la $(KEA_LIBS)
EXTRA_PROGRAMS += %D%/dhcp_load
CLEANFILES += %D%/dhcp_load
%C%_dhcp_load_SOURCES = %D%/dhcp_load.c
%C%_dhcp_load_LDFLAGS = $(AM_LDFLAGS) -no-install
%C%_dhcp_load_LDADD = libassoc/libassoc.la
endif

# A real Kea under many clients, and under a hostile LAN; they need root and what tools/build leaves.
EXTRA_DIST += %D%/bench_kea %D%/bench_hostile
if GATEWAY_HOOK
bench_scripts = $(srcdir)/%D%/bench_kea $(srcdir)/%D%/bench_hostile
endif

# The built dm-bridge, as an agent meets it.
if DM_BRIDGE
bench_programs += %D%/bench_bridge %D%/bench_keepalive %D%/bench_request
bench_bridge = %D%/bridge.c %D%/bridge.h $(bench_common)
# All of the daemon but its main(), whose allocations can be counted so.
%C%_bench_request_SOURCES = %D%/bench_request.c dm-bridge/daemon.c dm-bridge/daemon_events.c dm-bridge/daemon_reload.c \
	dm-bridge/daemon_sources.c tests/allocations.c tests/allocations.h $(bench_bridge)
%C%_bench_request_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_bench_request_LDADD = dm-bridge/libbridge.la
bench_helpers_bridge = dm-bridge/dm-bridge
%C%_bench_bridge_SOURCES = %D%/bench_bridge.c $(bench_bridge)
%C%_bench_keepalive_SOURCES = %D%/bench_keepalive.c tests/unit/simulated_keepalive.c tests/unit/simulated_keepalive.h \
	$(simulated_stun) $(bench_common)
%C%_bench_keepalive_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
%C%_bench_keepalive_LDADD = dm-bridge/libbridge.la $(NETTLE_LIBS) -lm
endif

bench: $(bench_helpers_bridge) $(bench_programs) $(bench_helpers) $(bench_load)
	LAB_STAGE='$(abs_builddir)/stage' $(srcdir)/%D%/run bench.json $(bench_programs:%=./%) $(bench_scripts)
