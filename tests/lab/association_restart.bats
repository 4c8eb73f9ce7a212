#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Each process of both sides may end at any moment and come back: the tables come back with it.
# One gateway (Kea with packet threads), one dhcpcd device and one udhcpc device for the whole file.
bats_require_minimum_version 1.5.0

setup_file()
{
	load lab.sh
	lab_start
	lab_gateway gateway '{}' --mt
	lab_member gone gateway
	lab_udhcpc gone -x "0x7d:$(lab_option_125 00D09E GONE-1)"
	lab_until 10 lab_listed gateway GONE-1
	lab_member phone gateway
	lab_udhcpc phone -x "0x7d:$(lab_option_125 ACDE48 PHONE-7 VoIPPhone)"
	lab_until 10 lab_listed gateway PHONE-7
	lab_member device gateway
	lab_identity device 00D09E SETTOP-1 SetTopBox
	lab_bridge device device
	lab_dhcpcd_assoc device
	lab_until 20 lab_listed gateway SETTOP-1
	lab_until 10 lab_knows device "$LAB_GATEWAY_IDENTITY"
	# Instance 1 is free from now on: a table that is numbered anew would show it.
	lab_udhcpc_release gone
	lab_until 10 lab_not lab_listed gateway GONE-1
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
	BEFORE=$(table)
	lab_listed gateway PHONE-7
	lab_listed gateway SETTOP-1
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
}

# The gateway's table with instance numbers and bindings: what has to be the same afterwards.
table()
{
	lab_exec gateway assocctl --json devices |
		jq -r '.[] | select(.present) | "\(.instance) \(.oui) \(.serial) \(.class) \([.bindings[].address])"'
}

table_is_as_before()
{
	[ "$(table)" = "$BEFORE" ]
}

# new_device_is_listed SERIAL: the gateway goes on working, and its numbers go on, too.
new_device_is_listed()
{
	local highest
	highest=$(tail -n 1 <<< "$BEFORE" | cut -d ' ' -f 1)
	lab_udhcpc_stop gone
	lab_udhcpc gone -x "0x7d:$(lab_option_125 00D09E "$1")"
	lab_until 10 lab_listed gateway "$1"
	[ "$(lab_instance gateway "$1")" -gt "$highest" ]
	lab_udhcpc_release gone
	lab_until 10 lab_not lab_listed gateway "$1"
	table_is_as_before
}

@test "GW_12 Kea killed with -9 and started again keeps both entries and their instance numbers" {
	lab_kea_stop gateway KILL
	table_is_as_before
	lab_kea_start gateway
	table_is_as_before
	new_device_is_listed NEW-1
}

@test "GW_12 Kea stopped and started again keeps both entries and their instance numbers" {
	lab_kea_stop gateway
	lab_kea_start gateway
	table_is_as_before
	new_device_is_listed NEW-2
}

@test "GW_12 a config-reload keeps both entries and their instance numbers" {
	lab_kea_reload gateway
	table_is_as_before
	new_device_is_listed NEW-3
}

@test "GW_12 Kea killed together with the gateway's dm-bridge: both come back with the same table" {
	lab_kea_stop gateway KILL
	lab_bridge_stop gateway KILL
	lab_kea_start gateway
	lab_bridge_start gateway
	lab_until 5 table_is_as_before
	new_device_is_listed NEW-4
}

@test "GW_12 the gateway's dm-bridge killed with -9 has the same table when it is back" {
	lab_bridge_stop gateway KILL
	lab_bridge_start gateway
	lab_until 5 table_is_as_before
	new_device_is_listed NEW-5
}

@test "GW_6 GW_12 a device that is released while dm-bridge is down is not listed when it is back" {
	lab_udhcpc_stop gone
	lab_udhcpc gone -x "0x7d:$(lab_option_125 00D09E BRIEF-1)"
	lab_until 10 lab_listed gateway BRIEF-1
	lab_bridge_stop gateway
	lab_udhcpc_release gone
	lab_until 5 lab_not lab_lease_of gateway "$(lab_mac gone)"
	lab_bridge_start gateway
	lab_until 5 table_is_as_before
}

@test "GW_5 GW_12 a device whose lease runs out while Kea is down is not listed when it is back" {
	lab_kea_config gateway --mt --hook "$(lab_hook_parameters)" --set '.Dhcp4["valid-lifetime"] = 3'
	lab_kea_reload gateway
	lab_udhcpc_stop gone
	lab_udhcpc gone -x "0x7d:$(lab_option_125 00D09E EXPIRED-1)"
	lab_until 10 lab_listed gateway EXPIRED-1
	lab_kea_stop gateway KILL
	lab_udhcpc_stop gone KILL
	lab_listed gateway EXPIRED-1
	# The lease file's fifth column is the second in which the lease ends.
	lab_until 10 past "$(lab_exec gateway tail -n 1 /var/lib/kea/kea-leases4.csv | cut -d , -f 5)"
	lab_kea_config gateway --mt --hook "$(lab_hook_parameters)"
	lab_kea_start gateway
	lab_until 10 table_is_as_before
}

past()
{
	[ "$(date +%s)" -gt "$1" ]
}

@test "GW_2 DV_2 a new identity of the gateway after a config-reload reaches the device" {
	lab_kea_config gateway --mt --hook "$(lab_hook_parameters '{"serial-number": "GATEWAY-2"}')"
	lab_kea_reload gateway
	table_is_as_before
	lab_exec device dhcpcd -n eth0
	lab_until 15 lab_knows device '0011AA GATEWAY-2 HomeGateway'
	lab_kea_config gateway --mt --hook "$(lab_hook_parameters)"
	lab_kea_reload gateway
	lab_exec device dhcpcd -n eth0
	lab_until 15 lab_knows device "$LAB_GATEWAY_IDENTITY"
	lab_until 10 table_is_as_before
}

@test "DV_2 the device's dm-bridge killed with -9 knows the gateway when it is back" {
	lab_bridge_stop device KILL
	lab_bridge_start device
	lab_until 5 lab_knows device "$LAB_GATEWAY_IDENTITY"
}

@test "DV_8 dhcpcd killed with -9 leaves the lease and the gateway known; started again, nothing has changed" {
	lab_dhcpcd_stop device KILL
	lab_knows device "$LAB_GATEWAY_IDENTITY"
	lab_dhcpcd_start device
	lab_until 20 lab_logged device dhcpcd ': leased '
	lab_until 10 lab_knows device "$LAB_GATEWAY_IDENTITY"
	lab_until 10 table_is_as_before
}

@test "DV_5 dhcpcd stopped while it holds the lease: GatewayInfo is empty until it is back" {
	lab_dhcpcd_stop device
	lab_until 10 lab_knows device '  '
	lab_dhcpcd_start device
	lab_until 20 lab_knows device "$LAB_GATEWAY_IDENTITY"
	lab_until 20 table_is_as_before
}
