#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The client hook under the real dhcpcd, before servers that are not ours: a stock Kea that was told the gateway's
# identity by its configuration, and dnsmasq, which answers only those whose identity it understood.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	load lab_client.sh
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member device gateway
	lab_identity device 00D09E SERIAL-1 SetTopBox
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

@test "DV_2 DV_9 a dhcpcd that does not send option 125 learns its gateway by one DHCPINFORM" {
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_spawn gateway dnsmasq dnsmasq -d -C /dev/null --port=0 --interface=br0 --bind-interfaces \
		--dhcp-range=192.0.2.100,192.0.2.110,600 --dhcp-leasefile=/run/leases \
		--dhcp-option-force=tag:cpewan-id,vi-encap:3561,4,0011AA \
		--dhcp-option-force=tag:cpewan-id,vi-encap:3561,5,'GW "1"' \
		--dhcp-option-force=tag:cpewan-id,vi-encap:3561,6,HomeGateway
	lab_dhcpcd_old device
	lab_until 15 recorded 0011AA 'GW "1"' HomeGateway
	lab_until 5 at_rest
	lab_capture_stop gateway "$LAB_DIR/cap"
	# Not by dhcpcd's own messages, and asked once, of the server, from the interface's address.
	[ -z "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp in {1, 3} and dhcp.option.type == 125')" ]
	[ "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8' ip.src ip.dst udp.srcport udp.dstport dhcp.ip.client \
		dhcp.hw.mac_addr dhcp.option.vi.tr111.device_serial_number dhcp.option.vi.tr111.device_product_class)" = \
		"$(printf '%s\t' "$(lab_address device)" 192.0.2.1 68 67 "$(lab_address device)" "$(lab_mac device)" SERIAL-1)SetTopBox" ]
	[ "$(record | jq -c '[.interface, .metric > 0, .reason, .expires > 0]')" = '["eth0",true,"bound",true]' ]
}

@test "DV_3 elements that the gateway does not send are empty, and so are all before one that takes no part" {
	tr111_kea 5=GATEWAY-1
	lab_dhcpcd_assoc device
	lab_until 15 recorded '' GATEWAY-1 ''
	lab_kea_stop gateway
	tr111_kea
	lab_exec device dhcpcd -N eth0
	lab_until 15 recorded '' '' ''
}

@test "EN_6 an invalid gateway identity empties the record, and the lease stays" {
	tr111_kea 4=0011AG 5=GATEWAY-1
	device_syslog
	lab_dhcpcd_assoc device
	lab_until 15 recorded '' '' ''
	lab_address device
	[ "$(logged 28 "eth0: the gateway's identity in the ACK is not valid: ")" = 1 ]
}

@test "DV_5 a released lease takes the record with it" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device
	lab_until 15 recorded 0011AA GATEWAY-1 ''
	lab_dhcpcd_release device
	no_record
	at_rest
}

@test "DV_5 a lease that runs out takes the record with it, and a new one brings it back" {
	LIFETIME=8 tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device
	lab_until 15 recorded 0011AA GATEWAY-1 ''
	lab_kea_stop gateway
	lab_until 20 no_record
	lab_kea_start gateway
	lab_until 30 recorded 0011AA GATEWAY-1 ''
}

@test "DV_5 a pulled cable takes the record with it, and the plugged one brings it back" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device
	lab_until 15 recorded 0011AA GATEWAY-1 ''
	lab_cable device out
	lab_until 15 no_record
	lab_cable device in
	lab_until 15 recorded 0011AA GATEWAY-1 ''
}

@test "DV_6 renewals keep the values and move the end" {
	local before
	LIFETIME=8 tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device
	lab_until 15 recorded 0011AA GATEWAY-1 ''
	before=$(record | jq .expires)
	lab_until 15 lab_exec device sh -c 'grep -q renew /run/assoc/gateway-info/eth0.json'
	recorded 0011AA GATEWAY-1 ''
	[ "$(record | jq .expires)" -gt "$before" ]
}

@test "DV_5 a departed interface takes its record with it" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device
	lab_until 15 recorded 0011AA GATEWAY-1 ''
	lab_unplug device
	lab_until 15 no_record
}

@test "DV_8 dhcpcd's inform mode brings the record too" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_dhcpcd_assoc device inform
	lab_until 15 recorded 0011AA GATEWAY-1 ''
	[ "$(record | jq -c .reason)" = '"inform"' ]
}

@test "DV_9 without an identity DHCP is unharmed and nothing is asked" {
	tr111_kea 4=0011AA
	echo 'serial-number = 1' | lab_write device /etc/assoc/identity.conf
	device_syslog
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_dhcpcd_old device
	lab_until 15 recorded '' '' ''
	lab_address device
	lab_capture_stop gateway "$LAB_DIR/cap"
	[ -z "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8')" ]
	# One line at BOUND, from the facility daemon (3), priority err (3).
	[ "$(logged 27 "eth0: no identity to send: /etc/assoc/identity.conf: expected a line 'manufacturer-oui = ...'")" = 1 ]
}

@test "DV_9 a companion without answer does not disturb dhcpcd's renewals, and empties the record in the end" {
	KEA_MORE=(--set '.Dhcp4["client-classes"] = [{name: "DROP", test: "pkt4.msgtype == 8"}]')
	LIFETIME=16 tr111_kea 4=0011AA
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_dhcpcd_old device
	lab_until 20 recorded '' '' ''
	lab_until 20 lab_captured "$LAB_DIR/cap" "dhcp.option.dhcp == 5 and frame.number > 4"
	lab_capture_stop gateway "$LAB_DIR/cap"
	# One unicast REQUEST was enough: nothing took its ACK away.
	[ "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 3 and ip.dst == 192.0.2.1' ip.dst)" = 192.0.2.1 ]
	[ "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8' ip.dst | wc -l)" -ge 2 ]
}

@test "DV_5 an ACK that comes after the lease's end brings nothing back" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_net device ip address add 192.0.2.77/24 dev eth0
	device_event reason=BOUND
	lab_until 10 recorded 0011AA GATEWAY-1 ''
	lab_signal gateway kea STOP
	device_event reason=RENEW
	lab_until 5 lab_not at_rest
	recorded 0011AA GATEWAY-1 ''
	device_event reason=EXPIRE
	no_record
	lab_until 2 at_rest
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_signal gateway kea CONT
	lab_until 10 lab_captured "$LAB_DIR/cap" 'dhcp.option.dhcp == 5'
	sleep 0.5
	no_record
	lab_capture_stop gateway "$LAB_DIR/cap"
}

@test "DV_9 of several events in a row the last one's companion remains" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_signal gateway kea STOP
	device_event reason=BOUND
	device_event reason=RENEW
	device_event reason=REBIND
	lab_until 5 one_companion
	lab_signal gateway kea CONT
	lab_until 10 recorded 0011AA GATEWAY-1 ''
	[ "$(record | jq -c .reason)" = '"rebind"' ]
	lab_until 5 at_rest
}
