#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# UDP connection requests at a device without NAT: what a manager sends, and what others send beside it.
# Each forgery is followed by a genuine request, which it must not have hindered. nat_binding.bats has those that pass a NAT.
bats_require_minimum_version 1.5.0

DEVICE=198.51.100.20:7547

setup_file()
{
	export TMPDIR=$BATS_FILE_TMPDIR
	load lab.sh
	lab_start
	lab_internet_peer internet
	lab_public device internet 198.51.100.20
	lab_cpe device
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
	woken=$(lab_cpe_woken device)
	# Beyond what was accepted before, at other tests' time of day too.
	ts=$(($(date +%s) + BATS_TEST_NUMBER * 1000))
	id=$((BATS_TEST_NUMBER * 100))
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
}

# request COPIES TS ID [UN [KEY]]: from the manager's STUN server.
request()
{
	lab_cpe_request internet "$DEVICE" "$@"
}

# is_woken TIMES: so often in this test?
is_woken()
{
	lab_cpe_woken_is device $((woken + $1))
}

# judged NAME COMMAND...: the command makes the device's count of that verdict rise.
judged()
{
	local name=$1 before
	shift
	before=$(lab_verdict device "$name")
	"$@"
	lab_until 5 counted_more "$name" "$before"
}

counted_more()
{
	[ "$(lab_verdict device "$1")" -gt "$2" ]
}

# A genuine request wakes the agent, once.
genuine_wakes()
{
	request 3 "$1" "$2"
	lab_until 5 is_woken "${3:-1}"
}

# stranger TEXT: printf's escapes, from elsewhere.
stranger()
{
	# shellcheck disable=SC2059
	printf "$1" | lab_net internet socat -u - "UDP4:$DEVICE,bind=$LAB_STRANGER:4444"
}

@test "CR_9: requests are taken from any address and port" {
	echo "$LAB_CPE_PASSWORD" | lab_exec internet assocctl request "$DEVICE" --user "$LAB_CPE_USER" --password-file -
	lab_until 5 is_woken 1
	lab_status device .connection.last_accepted | grep -qE '^[0-9]+$'
}

@test "CR_1 CR_5 CR_10: with STUN off, a request in three copies wakes the agent once" {
	lab_cpe_is device "$DEVICE" false
	copies=$(lab_verdict device copy)
	genuine_wakes "$ts" "$id"
	lab_until 5 lab_verdict device copy $((copies + 2))
	is_woken 1
}

@test "CR_3 CR_5: copies of old requests wake nobody and are not remembered" {
	genuine_wakes "$ts" "$id"
	judged old request 1 $((ts - 1)) $((id + 1))
	judged old request 1 "$ts" $((id + 2))
	judged same_id request 1 $((ts + 2)) "$id"
	judged copy request 1 "$ts" "$id"
	is_woken 1
	genuine_wakes $((ts + 1)) $((id + 3)) 2
}

@test "CR_4 CR_8: a forged request with the greatest timestamp does not hinder the next genuine one" {
	judged bad_signature request 100 18446744073709551615 18446744073709551615 "$LAB_CPE_USER" guess
	judged bad_signature request 1 $((ts + 1)) $((id + 1)) "$LAB_CPE_USER" x
	judged other_user request 1 18446744073709551615 $((id + 2)) CPE57680 "$LAB_CPE_PASSWORD"
	genuine_wakes "$ts" $((id + 3))
	is_woken 1
}

@test "CR_2 CR_3 CR_9: what breaks a rule of HTTP or TR-111 is counted by what it breaks, and nothing is answered" {
	lab_capture_udp device eth0 "$BATS_TEST_TMPDIR/device.pcap"
	judged method stranger 'POST http://a?ts=1&id=1&un=a&cn=b&sig=c HTTP/1.1\r\nHost: a\r\n\r\n'
	judged version stranger 'GET http://a?ts=1&id=1&un=a&cn=b&sig=c HTTP/1.0\r\nHost: a\r\n\r\n'
	judged uri stranger 'GET /?ts=1&id=1&un=a&cn=b&sig=c HTTP/1.1\r\nHost: a\r\n\r\n'
	judged host stranger 'GET http://a?ts=1&id=1&un=a&cn=b&sig=c HTTP/1.1\r\n\r\n'
	judged fragment stranger 'GET http://a?ts=1#x HTTP/1.1\r\nHost: a\r\n\r\n'
	judged bare_lf stranger 'GET http://a?ts=1 HTTP/1.1\nHost: a\n\n'
	judged missing_key stranger 'GET http://a?ts=1 HTTP/1.1\r\nHost: a\r\n\r\n'
	judged repeated_key stranger 'GET http://a?ts=1&ts=1 HTTP/1.1\r\nHost: a\r\n\r\n'
	judged dropped stranger '\377\000nonsense'
	# STUN, with nobody asked.
	stranger '\001\001\000\000'
	genuine_wakes "$ts" "$id"
	lab_capture_stop device "$BATS_TEST_TMPDIR/device.pcap"
	lab_captured "$BATS_TEST_TMPDIR/device.pcap" 'ip.dst == 198.51.100.20 && udp.dstport == 7547'
	lab_not lab_captured "$BATS_TEST_TMPDIR/device.pcap" 'ip.src == 198.51.100.20'
	is_woken 1
}

@test "CR_7: over kill -9 and a start the last request stays the last, and a later one is taken" {
	genuine_wakes "$ts" "$id"
	lab_bridge_stop device KILL
	lab_until 5 lab_not lab_running device events
	lab_bridge_start device
	# What nobody acknowledged is told again.
	lab_cpe_watch device
	lab_until 5 lab_cpe_woken_is device 1
	judged copy request 1 "$ts" "$id"
	judged old request 1 $((ts - 1)) $((id + 1))
	request 3 $((ts + 1)) $((id + 2))
	lab_until 5 lab_cpe_woken_is device 2
	lab_verdict device accepted 1
}

@test "CR_1: a device that has another address is reached there" {
	lab_readdress device 198.51.100.21/24 "$LAB_SERVER"
	DEVICE=198.51.100.21:7547
	lab_until 10 lab_cpe_is device 198.51.100.21:7547 false
	genuine_wakes "$ts" "$id"
}
