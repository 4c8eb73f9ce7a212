#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What each of dhcpcd's reasons does to GatewayInfo (DV-8), driven by the real dhcpcd of this release.
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
	note_reasons
	# shellcheck disable=SC2016 # the hook's shell expands it
	echo '[ "$reason" != NAK ] || echo "NAK $(cat /run/assoc/gateway-info/eth0.json || echo none)" > /run/noted' >> \
		"$(lab_path device /etc/dhcpcd.exit-hook)"
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# A device with a lease and the gateway's identity.
associated()
{
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device "$@"
	lab_until 20 recorded 0011AA GATEWAY-1 ''
}

# The ACS' notifications of GatewayInfo so far.
told()
{
	lab_log device events | sed -n 's/.* active Device.GatewayInfo.//p' | tr '\n' ' '
}

forget_record()
{
	lab_exec device rm /run/assoc/gateway-info/eth0.json
}

# What makes a record another one: its number and its time.
record_stamp()
{
	lab_exec device stat -c '%i %Y %Z' /run/assoc/gateway-info/eth0.json
}

@test "DV_8 BOUND and REBOOT record" {
	associated
	recorded_by bound
	lab_dhcpcd_stop device KILL
	forget_record
	lab_dhcpcd_start device
	lab_until 20 reason_seen REBOOT
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	recorded_by reboot
}

@test "DV_8 REBIND records" {
	KEA_MORE=(--set '.Dhcp4["renew-timer"] = 2 | .Dhcp4["rebind-timer"] = 4')
	associated
	# Unicast goes astray: only the broadcast REQUEST arrives.
	lab_net device ip neighbour replace 192.0.2.1 lladdr 02:00:00:00:99:99 nud permanent dev eth0
	forget_record
	lab_until 30 reason_seen REBIND
	lab_net device ip neighbour del 192.0.2.1 dev eth0
	lab_until 20 recorded 0011AA GATEWAY-1 ''
}

@test "DV_8 a NAK discards, and the next lease records" {
	# A NAK is a broadcast: it reaches only who rebinds.
	KEA_MORE=(--set '.Dhcp4["renew-timer"] = 2 | .Dhcp4["rebind-timer"] = 4')
	associated
	lab_kea_stop gateway
	lab_spawn gateway dnsmasq dnsmasq -d -C /dev/null --port=0 --interface=br0 --bind-interfaces --dhcp-authoritative \
		--dhcp-range=192.0.2.201,192.0.2.210,600 --dhcp-leasefile=/run/leases \
		--dhcp-option-force=tag:cpewan-id,vi-encap:3561,4,0022BB --dhcp-option-force=tag:cpewan-id,vi-encap:3561,5,GATEWAY-2
	lab_until 30 reason_seen NAK
	lab_until 30 recorded 0022BB GATEWAY-2 ''
	[[ $(lab_address device) = 192.0.2.20[1-9] ]]
	# What the NAK left is what the BOUND after it found: nothing.
	[ "$(lab_exec device cat /run/noted)" = "NAK none" ]
}

@test "DV_8 DV_5 a dhcpcd that ends and takes its lease down discards" {
	associated
	lab_dhcpcd_stop device
	lab_until 15 reason_seen STOP
	no_record
}

@test "DV_8 DV_5 a dhcpcd that releases and ends discards" {
	associated
	lab_dhcpcd_release device
	lab_until 15 reason_seen STOPPED
	no_record
}

@test "DV_8 a persistent exit leaves the record until the lease's end, and dm-bridge honours that" {
	LIFETIME=14 associated persistent
	lab_bridge device device
	lab_knows device '0011AA GATEWAY-1 '
	lab_dhcpcd_stop device
	lab_until 15 reason_seen STOPPED
	lab_not reason_seen STOP
	lab_address device
	recorded 0011AA GATEWAY-1 ''
	lab_knows device '0011AA GATEWAY-1 '
	lab_until 20 lab_knows device '  '
	# Nobody has touched it.
	recorded 0011AA GATEWAY-1 ''
}

@test "DV_8 a dhcpcd that is killed leaves the record until the lease's end, also for a dm-bridge that starts later" {
	LIFETIME=10 associated
	lab_dhcpcd_stop device KILL
	lab_bridge device device
	lab_knows device '0011AA GATEWAY-1 '
	lab_until 15 lab_knows device '  '
	lab_bridge_stop device
	lab_bridge_start device
	lab_knows device '  '
}

@test "DV_8 a lease of yesterday (TIMEOUT) changes nothing" {
	local before
	associated lastlease 'timeout 2' 'reboot 1'
	lab_dhcpcd_stop device KILL
	lab_kea_stop gateway
	before=$(record_stamp)
	lab_dhcpcd_start device
	lab_until 30 reason_seen TIMEOUT
	lab_address device
	[ "$(record_stamp)" = "$before" ]
	# Nor does it bring back what is gone.
	lab_dhcpcd_stop device KILL
	forget_record
	forget_reasons
	lab_dhcpcd_start device
	lab_until 30 reason_seen TIMEOUT
	no_record
	at_rest
}

@test "DV_8 DV_9 a static address has the gateway asked, once it is there" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_dhcpcd_assoc device 'static ip_address=192.0.2.77/24' 'static routers=192.0.2.1'
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	reason_seen STATIC
	lab_until 5 at_rest
	[ "$(record | jq -c '[.reason, .expires]')" = '["static",0]' ]
	lab_capture_stop gateway "$LAB_DIR/cap"
	# One broadcast, and no other DHCP.
	[ "$(lab_packets "$LAB_DIR/cap" 'udp.dstport == 67' ip.src ip.dst dhcp.option.dhcp)" = \
		"$(printf '192.0.2.77\t255.255.255.255\t8')" ]
	# Nobody told the server that nobody listens.
	sent_no_icmp
}

@test "DV_8 a static address after a lease discards, and what the gateway then answers is recorded" {
	associated
	printf '%s\n' ipv4only noarp 'static ip_address=192.0.2.77/24' | lab_write device /etc/dhcpcd.conf
	lab_exec device dhcpcd -n eth0
	lab_until 15 reason_seen STATIC
	lab_until 15 recorded_by static
	recorded 0011AA GATEWAY-1 ''
}

@test "DV_8 DV_9 where no server is, a static address is asked for with patience and no record" {
	device_syslog
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_dhcpcd_assoc device 'static ip_address=192.0.2.77/24'
	lab_until 15 reason_seen STATIC
	lab_until 20 informed_twice
	no_record
	one_companion
	[ "$(logged 2. '')" = 0 ]
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_until 30 recorded 0011AA GATEWAY-1 ''
	lab_until 5 at_rest
}

informed_twice()
{
	[ "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8' dhcp.id | sort | uniq -c | awk '{ print ($1 >= 2) }')" = 1 ]
}

@test "DV_8 a pulled and plugged cable has a static address ask again" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_assoc device 'static ip_address=192.0.2.77/24'
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	lab_kea_stop gateway
	tr111_kea 4=0011AA 5=GATEWAY-2
	lab_cable device out
	lab_until 15 reason_seen NOCARRIER
	forget_reasons
	lab_cable device in
	lab_until 20 reason_seen STATIC
	lab_until 20 recorded 0011AA GATEWAY-2 ''
}

@test "DV_2 from one gateway to another by cable: old values, none, new values, and never a mixture" {
	associated
	lab_host other
	lab_lan other
	tr111_kea_on other 4=0022BB 5=GATEWAY-2 6=Other
	lab_bridge device device
	watch_values
	move_cable other
	lab_until 30 lab_knows device '0022BB GATEWAY-2 Other'
	lab_kill device watch
	[ "$(watched | grep -v '^||$')" = $'0011AA|GATEWAY-1|\n0022BB|GATEWAY-2|Other' ]
}

@test "DV_2 from one gateway to another without a break: GatewayInfo changes once" {
	KEA_MORE=(--set '.Dhcp4["renew-timer"] = 3 | .Dhcp4["rebind-timer"] = 5')
	LIFETIME=60 associated
	lab_bridge device device
	watch_values
	lab_spawn device events assocctl watch
	# Another machine takes over address and leases, as after a repair.
	lab_kea_stop gateway
	tr111_kea 4=0022BB 5=GATEWAY-2 6=Other
	lab_until 30 lab_knows device '0022BB GATEWAY-2 Other'
	lab_kill device watch
	[ "$(watched)" = $'0011AA|GATEWAY-1|\n0022BB|GATEWAY-2|Other' ]
	[ "$(told)" = 'ManufacturerOUI=0011AA SerialNumber=GATEWAY-1 ManufacturerOUI=0022BB SerialNumber=GATEWAY-2 ProductClass=Other ' ]
}

@test "DV_3 from a gateway to one that takes no part: all three become empty" {
	KEA_MORE=(--set '.Dhcp4["renew-timer"] = 3')
	LIFETIME=60 associated
	lab_bridge device device
	watch_values
	lab_kea_stop gateway
	tr111_kea
	lab_until 30 lab_knows device '  '
	lab_kill device watch
	[ "$(watched)" = $'0011AA|GATEWAY-1|\n||' ]
	recorded '' '' ''
}

@test "DV_6 renewals of the same values are no change for dm-bridge's clients" {
	KEA_MORE=(--set '.Dhcp4["renew-timer"] = 3')
	LIFETIME=60 associated
	lab_bridge device device
	watch_values
	lab_spawn device events assocctl watch
	lab_until 15 reason_seen RENEW
	forget_reasons
	lab_until 15 reason_seen RENEW
	lab_kill device watch
	[ "$(watched)" = '0011AA|GATEWAY-1|' ]
	# Told once, when dm-bridge began.
	[ "$(told)" = 'ManufacturerOUI=0011AA SerialNumber=GATEWAY-1 ' ]
}

@test "DV_8 a suspended device's lease is over when it wakes" {
	associated
	lab_bridge device device
	lab_knows device '0011AA GATEWAY-1 '
	lab_bridge_stop device
	# A clock that has counted two hours of sleep; the wall clock plays no part.
	lab_exec device install -d -m 0755 /run/dm-bridge
	lab_spawn device dm-bridge unshare --time --boottime 7200 --fork --kill-child dm-bridge -c /etc/dm-bridge.conf
	lab_until_ready device dm-bridge 10 lab_exec device assocctl status
	lab_knows device '  '
}
