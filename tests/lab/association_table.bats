#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Who comes into the gateway's table, who is answered, and what the device learns.
# One gateway for the whole file; each test brings hosts of its own.
# The same file is association_table_mt.bats: the same with a Kea of several threads.
bats_require_minimum_version 1.5.0

setup_file()
{
	load lab.sh
	lab_start
	local threads=
	[ "$(basename "$BATS_TEST_FILENAME")" = association_table.bats ] || threads=--mt
	# Authoritative: a REQUEST for a foreign address is refused with a NAK.
	lab_gateway gateway '{}' --set '.Dhcp4.authoritative = true' $threads
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
	PCAP=$BATS_TEST_TMPDIR/dhcp.pcap
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
}

# replies MAC: of the replies to this client the message type and the gateway's identity in it. Equal ones
# are one line, for a client may ask twice: BusyBox sends a renewal from a second socket on port 68, and
# an ACK that comes before it has closed that is lost, so that a second later it asks again.
replies()
{
	lab_packets "$PCAP" "dhcp.type == 2 && dhcp.hw.mac_addr == $1" dhcp.option.dhcp \
		dhcp.option.vi.tr111.gateway_manufacturer_oui dhcp.option.vi.tr111.gateway_serial_number \
		dhcp.option.vi.tr111.gateway_product_class | sort -u
}

# craft MAC TYPE OPTIONS...: send a request that no real client would send; wait for the gateway's reply of that type.
craft()
{
	local mac=$1 type=$2 reply=$3
	lab_send crafter "$(lab_dhcp_message "$mac" "$type" "$4")"
	lab_until 5 lab_captured "$PCAP" "dhcp.hw.mac_addr == $mac && dhcp.option.dhcp == $reply"
}

# A host from which craft sends, with a capture.
crafter()
{
	lab_member crafter gateway
	lab_capture crafter eth0 "$PCAP"
}

# An entry would be there by the time that a later client's is: no need to guess how long nothing takes.
later_device_is_listed()
{
	lab_member "later$1" gateway
	lab_udhcpc "later$1" -x "0x7d:$(lab_option_125 00D09E "LATER-$1")"
	lab_until 10 lab_listed gateway "LATER-$1"
	lab_host_stop "later$1"
}

@test "GW_1 GW_3 DV_2 DV_9 a device with dhcpcd is listed and knows its gateway" {
	lab_member device gateway
	lab_identity device 00D09E SETTOP-1 SetTopBox
	lab_bridge device device
	lab_dhcpcd_assoc device
	lab_until 20 lab_address device
	lab_until 10 lab_listed gateway SETTOP-1
	lab_until 10 lab_knows device "$LAB_GATEWAY_IDENTITY"
	[[ $(lab_devices gateway) = *'00D09E SETTOP-1 SetTopBox'* ]]
	[ "$(lab_bound gateway SETTOP-1)" = "$(lab_address device)" ]
}

@test "GW_1 GW_3 a third-party device with udhcpc is listed beside it" {
	lab_member thirdparty gateway
	lab_udhcpc thirdparty -x "0x7d:$(lab_option_125 ACDE48 PHONE-7 VoIPPhone)"
	lab_until 10 lab_listed gateway PHONE-7
	lab_listed gateway SETTOP-1
	[ "$(lab_devices gateway)" = $'00D09E SETTOP-1 SetTopBox\nACDE48 PHONE-7 VoIPPhone' ]
	[ "$(lab_bound gateway PHONE-7)" = "$(lab_address thirdparty)" ]
}

@test "D1_1 D1_3 the data model counts and names the devices as the table does" {
	local path=InternetGatewayDevice.ManagementServer.
	[ "$(lab_exec gateway assocctl --json get "${path}ManageableDeviceNumberOfEntries" | jq -r '.[0].value')" = 2 ]
	run lab_exec gateway assocctl --json get "${path}ManageableDevice.$(lab_instance gateway PHONE-7)."
	[ "$(jq -r '[.[].value] | sort | join(" ")' <<< "$output")" = 'ACDE48 PHONE-7 VoIPPhone' ]
}

@test "AS_3 the manager finds device and gateway associated only while all elements of both cross-match" {
	# shellcheck disable=SC2086 # three words
	lab_identity gateway $LAB_GATEWAY_IDENTITY
	lab_signal gateway dm-bridge HUP
	lab_until 10 lab_associated device gateway
	# One element of the gateway, then one of the device, is another.
	lab_identity gateway 0011AA GATEWAY-1 Router
	lab_signal gateway dm-bridge HUP
	lab_until 10 lab_not lab_associated device gateway
	# shellcheck disable=SC2086 # three words
	lab_identity gateway $LAB_GATEWAY_IDENTITY
	lab_signal gateway dm-bridge HUP
	lab_until 10 lab_associated device gateway
	lab_identity device 00D09E SETTOP-1 Recorder
	lab_signal device dm-bridge HUP
	lab_until 10 lab_not lab_associated device gateway
	lab_identity device 00D09E SETTOP-1 SetTopBox
	lab_signal device dm-bridge HUP
	lab_until 10 lab_associated device gateway
}

@test "GW_2 a plain host that asks for option 125 gets its lease and no option 125" {
	lab_member plain gateway
	lab_capture plain eth0 "$PCAP"
	lab_udhcpc plain -O 125
	lab_capture_stop plain "$PCAP"
	[ "$(replies "$(lab_mac plain)")" = $'2\t\t\t\n5\t\t\t' ]
	lab_not lab_captured "$PCAP" 'dhcp.type == 2 && dhcp.option.type == 125'
	run ! grep -F "$(lab_mac plain)" <<< "$(lab_exec gateway assocctl --json devices)"
}

@test "GW_2 a device that does not ask for option 125 gets the gateway identity in OFFER and ACK" {
	lab_member quiet gateway
	lab_capture quiet eth0 "$PCAP"
	lab_udhcpc quiet -o -x "0x7d:$(lab_option_125 00D09E QUIET-1)"
	lab_capture_stop quiet "$PCAP"
	local identity=$'0011AA\tGATEWAY-1\tHomeGateway'
	[ "$(replies "$(lab_mac quiet)")" = $'2\t'"$identity"$'\n5\t'"$identity" ]
}

@test "GW_2 the ACK to a renewal carries the gateway identity too" {
	lab_capture quiet eth0 "$PCAP"
	lab_udhcpc_renew quiet
	lab_capture_stop quiet "$PCAP"
	[ "$(replies "$(lab_mac quiet)")" = $'5\t0011AA\tGATEWAY-1\tHomeGateway' ]
}

@test "GW_3 a DISCOVER that is only offered an address adds nothing" {
	crafter
	craft 02:ee:00:00:00:01 1 2 "$(lab_tlv 125 "$(lab_option_125 00D09E OFFERED-1)")"
	later_device_is_listed 1
	lab_not lab_listed gateway OFFERED-1
	[ "$(replies 02:ee:00:00:00:01)" = $'2\t0011AA\tGATEWAY-1\tHomeGateway' ]
	lab_host_stop crafter
}

@test "GW_3 a REQUEST that is refused with a NAK adds nothing and is told no identity" {
	crafter
	# 203.0.113.5 is of no subnet here.
	craft 02:ee:00:00:00:02 3 6 "$(lab_tlv 50 cb007105)$(lab_tlv 125 "$(lab_option_125 00D09E NAKED-1)")"
	later_device_is_listed 2
	lab_not lab_listed gateway NAKED-1
	[ "$(replies 02:ee:00:00:00:02)" = $'6\t\t\t' ]
	lab_host_stop crafter
}

@test "GW_9 one identity on two hosts is one entry, which lives while either is leased" {
	local option name
	option=$(lab_option_125 00D09E TWIN-1 Twin)
	for name in twin1 twin2; do
		lab_member "$name" gateway
		lab_udhcpc "$name" -x "0x7d:$option"
	done
	both_bound()
	{
		[ "$(lab_bound gateway TWIN-1 | sort)" = "$({ lab_address twin1 && lab_address twin2; } | sort)" ]
	}
	lab_until 10 both_bound
	[ "$(lab_instance gateway TWIN-1 | wc -l)" = 1 ]
	lab_udhcpc_release twin1
	lab_until 10 lab_not both_bound
	lab_listed gateway TWIN-1
	lab_udhcpc_release twin2
	lab_until 10 lab_not lab_listed gateway TWIN-1
}

@test "GW_3 the journal is readable by its owner and group only" {
	[ "$(lab_exec gateway stat -c %a "$LAB_JOURNAL")" = 640 ]
}

@test "DV_5 GW_6 a release empties GatewayInfo and removes the entry" {
	lab_dhcpcd_release device
	lab_until 10 lab_knows device '  '
	lab_until 10 lab_not lab_listed gateway SETTOP-1
	lab_listed gateway PHONE-7
}

@test "DV_2 D1_3 the device that comes back knows its gateway again and has a new instance number" {
	local others
	others=$(lab_exec gateway assocctl --json devices | jq 'map(.instance) | max')
	lab_dhcpcd_start device
	lab_until 20 lab_listed gateway SETTOP-1
	lab_until 10 lab_knows device "$LAB_GATEWAY_IDENTITY"
	[ "$(lab_instance gateway SETTOP-1)" -gt "$others" ]
}
