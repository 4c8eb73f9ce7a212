# SPDX-License-Identifier: BSD-2-Clause
# The lab: real Kea, dhcpcd, udhcpc in namespaces. Needs root, hence not part of `make check`.
# It runs what a staged install holds; configure with --prefix=/usr and Debian's folders (see tools/build).
EXTRA_DIST += %D%/lab.sh %D%/lab_net.sh %D%/lab_dhcp.sh %D%/lab_assoc.sh %D%/lab_packet.sh %D%/lab_nat.sh %D%/host_init.sh \
	%D%/lab_selftest.bats %D%/lab_demo.bats %D%/association_table.bats %D%/association_table_mt.bats \
	%D%/association_malformed.bats \
	%D%/association_restart.bats %D%/gateway_hook.bats %D%/client_gateway_info.bats \
	%D%/neighbour_watch.bats %D%/journal_faults.bats %D%/lease_life.bats %D%/kea_citizen.bats \
	%D%/stun_peer.bats %D%/nat_binding.bats %D%/nat_keepalive.bats %D%/connection_request.bats %D%/confinement.bats %D%/apparmor_check %D%/hostile_lan.bats demo

# A hook of the lab's own that disturbs ours. Installed nowhere: the lab takes it from the build folder.
EXTRA_PROGRAMS += %D%/flood
CLEANFILES += %D%/flood
%C%_flood_SOURCES = %D%/flood.c
# Static: it runs on this machine, whatever release it was built in.
# Neither sanitizers nor coverage: a static program can't have them.
%C%_flood_CFLAGS = $(WARN_CFLAGS)
%C%_flood_LDFLAGS = -all-static
lab_parts = %D%/flood
if GATEWAY_HOOK
EXTRA_LTLIBRARIES += %D%/meddler.la
lab_parts += %D%/meddler.la tests/bench/dhcp_load
CLEANFILES += %D%/meddler.la
%C%_meddler_la_SOURCES = %D%/meddler.cc
%C%_meddler_la_CPPFLAGS = $(AM_CPPFLAGS) $(KEA_CPPFLAGS) -I$(top_srcdir)/gateway-hook/kea-compat
%C%_meddler_la_CXXFLAGS = $(AM_CXXFLAGS)
%C%_meddler_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
%C%_meddler_la_LIBADD = $(KEA_LIBS)
endif

.PHONY: lab-parts
lab-parts: $(lab_parts)

LAB_TESTS = $(srcdir)/tests/lab

.PHONY: check-lab
check-lab: all lab-parts
	@test "$(prefix)" = /usr || { echo "check-lab: expected a build with --prefix=/usr, got --prefix=$(prefix)" >&2; exit 1; }
	rm -rf stage
	$(MAKE) $(AM_MAKEFLAGS) DESTDIR="$(abs_builddir)/stage" install > /dev/null
	LAB_STAGE="$(abs_builddir)/stage" bats --print-output-on-failure $(LAB_TESTS)
