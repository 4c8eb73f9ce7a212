#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # the device's shell expands it
# Who tells the gateway: dhcpcd or our companion, and how that one behaves on the LAN.
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

# The device's own messages with an identity, by type, each once: 1 DISCOVER, 3 REQUEST, 8 INFORM.
told_by()
{
	lab_packets "$LAB_DIR/cap" 'udp.dstport == 67 and dhcp.option.vi.tr111.device_serial_number == "SERIAL-1"' \
		dhcp.option.dhcp | sort -u | tr '\n' ' '
}

# vsio lines for the device's identity, whether dhcpcd knows them or not.
vsio_lines()
{
	lab_exec device assocctl client-config dhcpcd | grep '^vsio'
}

@test "DV_1 DV_9 with vsio lines a dhcpcd that knows them tells the gateway, beside any other the companion does" {
	local lines
	mapfile -t lines < <(vsio_lines)
	lab_capture gateway br0 "$LAB_DIR/cap"
	note_reasons
	KEA_MORE=(--set '.Dhcp4["renew-timer"] = 3')
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_old device "${lines[@]}"
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	lab_until 20 reason_seen RENEW
	lab_until 10 at_rest
	lab_capture_stop gateway "$LAB_DIR/cap"
	if lab_knows_vsio device; then
		[ "$(told_by)" = '1 3 ' ]
		# Asked once, and remembered.
		[[ $(lab_exec device cat /run/assoc/client/dhcpcd) = *' vsio' ]]
	else
		[ "$(told_by)" = '8 ' ]
	fi
}

@test "DV_9 where the gateway takes no part, a dhcpcd that tells is not doubled by the companion" {
	lab_knows_vsio device || lab_dhcpcd_tells_in_name_only
	device_syslog
	lab_capture gateway br0 "$LAB_DIR/cap"
	tr111_kea
	lab_dhcpcd_assoc device
	lab_until 20 recorded '' '' ''
	lab_until 5 at_rest
	lab_capture_stop gateway "$LAB_DIR/cap"
	[ -z "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8')" ]
}

# A program that says of itself that it knows vsio: who it is that talks to the gateway, our hook asks and can't see.
lab_dhcpcd_tells_in_name_only()
{
	printf '%s\n' '#!/bin/sh' 'case $1 in --vsio) exit 0 ;; --version) echo dhcpcd 10.5.2 && exit 0 ;; esac' \
		'exec /usr/sbin/dhcpcd "$@"' | lab_write device /usr/local/sbin/dhcpcd 0755
}

@test "DV_9 a gateway that names itself unasked is told all the same" {
	lab_capture gateway br0 "$LAB_DIR/cap"
	lab_spawn gateway dnsmasq dnsmasq -d -C /dev/null --port=0 --interface=br0 --bind-interfaces \
		--dhcp-range=192.0.2.100,192.0.2.110,600 --dhcp-leasefile=/run/leases \
		--dhcp-option-force=vi-encap:3561,4,0011AA --dhcp-option-force=vi-encap:3561,5,GATEWAY-1
	lab_dhcpcd_old device
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	lab_until 10 lab_captured "$LAB_DIR/cap" 'dhcp.option.dhcp == 8'
	lab_until 5 at_rest
	recorded 0011AA GATEWAY-1 ''
	lab_capture_stop gateway "$LAB_DIR/cap"
	[ "$(told_by)" = '8 ' ]
}

@test "DV_9 without the define an answer is asked for, and recorded" {
	local lines
	mapfile -t lines < <(vsio_lines)
	device_syslog
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd device "${lines[@]}" 'option vivso'
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	# The hint is for those whose ACK had something to hand over.
	! lab_knows_vsio device || [ "$(logged 29 "eth0: the ACK has an option 125, but dhcpcd.conf lacks")" = 1 ]
}

# The capabilities of our process in the device, as /proc shows them.
capabilities()
{
	lab_exec device sh -c 'grep "^Cap$1:" "/proc/$(pgrep -x assoc-client)/status" | cut -f 2' - "$1"
}

@test "DV_9 the companion works with CAP_NET_RAW and CAP_NET_BIND_SERVICE alone" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_exec device install -d -o daemon -g daemon /run/assoc
	lab_exec device setpriv --reuid daemon --regid daemon --clear-groups --inh-caps=-all,+net_raw,+net_bind_service \
		--ambient-caps=-all,+net_raw,+net_bind_service --bounding-set=-all,+net_raw,+net_bind_service --no-new-privs \
		env interface=eth0 reason=STATIC protocol=dhcp new_ip_address=192.0.2.77 /usr/libexec/assoc-client -f event
	recorded 0011AA GATEWAY-1 ''
	sent_no_icmp
}

@test "DV_9 as root the companion gives up all other privileges" {
	lab_net device ip address add 192.0.2.77/24 dev eth0
	device_event reason=BOUND
	lab_until 5 one_companion
	lab_until 5 holds_network_only
	[ "$(capabilities Prm)" = 0000000000002400 ]
	[ "$(capabilities Bnd)" = 0000000000000000 ]
	device_event reason=EXPIRE
	lab_until 5 at_rest
}

holds_network_only()
{
	# 13 is CAP_NET_RAW, 10 CAP_NET_BIND_SERVICE.
	[ "$(capabilities Eff)" = 0000000000002400 ]
}

@test "DV_9 without any capability nothing is asked, one line says why, and the ACK's answer stays" {
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_exec device install -d -o daemon -g daemon /run/assoc
	run -0 lab_exec device setpriv --reuid daemon --regid daemon --clear-groups --bounding-set=-all --no-new-privs \
		env interface=eth0 reason=BOUND protocol=dhcp new_ip_address=192.0.2.77 new_dhcp_lease_time=30 \
		new_tr111_raw=00000de90e0406303031314141050147060143 /usr/libexec/assoc-client -f event
	[[ $output = *"eth0: DHCPINFORM not sent: Operation not permitted" ]]
	recorded 0011AA G C
}

# answer OPTIONS [XID [CHADDR]]: an ACK to the device's address, from the gateway.
answer()
{
	local zeros
	zeros=$(printf '%0512d' 0)
	{
		printf '02010600%s00000000c000024d%s%s' "$2" "${zeros:0:24}" "${3:-$(lab_mac device | tr -d :)}"
		printf '%s%s63825363%sff' "${zeros:0:20}" "${zeros:0:384}" "$1"
	} | xxd -r -p | lab_net "${4:-gateway}" socat -u - UDP4-DATAGRAM:192.0.2.77:68,bind=192.0.2.1:67,reuseaddr
}

# identity_option SERIAL: the gateway's, as an option.
identity_option()
{
	lab_tlv 125 "$(lab_block "$(lab_tlv 4 "$(lab_hex 0011AA)")$(lab_tlv 5 "$(lab_hex "$1")")")"
}

@test "DV_9 an answer is believed only from the server that was asked, with our transaction, to our interface" {
	local xid ack server=3604c0000201 other=3604c0000202
	ack=350105$server
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_capture gateway br0 "$LAB_DIR/cap"
	device_event reason=BOUND
	lab_until 10 lab_captured "$LAB_DIR/cap" 'dhcp.option.dhcp == 8'
	xid=$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8' dhcp.id | head -n 1)
	xid=${xid#0x}
	answer "$ack$(identity_option WRONG-XID)" "$(printf '%08x' $((0x$xid ^ 1)))"
	answer "350105$other$(identity_option WRONG-SERVER)" "$xid"
	answer "350105$(identity_option NO-SERVER)" "$xid"
	answer "350102$server$(identity_option OFFER)" "$xid"
	answer "350106$server$(identity_option NAK)" "$xid"
	answer "$ack$(identity_option WRONG-CHADDR)" "$xid" 020000000099
	# The same from another LAN, to the device's address here.
	lab_host elsewhere
	lab_lan elsewhere
	lab_plug device elsewhere eth1
	lab_net elsewhere ip route add 192.0.2.77 dev br0
	lab_net elsewhere ip neighbour add 192.0.2.77 lladdr "$(lab_mac device eth1)" dev br0
	answer "$ack$(identity_option WRONG-INTERFACE)" "$xid" "$(lab_mac device | tr -d :)" elsewhere
	one_companion
	no_record
	answer "$ack$(identity_option RIGHT)" "$xid"
	lab_until 5 recorded 0011AA RIGHT ''
	lab_until 5 at_rest
	# Another question has another number.
	device_event reason=RENEW
	lab_until 10 has_two_numbers
	device_event reason=EXPIRE
	lab_until 5 at_rest
	lab_capture_stop gateway "$LAB_DIR/cap"
}

has_two_numbers()
{
	[ "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8' dhcp.id | sort -u | wc -l)" = 2 ]
}

@test "DV_8 DV_9 asked in vain for a static address, it ends without a word and a record" {
	device_syslog
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_exec device env interface=eth0 reason=STATIC protocol=dhcp new_ip_address=192.0.2.77 new_dhcp_lease_time=8 \
		/usr/libexec/assoc-client -f event
	no_record
	at_rest
	[ "$(lab_log device syslog)" = "" ]
}

@test "DV_9 an address that comes later than its event is waited for" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	device_event reason=STATIC
	lab_until 5 one_companion
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	lab_until 5 at_rest
}
