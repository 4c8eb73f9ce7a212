#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What ends an entry and what doesn't, on a real Kea: commands of lease_cmds, leases that change while the hook is
# not there, devices with two addresses, identities and addresses that change hands, hooks that say DROP or SKIP.
# One gateway for the whole file, configured anew by each test; each test brings hosts and serial numbers of its own.
bats_require_minimum_version 1.5.0

setup_file()
{
	load lab.sh
	lab_start
	lab_gateway gateway
	# Kea opens no socket on a bridge without carrier: one host stays plugged in.
	lab_member neighbour gateway
	lab_write gateway "$(dirname "$LAB_HOOK")/meddler.so" < "$LAB_STAGE/../tests/lab/.libs/meddler.so"
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
	LEASE_CMDS=$(library libdhcp_lease_cmds.so)
}

teardown()
{
	local host
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	for host in "$LAB_DIR"/hosts/*/; do
		host=$(basename "$host")
		[ "$host" = gateway ] || [ "$host" = neighbour ] || lab_host_stop "$host"
	done
}

# library NAME [JSON]: the jq filter that adds a hook to the configuration.
library()
{
	jq -rn --arg library "$(dirname "$LAB_HOOK")/$1" --argjson parameters "${2:-{\}}" \
		'{$library, $parameters} | ".Dhcp4[\"hooks-libraries\"] += [\(tojson)]"'
}

# configure [lab_kea_config OPTION...]: Kea with lease_cmds and what else is said; our hook is not there by itself.
configure()
{
	lab_kea_config gateway --set "$LEASE_CMDS" "$@"
	lab_kea_reload gateway
}

# with_hook [lab_kea_config OPTION...]: likewise with our hook.
with_hook()
{
	configure --hook "$(lab_hook_parameters)" "$@"
}

# lifetime SECONDS: the jq filter.
lifetime()
{
	echo ".Dhcp4[\"valid-lifetime\"] = $1"
}

# device NAME SERIAL [udhcpc ARGUMENT...]: a host with lease, identity and entry.
device()
{
	local name=$1 serial=$2
	shift 2
	lab_member "$name" gateway
	lab_udhcpc "$name" -x "0x7d:$(lab_option_125 00D09E "$serial")" "$@"
	lab_until 10 lab_listed gateway "$serial"
}

# lease_command NAME JSON: over the control channel; fails if Kea refuses it.
lease_command()
{
	local answer
	answer=$(lab_kea_command gateway "$1" "$2")
	[ "$(jq .result <<< "$answer")" = 0 ] || { lab_say "$1: $answer"; return 1; }
}

# removed SERIAL REASON: has the log an end of that entry for this reason?
removed()
{
	lab_log gateway kea | grep -q "ASSOC_DEVICE_REMOVED 00D09E \"$1\".*: $2\$"
}

gone()
{
	lab_until 10 removed "$1" "$2"
	lab_until 5 lab_not lab_listed gateway "$1"
}

# kept SERIAL INSTANCE: is the device listed under this number?
kept()
{
	[ "$(lab_instance gateway "$1")" = "$2" ]
}

# bound_to SERIAL [ADDRESS...]: has the entry exactly these addresses?
bound_to()
{
	local serial=$1
	shift
	[ "$(lab_bound gateway "$serial" | sort)" = "$(printf '%s\n' "$@" | sort)" ]
}

# expires SERIAL: when the lease of its first address ends.
expires()
{
	lab_exec gateway assocctl --json devices | jq --arg serial "$1" '.[] | select(.serial == $serial) | .bindings[0].expires'
}

past()
{
	[ "$(date +%s)" -gt "$1" ]
}

# lease_state ADDRESS: of its last line in the lease file.
lease_state()
{
	lab_exec gateway grep "^$1," /var/lib/kea/kea-leases4.csv | tail -n 1 | cut -d , -f 10
}

# A static host that informs; its broadcast is sent from its own address.
static_host()
{
	lab_member "$1" gateway
	lab_net "$1" ip address add "192.0.2.$3/24" dev eth0
	lab_send "$1" "$(lab_dhcp_message "$(lab_mac "$1")" 8 "$(lab_tlv 125 "$(lab_option_125 00D09E "$2")")" \
		"$(printf 'c00002%02x' "$3")")" "192.0.2.$3"
	lab_until 10 lab_listed gateway "$2"
}

# request NAME LAST_BYTE SERIAL: a host asks once for 192.0.2.LAST_BYTE, and does not ask again.
request()
{
	lab_member "$1" gateway
	lab_send "$1" "$(lab_dhcp_message "$(lab_mac "$1")" 3 "$(lab_tlv 50 "$(printf 'c00002%02x' "$2")")$(
		lab_tlv 54 c0000201)$(lab_tlv 125 "$(lab_option_125 00D09E "$3")")")"
	lab_until 10 lab_lease_of gateway "$(lab_mac "$1")"
}

# --- commands ---------------------------------------------------------------

@test "GW_6 lease4-del by address ends that entry and no other" {
	with_hook --mt
	device del1 DEL-1
	device del2 DEL-2
	lease_command lease4-get-all '{"subnets": [1]}'
	lab_listed gateway DEL-1
	lease_command lease4-del "{\"ip-address\": \"$(lab_address del1)\"}"
	gone DEL-1 delete
	lab_listed gateway DEL-2
}

@test "GW_6 lease4-del by the client's identifier ends that entry and no other" {
	with_hook
	device del3 DEL-3
	device del4 DEL-4
	lease_command lease4-del "{\"subnet-id\": 1, \"identifier-type\": \"hw-address\", \"identifier\": \"$(lab_mac del3)\"}"
	gone DEL-3 delete
	lab_listed gateway DEL-4
}

@test "GW_6 lease4-update to another client ends the entry, one that prolongs the lease does not" {
	local address instance
	with_hook
	device update UPDATE-1
	address=$(lab_address update)
	instance=$(lab_instance gateway UPDATE-1)
	prolonged()
	{
		[ "$(($(expires UPDATE-1) - $(date +%s)))" -gt 7000 ]
	}
	lease_command lease4-update "{\"ip-address\": \"$address\", \"hw-address\": \"$(lab_mac update)\", \"subnet-id\": 1, \"valid-lft\": 7200}"
	lab_until 5 prolonged
	kept UPDATE-1 "$instance"
	lease_command lease4-update "{\"ip-address\": \"$address\", \"hw-address\": \"02:aa:00:00:00:01\", \"subnet-id\": 1}"
	gone UPDATE-1 reassign
}

@test "GW_6 GW_10 lease4-wipe ends what is leased and leaves a DHCPINFORM's host, until lease4-add gives its address away" {
	with_hook
	static_host static STATIC-1 50
	device wipe1 WIPE-1
	device wipe2 WIPE-2
	lease_command lease4-wipe '{"subnet-id": 1}'
	gone WIPE-1 delete
	gone WIPE-2 delete
	lab_listed gateway STATIC-1
	lease_command lease4-add '{"ip-address": "192.0.2.50", "hw-address": "02:aa:00:00:00:02", "subnet-id": 1}'
	gone STATIC-1 reassign
}

# --- while the hook is not there ----------------------------------------------

@test "GW_12 leases deleted, released and given to another client while the hook is not loaded are not listed afterwards" {
	local stays static
	with_hook
	device stays STAYS-1
	static_host static2 STATIC-2 51
	stays=$(lab_instance gateway STAYS-1)
	static=$(lab_instance gateway STATIC-2)
	device away1 AWAY-1
	device away2 AWAY-2
	device away3 AWAY-3
	configure
	lease_command lease4-del "{\"ip-address\": \"$(lab_address away1)\"}"
	lease_command lease4-update "{\"ip-address\": \"$(lab_address away2)\", \"hw-address\": \"02:aa:00:00:00:03\", \"subnet-id\": 1}"
	lab_udhcpc_release away3
	lab_until 5 lab_not lab_lease_of gateway "$(lab_mac away3)"
	lab_listed gateway AWAY-1
	with_hook --mt
	gone AWAY-1 delete
	gone AWAY-2 reassign
	lab_until 5 lab_not lab_listed gateway AWAY-3
	kept STAYS-1 "$stays"
	kept STATIC-2 "$static"
	lab_logged gateway kea 'ASSOC_LEASES_CHECKED'
}

@test "GW_12 a lease that is not in the lease file when Kea starts again is not listed" {
	local instance
	with_hook
	device lost LOST-1
	device found FOUND-1
	instance=$(lab_instance gateway FOUND-1)
	lab_kea_stop gateway KILL
	lab_exec gateway sed -i "/^$(lab_address lost),/d" /var/lib/kea/kea-leases4.csv
	lab_kea_start gateway
	gone LOST-1 delete
	kept FOUND-1 "$instance"
}

@test "GW_12 a lease that was renewed unseen keeps its entry and number past the end that was noted" {
	local noted instance
	with_hook --set "$(lifetime 4)"
	device renewed RENEWED-1
	configure
	lab_udhcpc_renew renewed
	noted=$(expires RENEWED-1)
	instance=$(lab_instance gateway RENEWED-1)
	lab_until 15 past "$noted"
	with_hook
	taken_over()
	{
		[ "$(($(expires RENEWED-1) - noted))" -gt 3000 ]
	}
	lab_until 5 taken_over
	kept RENEWED-1 "$instance"
}

@test "GW_5 GW_12 a lease that Kea has reclaimed unseen and keeps for its client is not listed" {
	local hold='.Dhcp4["expired-leases-processing"]["hold-reclaimed-time"] = 3600'
	local address
	with_hook --set "$hold" --set "$(lifetime 3)"
	device held HELD-1
	address=$(lab_address held)
	configure --set "$hold"
	lab_udhcpc_stop held KILL
	reclaimed()
	{
		[ "$(lease_state "$address")" = 2 ]
	}
	lab_until 15 reclaimed
	with_hook --set "$hold"
	gone HELD-1 expire
}

@test "GW_5 a lease that vanishes without a word ends the entry when its time has come" {
	with_hook --set "$(lifetime 5)" --set "$(library meddler.so '{"forget": true}')"
	device vanished VANISHED-1
	lab_udhcpc_stop vanished KILL
	lab_not lab_lease_of gateway "$(lab_mac vanished)"
	lab_until 30 removed VANISHED-1 expire
	gone VANISHED-1 expire
}

# --- one device, two addresses ----------------------------------------------

# two_homed NAME SERIAL: one host with two cables and one identity.
two_homed()
{
	lab_member "$1" gateway
	lab_plug "$1" gateway eth1
	# Each interface answers for its own address only.
	lab_exec "$1" sh -c 'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore'
	lab_udhcpc "$1" -x "0x7d:$(lab_option_125 00D09E "$2")"
	second_client "$1" "$2"
	lab_until 10 bound_to "$2" "$(lab_address "$1")" "$(lab_address "$1" eth1)"
}

second_client()
{
	lab_spawn "$1" udhcpc1 busybox udhcpc -f -i eth1 -t 20 -T 1 -A 1 -s /run/udhcpc/script \
		-x "0x7d:$(lab_option_125 00D09E "$2")"
	lab_until 15 lab_address "$1" eth1
}

@test "GW_9 one device on two interfaces is one entry: a release of one lease keeps it, of both ends it" {
	local instance first second
	with_hook
	two_homed two1 TWO-1
	instance=$(lab_instance gateway TWO-1)
	first=$(lab_address two1)
	second=$(lab_address two1 eth1)
	lab_signal two1 udhcpc1 USR2
	lab_until 10 bound_to TWO-1 "$first"
	kept TWO-1 "$instance"
	lab_signal two1 udhcpc1 USR1
	lab_until 20 bound_to TWO-1 "$first" "$second"
	lab_udhcpc_release two1
	lab_until 10 bound_to TWO-1 "$second"
	kept TWO-1 "$instance"
	lab_signal two1 udhcpc1 USR2
	gone TWO-1 release
}

@test "GW_9 one device on two interfaces: the expiry of one lease keeps the entry, of both ends it" {
	local instance address
	with_hook
	lab_member two2 gateway
	lab_plug two2 gateway eth1
	lab_udhcpc two2 -x "0x7d:$(lab_option_125 00D09E TWO-2)"
	lab_until 10 lab_listed gateway TWO-2
	instance=$(lab_instance gateway TWO-2)
	address=$(lab_address two2)
	with_hook --set "$(lifetime 3)"
	second_client two2 TWO-2
	lab_until 10 bound_to TWO-2 "$address" "$(lab_address two2 eth1)"
	lab_kill two2 udhcpc1 KILL
	lab_until 20 bound_to TWO-2 "$address"
	kept TWO-2 "$instance"
	# Now the other lease is a short one.
	lab_udhcpc_renew two2
	lab_udhcpc_stop two2 KILL
	gone TWO-2 expire
}

@test "GW_9 GW_7 GW_8 one device on two interfaces: the loss of one keeps the entry, of both hides it until one is back" {
	local instance
	lab_net gateway ip ntable change name arp_cache dev br0 delay_probe 1000 retrans 300 base_reachable 2000
	configure --hook "$(lab_hook_parameters '{"neighbour-watch": {"interval": 5, "rounds": 2}}')"
	two_homed two3 TWO-3
	instance=$(lab_instance gateway TWO-3)
	away()
	{
		[ "$(lab_exec gateway assocctl --json devices |
			jq '[.[] | select(.serial == "TWO-3") | .bindings[] | select(.away)] | length')" = "$1" ]
	}
	lab_cable two3 out eth1
	lab_until 60 away 1
	kept TWO-3 "$instance"
	lab_cable two3 out eth0
	lab_until 60 away 2
	lab_not lab_listed gateway TWO-3
	lab_cable two3 in eth1
	lab_until 60 kept TWO-3 "$instance"
	away 1
}

# --- identities and addresses that change hands -------------------------------

# change_identity NAME SERIAL: the same host asks for its lease again, as another device.
change_identity()
{
	lab_udhcpc_stop "$1" KILL
	lab_udhcpc "$1" -x "0x7d:$(lab_option_125 00D09E "$2")"
	lab_until 10 lab_listed gateway "$2"
}

@test "GW_3 D1_3 a device that changes its serial number on the same lease is another entry with another number" {
	local old address
	with_hook
	device change CHANGE-1
	old=$(lab_instance gateway CHANGE-1)
	address=$(lab_address change)
	change_identity change CHANGE-2
	gone CHANGE-1 reassign
	bound_to CHANGE-2 "$address"
	[ "$(lab_instance gateway CHANGE-2)" -gt "$old" ]
}

@test "GW_9 the entry that a changed serial number leaves stays while it has another address" {
	local instance
	with_hook
	device pair1 PAIR-1
	instance=$(lab_instance gateway PAIR-1)
	lab_member pair2 gateway
	lab_udhcpc pair2 -x "0x7d:$(lab_option_125 00D09E PAIR-1)"
	lab_until 10 bound_to PAIR-1 "$(lab_address pair1)" "$(lab_address pair2)"
	change_identity pair1 PAIR-2
	lab_until 5 bound_to PAIR-1 "$(lab_address pair2)"
	kept PAIR-1 "$instance"
	bound_to PAIR-2 "$(lab_address pair1)"
}

@test "GW_5 GW_6 an address whose lease ran out is handed to another client" {
	local pool='.Dhcp4.subnet4[0].pools = [{"pool": "192.0.2.199 - 192.0.2.199"}]'
	with_hook --set "$pool" --set "$(lifetime 3)"
	device heir1 HEIR-1
	lab_udhcpc_stop heir1 KILL
	lab_member heir2 gateway
	lab_udhcpc_start heir2 -x "0x7d:$(lab_option_125 00D09E HEIR-2)"
	lab_until 30 lab_listed gateway HEIR-2
	gone HEIR-1 expire
	bound_to HEIR-2 192.0.2.199
}

@test "GW_6 a lease that was released may expire later: the entry ends once, and the device that is back stays" {
	local keep='.Dhcp4["expired-leases-processing"]["hold-reclaimed-time"] = 3600'
	with_hook --set "$keep"
	device twice TWICE-1
	lab_udhcpc_release twice
	gone TWICE-1 release
	lab_signal twice udhcpc USR1
	lab_until 10 lab_listed gateway TWICE-1
	lease_command leases-reclaim '{"remove": true}'
	lab_udhcpc_renew twice
	lab_listed gateway TWICE-1
	lab_udhcpc_release twice
	lab_until 10 lab_not lab_listed gateway TWICE-1
	sleep 2
	lease_command leases-reclaim '{"remove": true}'
	[ "$(lab_log gateway kea | grep -c 'ASSOC_DEVICE_REMOVED 00D09E "TWICE-1"')" = 2 ]
	lab_not lab_logged gateway kea ASSOC_CALLOUT_ERROR
}

# --- hooks that say DROP or SKIP ------------------------------------------------

# meddle before|after JSON [lab_kea_config OPTION...]: a hook that meddles is loaded before or after ours.
meddle()
{
	local order=$1 filter
	filter=$(library meddler.so "$2")
	shift 2
	if [ "$order" = before ]; then
		configure --set "$filter" --hook "$(lab_hook_parameters)" "$@"
	else
		with_hook --set "$filter" "$@"
	fi
}

# not_noted ORDER JSON NUMBER: a response that another hook keeps back adds no entry.
not_noted()
{
	meddle "$1" "$2"
	request "kept$3" "$((160 + $3))" "KEPT-$3"
	with_hook
	device "later$3" "LATER-$3"
	lab_not lab_listed gateway "KEPT-$3"
	lab_host_stop "kept$3"
}

@test "GW_3 an ACK that another hook drops at pkt4_send adds nothing, whichever comes first" {
	not_noted before '{"pkt4_send": "drop"}' 1
	not_noted after '{"pkt4_send": "drop"}' 2
}

@test "GW_3 an ACK that a hook before ours keeps back at buffer4_send adds nothing" {
	not_noted before '{"buffer4_send": "drop"}' 3
	not_noted before '{"buffer4_send": "skip"}' 4
}

@test "GW_3 a request that another hook drops at leases4_committed adds nothing" {
	not_noted before '{"leases4_committed": "drop"}' 5
	not_noted after '{"leases4_committed": "drop"}' 6
}

@test "GW_3 a response that another hook has packed itself goes out without our identity, and the device is listed" {
	meddle before '{"pkt4_send": "skip"}'
	device packed PACKED-1
}

@test "GW_6 a release that another hook forbids keeps the entry, whichever comes first" {
	local order
	for order in before after; do
		meddle "$order" '{"lease4_release": "skip"}'
		device "release$order" "RELEASE-$order"
		lab_udhcpc_release "release$order"
		device "later$order" "LATER-$order"
		lab_listed gateway "RELEASE-$order"
		lab_lease_of gateway "$(lab_mac "release$order")"
	done
}

# decline NAME: the host declines its address. It had no client identifier for the lease, nor has this message.
decline()
{
	local address
	address=$(lab_address "$1")
	lab_send "$1" "$(lab_dhcp_message "$(lab_mac "$1")" 4 \
		"$(lab_tlv 50 "$(printf 'c00002%02x' "${address##*.}")")$(lab_tlv 54 c0000201)")"
}

# A message to a server that has only just been restarted can be lost: it is sent until it has worked.
declined()
{
	removed "$2" decline && return
	decline "$1"
	sleep 0.5
	removed "$2" decline
}

@test "GW_6 a decline that another hook forbids keeps the entry, whichever comes first" {
	local order
	for order in before after; do
		meddle "$order" '{"lease4_decline": "skip"}'
		device "decline$order" "DECLINE-$order" -C
		decline "decline$order"
		device "since$order" "SINCE-$order"
		lab_listed gateway "DECLINE-$order"
		# The same message ends it when nobody forbids.
		with_hook
		lab_until 10 declined "decline$order" "DECLINE-$order"
		gone "DECLINE-$order" decline
	done
}

@test "GW_5 a lease that another hook reclaims itself has expired all the same" {
	meddle before '{"lease4_expire": "skip"}' --set "$(lifetime 3)"
	device reclaim1 RECLAIM-1
	lab_udhcpc_stop reclaim1 KILL
	gone RECLAIM-1 expire
	meddle after '{"lease4_expire": "skip"}' --set "$(lifetime 3)"
	device reclaim2 RECLAIM-2
	lab_udhcpc_stop reclaim2 KILL
	gone RECLAIM-2 expire
}
