#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A device behind a kernel NAT, its dm-bridge, and real STUN servers: what is in each message that it sends, and that NATDetected and
# UDPConnectionRequestAddress follow every change. The keep-alive period is fixed here; nat_keepalive.bats has it found out.
bats_require_minimum_version 1.5.0

PUBLIC=198.51.100.1
BEHIND=192.0.2.10

setup_file()
{
	export TMPDIR=$BATS_FILE_TMPDIR
	load lab.sh
	lab_start
	lab_internet_peer internet
	lab_nat nat internet $PUBLIC/24
	lab_nat_timeouts nat 30 120
	lab_behind device nat $BEHIND/24
	lab_peer internet user "$LAB_CPE_USER" "$LAB_CPE_PASSWORD"
	lab_cpe device
	# Whatever it is for an instant, is told.
	lab_exec device assocctl notify active Device.ManagementServer.UDPConnectionRequestAddress
	lab_cpe_set device UDPConnectionRequestAddressNotificationLimit=0
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
	PCAP=$BATS_TEST_TMPDIR/$BATS_TEST_NUMBER.pcap
	# As in the beginning, and the port that it had is free again.
	stun_off
	lab_nat_restart nat
	recorded=$(lab_peer_count internet '.event == "binding"')
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
}

# stun [NAME=VALUE...]: on, with a short fixed period, unless told otherwise.
stun()
{
	lab_cpe_stun device STUNMinimumKeepAlivePeriod=2 STUNMaximumKeepAlivePeriod=2 "$@"
}

stun_off()
{
	lab_cpe_set device STUNEnable=0
}

# asked CONDITION [TIMES]: has the peer seen so many (1) such requests?
asked()
{
	[ "$(lab_peer_count internet ".event == \"request\" and ($1)")" -ge "${2:-1}" ]
}

# asks_again [CONDITION [TIMES]]: the peer sees more of them.
asks_again()
{
	local condition=${1:-true}
	lab_until 20 asked "$condition" $(($(lab_peer_count internet ".event == \"request\" and ($condition)") + ${2:-1}))
}

# requests FILTER: of such Binding Requests of the capture: port, attributes, their lengths.
requests()
{
	lab_packets "$PCAP" "classicstun.type == 1 && ($1)" udp.srcport classicstun.att.type classicstun.att.length
}

# wakes [TO]: a request that the server sends to the binding wakes the agent.
wakes()
{
	lab_cpe_wakes device internet "${1:-$LAB_CPE_USER}"
}

# recorded_is ADDRESS: is that the binding that the peer recorded last, in this test?
recorded_is()
{
	[ "$(lab_peer_count internet '.event == "binding"')" -gt "$recorded" ] && [ "$(lab_peer_saw internet 'select(.event == "binding") | .address' | tail -n 1)" = "$1" ]
}

@test "BD_1 BD_3 CB_5 D2_1: with STUN off the local address is told, with it on the public one" {
	lab_cpe_is device $BEHIND:7547 false
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	stun_off
	lab_until 10 lab_cpe_is device $BEHIND:7547 false
	# Nothing more is sent.
	seen=$(lab_peer_count internet true)
	sleep 3
	[ "$(lab_peer_count internet true)" = "$seen" ]
}

@test "BD_2 CB_1 CB_2 CB_3 BD_6: what is and what is not in the messages, as captured" {
	lab_capture_udp device eth0 "$PCAP" 'port 3478'
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	asks_again true 2
	stun_off
	lab_capture_stop device "$PCAP"
	# The first one asks for nothing but the binding, the next one tells that it is new, others do not.
	[ "$(requests frame | sed -n 1p)" = $'7547\t0xc001,0x0006\t20,8' ]
	[ "$(requests frame | sed -n 2p)" = $'7547\t0xc001,0xc002,0x0006\t20,0,8' ]
	[ "$(requests frame | tail -n +3 | sort -u)" = $'7547\t0xc001,0x0006\t20,8' ]
	[ "$(lab_packets "$PCAP" 'classicstun.type == 1' classicstun.att.connection_request_binding | sort -u)" = 'dslforum.org/TR-111 ' ]
	# Each has a transaction ID of its own, unlike any other.
	[ "$(lab_packets "$PCAP" 'classicstun.type == 1' classicstun.id | sort | uniq -d)" = '' ]
}

@test "CB_2 CB_4: without STUNUsername there is no USERNAME; one of nine characters is filled up with spaces" {
	lab_capture_udp device eth0 "$PCAP" 'port 3478'
	stun STUNUsername=
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	asks_again '.username == ""'
	stun STUNUsername=CPE576891
	asks_again '.username == "CPE576891"' 2
	stun_off
	lab_capture_stop device "$PCAP"
	[ "$(requests '!(classicstun.att.type == 6) && !(classicstun.att.type == 0xc002)' | sort -u)" = $'7547\t0xc001\t20' ]
	[ "$(requests 'classicstun.att.type == 6 && !(classicstun.att.type == 0xc002)' | sort -u)" = $'7547\t0xc001,0x0006\t20,12' ]
	lab_packets "$PCAP" 'classicstun.att.type == 6' classicstun.att.value | grep -q 435045353736383931202020
}

@test "BD_5 BD_6 AS_1: MESSAGE-INTEGRITY is sent in answer to a 401 only, in a new transaction; the server records the binding once" {
	lab_peer internet demand change
	lab_capture_udp device eth0 "$PCAP" 'port 3478'
	stun
	lab_until 10 recorded_is $PUBLIC:7547
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	asks_again true 2
	stun_off
	lab_capture_stop device "$PCAP"
	[ "$(requests 'classicstun.att.type == 8')" = $'7547\t0xc001,0xc002,0x0006,0x0008\t20,0,8,20' ]
	[ "$(requests 'classicstun.att.type == 0xc002' | wc -l)" = 2 ]
	[ "$(lab_packets "$PCAP" 'classicstun.att.type == 0xc002' classicstun.id | sort -u | wc -l)" = 2 ]
	[ "$(lab_packets "$PCAP" 'classicstun.type == 0x0111' classicstun.att.error.class classicstun.att.error)" = $'4\t1' ]
	[ "$(lab_peer_count internet '.event == "binding"')" = $((recorded + 1)) ]
	lab_peer internet demand none
}

@test "CB_4: a BINDING-CHANGE that is not answered is sent in nine equal copies, at RFC 3489's times, and not again" {
	changes=$(lab_peer_count internet '.change == 1')
	lab_peer internet mute change
	lab_capture_udp device eth0 "$PCAP" 'port 3478'
	stun
	# It goes on with others.
	lab_until 20 asked '.change == 1' $((changes + 9))
	asks_again '.change == 0' 2
	stun_off
	lab_capture_stop device "$PCAP"
	lab_peer internet mute off
	local change='classicstun.att.type == 0xc002'
	[ "$(lab_packets "$PCAP" "$change" udp.payload | sort | uniq -c | awk '{ print $1 }')" = 9 ]
	# Each when it is due or, on a busy machine, a little later.
	lab_packets "$PCAP" "$change" frame.time_epoch | awk '
		BEGIN { split("0 0.1 0.3 0.7 1.5 3.1 4.7 6.3 7.9", due) }
		NR == 1 { first = $1 }
		$1 - first < due[NR] - 0.05 || $1 - first > due[NR] + 0.3 { print NR, $1 - first; exit 1 }'
}

@test "BD_5 BD_8: forged answers from the server's own address are not believed" {
	lab_peer internet lie on
	# Without integrity: of another transaction.
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	asks_again true 2
	lab_cpe_is device $PUBLIC:7547 true
	stun_off
	# With it: unsigned, wrongly signed.
	lab_peer internet demand all
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	asks_again '.authentic == 1' 2
	lab_cpe_is device $PUBLIC:7547 true
	lab_peer internet lie off
	lab_peer internet demand none
	lab_not lab_logged device events 203.0.113.66
	wakes
}

@test "BD_8: of answers that contradict each other none is used" {
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	lab_peer internet contradict on
	asks_again true 2
	lab_cpe_is device $PUBLIC:7547 true
	lab_not lab_logged device events 203.0.113.66
	lab_peer internet contradict off
	asks_again true 2
	lab_until 30 lab_cpe_is device $PUBLIC:7547 true
}

@test "BD_8: who is not the server is not believed, and does not hinder the answer" {
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	# On the LAN, where no NAT is between: to the port, of no transaction.
	for _ in 1 2 3; do
		xxd -r -p <<< 01010024000102030405060708090a0b0c0d0e0f0001000800011a0acb0071420004000800010d96cb0071050005000800010d97cb007106 |
			lab_net nat socat -u - UDP4:$BEHIND:7547
	done
	asks_again true 2
	lab_cpe_is device $PUBLIC:7547 true
	lab_not lab_logged device events 203.0.113.66
}

@test "BD_4 CB_3 CB_5 AS_2: a NAT that restarts gives another port: it is told at once, recorded, and a request gets there" {
	lab_peer internet demand change
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	lab_until 10 recorded_is $PUBLIC:7547
	wakes
	lab_until 20 port_is_taken
	lab_until 10 recorded_is "$address"
	wakes
	lab_peer internet demand none
}

# After a restart the NAT gives the port to whoever comes first.
port_is_taken()
{
	lab_nat_restart nat
	lab_peer internet hex $PUBLIC:7547 1 00
	sleep 2.5
	is_on_another_port device
}

# is_on_another_port HOST: the NAT did not keep the port; it is in $address.
is_on_another_port()
{
	address=$(lab_cpe_get "$1" UDPConnectionRequestAddress)
	[[ $address = $PUBLIC:* && $address != $PUBLIC:7547 ]]
}

@test "BD_4 CB_5 CB_6: a NAT that has another public address is followed, and the manager is told" {
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	lab_nat_move nat 198.51.100.9/24
	lab_until 10 lab_cpe_is device 198.51.100.9:7547 true
	lab_until 5 lab_logged device events '"value":"198.51.100.9:7547"'
	wakes 198.51.100.9:7547
	lab_nat_move nat $PUBLIC/24
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	wakes $PUBLIC:7547
}

@test "BD_7: another local address is noticed at once, whatever the period" {
	lab_behind mover nat 192.0.2.30/24
	lab_cpe mover
	lab_cpe_stun mover STUNMinimumKeepAlivePeriod=600 STUNMaximumKeepAlivePeriod=600
	lab_until 10 lab_cpe_is mover $PUBLIC:7547 true
	lab_readdress mover 192.0.2.31/24 192.0.2.1
	# The old one still has the port.
	lab_until 10 is_on_another_port mover
	lab_cpe_request internet "$address"
	lab_until 5 lab_cpe_woken_is mover 1
	lab_host_stop mover
}

@test "BD_3 CB_5: without a NAT there is none detected, and a request from anywhere gets there" {
	lab_public public internet 198.51.100.20
	lab_cpe public
	lab_cpe_stun public STUNMinimumKeepAlivePeriod=2 STUNMaximumKeepAlivePeriod=2
	asks_again '.from == "198.51.100.20:7547"' 2
	lab_cpe_is public 198.51.100.20:7547 false
	echo "$LAB_CPE_PASSWORD" | lab_exec internet assocctl request 198.51.100.20:7547 --user "$LAB_CPE_USER" --password-file -
	lab_until 5 lab_cpe_woken_is public 1
	lab_host_stop public
}

@test "BD_3 CB_5 AS_2: behind two NATs it is the outer address, and a request passes both" {
	lab_nat inner nat 192.0.2.20/24 192.0.2.1 10.0.0.1/24
	lab_behind nested inner 10.0.0.10/24 10.0.0.1
	lab_cpe nested
	stun_off
	lab_nat_restart nat
	lab_cpe_stun nested STUNMinimumKeepAlivePeriod=2 STUNMaximumKeepAlivePeriod=2
	lab_until 10 lab_cpe_is nested $PUBLIC:7547 true
	lab_cpe_request internet $PUBLIC:7547
	lab_until 5 lab_cpe_woken_is nested 1
	lab_host_stop nested
	lab_host_stop inner
}

@test "BD_1: with an empty STUNServerAddress the host of the manager's URL is asked; names are asked again after a failure" {
	lab_names internet acs.example="$LAB_SERVER"
	lab_write device /etc/resolv.conf <<< "nameserver $LAB_SERVER"
	lab_cpe_set device URL=http://acs.example:7547/acs
	stun STUNServerAddress=
	lab_until 15 lab_cpe_is device $PUBLIC:7547 true
	# The name moves.
	lab_kill internet dnsmasq
	lab_kill internet stun_peer
	lab_exec internet rm /run/stun_peer
	lab_stun_peer internet "$LAB_SERVER_2"
	lab_names internet acs.example="$LAB_SERVER_2"
	lab_until 40 asked '.from == "198.51.100.1:7547"'
	lab_kill internet dnsmasq
	lab_kill internet stun_peer
	stun_off
}

# keeps PHASE PERIOD: is that how the binding is kept?
keeps()
{
	[ "$(lab_exec device assocctl --json stun | jq -r '.keepalive | "\(.phase) \(.period_ms)"')" = "$*" ]
}

@test "BD_8 KA_5: coturn and Debian's stun-server do; coturn without compatibility does with stun.dialect auto" {
	lab_kill internet stun_peer
	lab_coturn internet
	# What it ignores is recognised.
	stun STUNMaximumKeepAlivePeriod=-1
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	lab_until 30 keeps fallback 2000
	lab_kill internet coturn
	stun_off
	lab_stund internet
	stun
	lab_until 10 lab_cpe_is device $PUBLIC:7547 true
	lab_kill internet stund
	stun_off
	lab_coturn internet --no-stun-backward-compatibility
	stun
	sleep 3
	lab_cpe_is device $BEHIND:7547 false
	lab_bridge_stop device
	lab_cpe device '{"stun.dialect": "auto"}'
	lab_until 40 lab_cpe_is device $PUBLIC:7547 true
}
