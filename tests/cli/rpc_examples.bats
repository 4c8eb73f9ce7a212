#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The examples of dm-bridge-rpc(7): taken out of the man page, built and run against the real daemon.

load assocctl_helper

setup()
{
	ctl_setup
	NUMBER=InternetGatewayDevice.ManagementServer.ManageableDeviceNumberOfEntries
	MAN=$top_srcdir/man/dm-bridge-rpc.7
}

teardown()
{
	ctl_teardown
}

# example NAME: what stands behind its mark, without roff's escapes.
example()
{
	sed -n '/^\.\\" example: '"$1"'$/,/^\.Ed$/p' "$MAN" | sed -e 1,2d -e '$d' -e 's/^\\&//' -e 's/\\e/\\/g' >"$T/$1"
	[ -s "$T/$1" ]
}

# Where the daemon keeps an event that nobody acknowledged.
is_acknowledged()
{
	[ "$(jq '.sequence, .parameters."ManagementServer.ManageableDeviceNumberOfEntries".seq' "$T/state" | paste -sd ' ')" = "$1 0" ]
}

# A device joins while the client runs, and one before.
play()
{
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" notify active "$NUMBER"
	journal_bind 2 00D09E S-2 STB 192.0.2.6 02:00:00:00:00:02 lease false
	"$@" "$SOCKET" >"$T/told" 2>&1 3>&- &
	echo $! >"$T/client.pid"
	until_true is_acknowledged 1
	journal_bind 3 00D09E S-3 STB 192.0.2.7 02:00:00:00:00:03 lease false
	until_true is_acknowledged 2
}

@test "the first example asks and is answered as it says" {
	needs socat
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	journal_bind 2 00D09E S-2 STB 192.0.2.6 02:00:00:00:00:02 lease false
	daemon_start gateway
	sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' "$MAN" | sed -e '/^\.Bd/,/^\.Ed/!d; /^\.[BE]d/d; s/\\e/\\/g' >"$T/block"
	sed -n '1,/^{/p' "$T/block" | sed -e '$d' -e "s|/run/dm-bridge/dm-bridge.sock|$SOCKET|" -e 's/^\$ //' >"$T/command"
	sed -n '/^{/,$p' "$T/block" | sed -e ':again; /\\$/N; s/\\\n//; t again' >"$T/shown"
	bash "$T/command" >"$T/out"
	diff -u "$T/shown" "$T/out"
}

@test "GW_11: the client in C builds without a warning, tells events and acknowledges them" {
	needs jq
	example client.c
	# shellcheck disable=SC2086 # CC may hold options
	${CC:-cc} -Wall -Wextra -Werror -D_GNU_SOURCE -o "$T/client" "$T/client.c" -ljson-c
	play "$T/client"
	diff -u <(printf '%s\n' "$NUMBER=2" "$NUMBER=3") "$T/told"
	[ "$(wc -l <"$T/client.c")" -le 60 ]
}

@test "GW_11: the client in shell tells events and acknowledges them" {
	needs jq socat
	example client.sh
	chmod +x "$T/client.sh"
	play "$T/client.sh"
	diff -u <(printf '%s\n' "1 value_change $NUMBER=2" "2 value_change $NUMBER=3") "$T/told"
}
