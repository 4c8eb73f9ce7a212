#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from make check
# assocctl client-config on the command line. What each client makes of it: tests/lab/other_clients.bats.
bats_require_minimum_version 1.5.0

setup()
{
	load assocctl_helper.bash
	ctl_setup
	printf 'manufacturer-oui = 00D09E\nserial-number = S "1"\n' > "$T/identity.conf"
}

@test "client-config prints comments, and lines that hold the identity" {
	ctl client-config -i "$T/identity.conf" dhcpcd
	expect 0 '# dhcpcd 10.2.0 or later: add to /etc/dhcpcd.conf, and restart dhcpcd.
define 125 request binhex tr111_raw
vsio 3561 1,"00D09E"
vsio 3561 2,"S \"1\""' ""
}

@test "client-config has the bytes that encode has" {
	ctl encode --role device --oui 00D09E --serial 'S "1"'
	local hex
	hex=$(cat "$T/out")
	ctl client-config -i "$T/identity.conf" udhcpc
	grep -q "^-x 0x7d:$hex -O 125 -s /.*/udhcpc-assoc\$" "$T/out"
}

@test "a client that is not known is a usage error that lists those that are" {
	ctl client-config -i "$T/identity.conf" $'dhcp\e'
	expect 2 "" "assocctl: client-config: expected a client (dhcpcd, dhcpcd-old, udhcpc, dhclient, networkd), got 'dhcp\\x1b'"
	ctl client-config
	expect 2 "" "assocctl: client-config: expected CLIENT, got nothing"
	ctl client-config dhcpcd udhcpc
	expect 2 "" "assocctl: client-config: expected no further argument, got 'udhcpc'"
}

@test "an identity file that is missing or wrong is a failure that says where" {
	ctl client-config -i "$T/none" dhcpcd
	expect 1 "" "assocctl: client-config: $T/none: No such file or directory"
	echo 'serial-number = 1' > "$T/identity.conf"
	ctl client-config --identity "$T/identity.conf" dhcpcd
	expect 1 "" "assocctl: client-config: $T/identity.conf: expected a line 'manufacturer-oui = ...' (six hexadecimal digits), got none"
}

@test "the identity file of client-config means nothing to other commands" {
	ctl devices -i "$T/identity.conf"
	expect 2 "" "assocctl: devices: expected no --identity: it has no meaning here"
}
