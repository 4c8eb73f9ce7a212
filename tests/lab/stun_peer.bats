#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lab's STUN peers and NATs by themselves, without dm-bridge: what the other tests build on. Datagrams are made by hand.
bats_require_minimum_version 1.5.0

# Transaction 000102...0f, user CPE57689, password "password".
ID=000102030405060708090a0b0c0d0e0f
BINDING=c001001464736c666f72756d2e6f72672f54522d31313120
CHANGE=c0020000
USERNAME=000600084350453537363839
V1=00010018$ID$BINDING
V3=00010028$ID$BINDING$CHANGE$USERNAME
V4=00010040$ID$BINDING$CHANGE${USERNAME}00080014ddd143f9bffb640190debbe388eb60fee21da6d5

setup_file()
{
	export TMPDIR=$BATS_FILE_TMPDIR
	load lab.sh
	lab_start
	lab_internet_peer internet
	lab_nat nat internet 198.51.100.1/24
	lab_behind device nat
	lab_nat_timeouts nat 30 60
	lab_peer internet user CPE57689 password
}

teardown_file()
{
	load lab.sh
	lab_stop
}

setup()
{
	load lab.sh
}

# ask HEX [PORT [SERVER [SECONDS]]]: what comes in return, as hex.
ask()
{
	xxd -r -p <<< "$1" | lab_net device timeout "${4:-5}" socat -T "${4:-2}" - \
		"UDP4:${3:-$LAB_SERVER:3478},bind=192.0.2.10:${2:-7547},reuseaddr" | xxd -p | tr -d '\n'
}

# answers HEX COMMAND...
answers()
{
	[[ $("${@:2}") = *$1* ]]
}

# mapped PORT: MAPPED-ADDRESS of a host behind the NAT, whose port the NAT keeps.
mapped()
{
	printf '000100080001%04xc6336401' "$1"
}

@test "AS_1: the peer answers with the NAT's public address, and tells what was asked" {
	lab_until 5 answers "$(mapped 7001)" ask "$V1" 7001
	[[ $(ask "$V1" 7001) = 01010024$ID* ]]
	[ "$(lab_peer_count internet '.from == "198.51.100.1:7001" and .binding == 1 and .change == 0 and .integrity == 0')" -ge 1 ]
}

@test "AS_1: a BINDING-CHANGE is answered 401 until it is signed; its binding is recorded once per transaction" {
	lab_peer internet demand change
	[[ $(ask "$V3" 7002) = 0111*$ID*00090*0401* ]]
	[ "$(lab_peer_count internet '.event == "binding"')" = 0 ]
	[[ $(ask "$V1" 7002) = 0101* ]]
	[[ $(ask "$V4" 7002) = 0101003c$ID*00080014* ]]
	[[ $(ask "$V4" 7002) = 0101003c$ID* ]]
	[ "$(lab_peer_saw internet 'select(.event == "binding") | "\(.user) \(.address)"')" = 'CPE57689 198.51.100.1:7002' ]
	lab_peer internet demand all
	[[ $(ask "$V1" 7003) = 0111*0401* ]]
	lab_peer internet demand none
	[[ $(ask "$V3" 7003) = 0101* ]]
}

@test "AS_1: the response's MESSAGE-INTEGRITY is RFC 3489's, with its text padded to 64 bytes" {
	answer=$(ask "$V4" 7002)
	text=$(printf '%s' "${answer%00080014*}" | xxd -r -p | xxd -p | tr -d '\n')
	while [ $((${#text} % 128)) != 0 ]; do
		text+=00
	done
	[ "$(xxd -r -p <<< "$text" | openssl dgst -sha1 -hmac password | sed 's/.* //')" = "${answer##*00080014}" ]
}

@test "AS_1: the other dialects of MESSAGE-INTEGRITY are refused with 431, an unknown user with 430" {
	for mac in 12a17e6e52da56737dc86082ab78f1dda656e2bb c922d0daa17edb3269a3665dbf842b21d3928ac9 \
		ebb4d63c68bfd36c9fd1c8e70c675bd373f77cb5; do
		[[ $(ask "${V4%????????????????????????????????????????}$mac" 7004) = 0111*041f* ]]
	done
	[[ $(ask "${V4/4350453537363839/4350453537363830}" 7004) = 0111*041e* ]]
}

@test "AS_1: what RESPONSE-ADDRESS names is answered only where that is honoured" {
	probe=00010014${ID}0002000800011b71c63364010003000400000000
	lab_peer internet honour off
	[[ $(ask "$probe" 7008) = 0101*$(mapped 7008)* ]]
	lab_peer internet honour on
	[[ $(ask "$V1" 7025) = 0101* ]]
	lab_spawn_net device listener socat -u UDP4-RECV:7025,bind=192.0.2.10,reuseaddr "OPEN:$BATS_TEST_TMPDIR/got,creat"
	lab_until 5 lab_listens device 192.0.2.10:7025
	[ "$(ask "$probe" 7008 "$LAB_SERVER:3478" 1)" = '' ]
	lab_until 5 test -s "$BATS_TEST_TMPDIR/got"
	[[ $(xxd -p "$BATS_TEST_TMPDIR/got" | tr -d '\n') = 0101*$(mapped 7008)* ]]
	lab_kill device listener
}

@test "AS_1: an attribute that must be understood, and is not, is answered 420" {
	[[ $(ask "00010008${ID}7f01000400000000" 7009) = 0111*0414*000a0004* ]]
}

@test "AS_2: a request leaves from the server's own address and port, in identical copies, signed with HMAC-SHA1" {
	lab_capture_udp internet br0 "$BATS_TEST_TMPDIR/requests.pcap" 'port 7777'
	lab_peer internet request 198.51.100.1:7777 3 1120673700 1234 CPE57689 password XTGRWIPC6D3IPXS3
	lab_peer internet hex 198.51.100.1:7777 1 616263
	lab_until 5 lab_captured "$BATS_TEST_TMPDIR/requests.pcap" 'udp.payload == 61:62:63'
	lab_capture_stop internet "$BATS_TEST_TMPDIR/requests.pcap"
	lab_packets "$BATS_TEST_TMPDIR/requests.pcap" 'udp.dstport == 7777 && !(udp.payload == 61:62:63)' ip.src udp.srcport udp.payload |
		sort | uniq -c > "$BATS_TEST_TMPDIR/requests"
	read -r count source port payload < "$BATS_TEST_TMPDIR/requests"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/requests") $count $source $port" = "1 3 $LAB_SERVER 3478" ]
	text='GET http://198.51.100.1:7777?ts=1120673700&id=1234&un=CPE57689&cn=XTGRWIPC6D3IPXS3&sig='
	[[ $(xxd -r -p <<< "${payload//:/}") = "$text"f749ee6d9e3bc469fb709ead2a75ee7535f58552' HTTP/1.1'$'\r\n'* ]]
}

@test "AS_2: a request by a user's name goes to the binding that was recorded of it" {
	lab_peer internet request nobody 1 - - u k
	lab_peer internet request CPE57689 2 - - u k
	lab_until 5 test "$(lab_peer_count internet '.event == "sent" and .to == "198.51.100.1:7002"')" = 1
	[ "$(lab_peer_count internet '.event == "refused" and .to == "nobody"')" = 1 ]
}

@test "a kernel NAT filters by address and port, and forgets all when it is restarted" {
	[[ $(ask "$V1" 7010) = 0101* ]]
	lab_net nat conntrack -L -p udp --orig-port-src 7010 2> /dev/null | grep -q 'dport=7010'
	lab_spawn_net device listener socat -u UDP4-RECV:7010,bind=192.0.2.10,reuseaddr "OPEN:$BATS_TEST_TMPDIR/got,creat"
	lab_until 5 lab_listens device 192.0.2.10:7010
	echo stranger | lab_net internet socat -u - "UDP4:198.51.100.1:7010,bind=$LAB_STRANGER:3478"
	echo other-port | lab_net internet socat -u - "UDP4:198.51.100.1:7010,bind=$LAB_SERVER:3479"
	lab_peer internet hex 198.51.100.1:7010 1 "$(lab_hex 'server;')"
	lab_until 5 grep -q server "$BATS_TEST_TMPDIR/got"
	lab_nat_restart nat
	lab_peer internet hex 198.51.100.1:7010 1 "$(lab_hex 'restarted;')"
	sleep 0.5
	[ "$(cat "$BATS_TEST_TMPDIR/got")" = 'server;' ]
	lab_kill device listener
}

@test "a NAT that moves has its new public address" {
	lab_nat_move nat 198.51.100.9/24
	[[ $(ask "$V1" 7011) = 0101*000100080001*c6336409* ]]
	lab_nat_move nat 198.51.100.1/24
	[[ $(ask "$V1" 7011) = 0101*000100080001*c6336401* ]]
}

@test "Debian's stun-server honours RESPONSE-ADDRESS, coturn does not, and without compatibility it wants the magic cookie" {
	lab_kill internet stun_peer
	lab_stund internet
	[[ $(ask "$V1" 7012) = 0101*$(mapped 7012)* ]]
	probe=00010014${ID}0002000800011b71c63364010003000400000000
	[ "$(ask "$probe" 7013 "$LAB_SERVER:3478" 1)" = '' ]
	lab_kill internet stund
	lab_coturn internet
	[[ $(ask "$V1" 7014) = 0101*$(mapped 7014)* ]]
	[[ $(ask "$probe" 7015) = 0101*$(mapped 7015)* ]]
	lab_kill internet coturn
	lab_coturn internet --no-stun-backward-compatibility
	[ "$(ask "$V1" 7016 "$LAB_SERVER:3478" 1)" = '' ]
	[[ $(ask "000100002112a4420405060708090a0b0c0d0e0f" 7017) = 0101*0020* ]]
}

@test "the Internet has names" {
	lab_names internet stun.example="$LAB_SERVER"
	lab_write device /etc/resolv.conf <<< "nameserver $LAB_SERVER"
	[ "$(lab_exec device getent ahostsv4 stun.example | awk '{ print $1; exit }')" = "$LAB_SERVER" ]
	lab_not lab_exec device getent ahostsv4 other.example
}
