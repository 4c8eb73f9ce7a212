# SPDX-License-Identifier: BSD-2-Clause
# The lab: real Kea, dhcpcd, udhcpc in namespaces. Needs root, hence not part of `make check`.
# It runs what a staged install holds; configure with --prefix=/usr and Debian's folders (see tools/build).
EXTRA_DIST += %D%/lab.sh %D%/lab_net.sh %D%/lab_dhcp.sh %D%/lab_assoc.sh %D%/lab_packet.sh %D%/host_init.sh \
	%D%/lab_selftest.bats %D%/lab_demo.bats %D%/association_table.bats %D%/association_malformed.bats \
	%D%/association_restart.bats %D%/gateway_hook.bats %D%/client_gateway_info.bats \
	%D%/neighbour_watch.bats demo

LAB_TESTS = $(srcdir)/tests/lab

.PHONY: check-lab
check-lab: all
	@test "$(prefix)" = /usr || { echo "check-lab: expected a build with --prefix=/usr, got --prefix=$(prefix)" >&2; exit 1; }
	rm -rf stage
	$(MAKE) $(AM_MAKEFLAGS) DESTDIR="$(abs_builddir)/stage" install > /dev/null
	LAB_STAGE="$(abs_builddir)/stage" bats --print-output-on-failure $(LAB_TESTS)
