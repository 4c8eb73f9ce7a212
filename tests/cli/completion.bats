#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2153 # SOCKET is ctl_setup's
# What bash offers behind `assocctl`, as its completion asks the built program and a real daemon.

load assocctl_helper

setup()
{
	ctl_setup
	MS=InternetGatewayDevice.ManagementServer
	. "$top_srcdir/dm-bridge/completions/assocctl"
	cd "$T" || return 1
}

teardown()
{
	ctl_teardown
}

# offers EXPECTED WORD...: what is offered for the last word, sorted.
offers()
{
	local expected=$1 got

	shift
	COMP_WORDS=("$top_builddir/dm-bridge/assocctl" "$@")
	COMP_CWORD=$#
	_assocctl "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || :
	got=$(printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' ')
	[ "$got" = "$expected" ] || {
		echo "expected '$expected', got '$got' for: $*"
		return 1
	}
}

@test "completion: every command of the usage is offered, and those that begin alike" {
	"$top_builddir/dm-bridge/assocctl" 2>"$T/err" || :
	offers "$(sed 's/.*(\(.*\)).*/\1/; s/, /\n/g' "$T/err" | sort | paste -sd ' ')" ''
	offers 'decode devices' de
	offers '' nothing
}

@test "completion: options are those of the command, and their values" {
	offers '--since --socket' watch --s
	offers '--next-level' names --n
	offers 'device gateway' encode --role ''
	offers 'acs local' set --by ''
	: >"$T/some.sock"
	offers 'some.sock' -s so
	offers '' -T ''
}

@test "completion: an option and its value are no command" {
	offers 'gateway get' -s /nowhere --json g
	offers 'gateway get' --timeout 5 g
}

@test "completion: names are asked of the daemon, one level at a time" {
	journal_bind 7 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	offers InternetGatewayDevice. -s "$SOCKET" get ''
	offers "$MS.STUNEnable" -s "$SOCKET" get "$MS.STUNE"
	offers "$MS.ManageableDevice.7.ManufacturerOUI $MS.ManageableDevice.7.ProductClass $MS.ManageableDevice.7.SerialNumber" \
		-s "$SOCKET" attributes "$MS.URL" "$MS.ManageableDevice.7."
	offers "$MS.URL=" -s "$SOCKET" set "$MS.UR"
	offers "$MS.STUNMaximumKeepAlivePeriod= $MS.STUNMinimumKeepAlivePeriod=" -s "$SOCKET" set --by acs "$MS.STUNM"
	offers "" -s "$SOCKET" set "$MS.NATD"
	offers "$MS." -s "$SOCKET" names "${MS%nagementServer}"
}

@test "completion: without a daemon there are no names, and no words of error" {
	offers '' -s "$T/none" get Inter
}

@test "completion: other operands are what the usage says" {
	offers 'active off passive' notify ''
	daemon_start gateway
	offers InternetGatewayDevice. -s "$SOCKET" notify passive ''
	offers 'dhcpcd dhcpcd-old' client-config dhcp
	offers '' ack ''
	offers '' status ''
}

@test "completion: it is installed where bash looks" {
	grep -qx 'complete -F _assocctl assocctl' "$top_srcdir/dm-bridge/completions/assocctl"
	make -s -C "$top_builddir" install-dist_bashcompletionDATA DESTDIR="$T/root" >/dev/null
	[ -n "$(find "$T/root" -path '*/bash-completion/completions/assocctl')" ]
}
