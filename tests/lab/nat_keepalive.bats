#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# How long a kernel NAT's binding lives is found out in real time, and a request arrives after minutes of silence.
# Three devices behind three NATs do so side by side: one whose datagrams all arrive, one that loses every hundredth, and one whose
# manager gives a fixed period. They are started by setup_file; each test waits for what it is about.
bats_require_minimum_version 1.5.0

# What a binding lives: until it has been answered for more than 2 s, then.
NEW=30
USED=12
# Of the third device; the NAT allows more.
SILENCE=150

setup_file()
{
	export TMPDIR=$BATS_FILE_TMPDIR
	load lab.sh
	lab_start
	lab_internet_peer internet
	lab_peer internet honour on
	start still 1 $((SILENCE + 60)) $((SILENCE + 60))
	lab_cpe_stun still STUNUsername= STUNMinimumKeepAlivePeriod=$SILENCE STUNMaximumKeepAlivePeriod=$SILENCE
	lab_until 10 lab_cpe_is still 198.51.100.11:7547 true
	date +%s > "$BATS_FILE_TMPDIR/silent-since"
	start clean 2 $NEW $USED
	lab_capture_udp clean eth0 "$BATS_FILE_TMPDIR/clean.pcap" 'port 3478'
	lab_cpe_stun clean STUNMinimumKeepAlivePeriod=2
	start lossy 3 $NEW $USED
	lab_nat_loss lossy-nat 1
	lab_cpe_stun lossy STUNMinimumKeepAlivePeriod=2
}

# start NAME NUMBER NEW USED: a device, its NAT, and the seconds that a binding lives there.
start()
{
	lab_nat "$1-nat" internet "198.51.100.1$2/24"
	lab_nat_timeouts "$1-nat" "$3" "$4"
	lab_behind "$1" "$1-nat"
	lab_cpe "$1"
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
}

teardown()
{
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		for host in clean lossy still; do
			lab_exec "$host" assocctl stun >&2 || :
		done
		lab_dump_logs
	fi
}

# stun HOST FILTER: what jq finds in what dm-bridge says of the binding.
stun()
{
	lab_exec "$1" assocctl --json stun | jq -r "$2"
}

is_monitoring()
{
	[ "$(stun "$1" .keepalive.phase)" = monitoring ]
}

# found_out HOST: the period is known, is at least 75 % of what a used binding lives, and not above.
found_out()
{
	lab_until 240 is_monitoring "$1"
	local period
	period=$(stun "$1" .keepalive.period_ms)
	echo "# $1: found $period ms of $((USED * 1000)), in $(stun "$1" .counters.probes) probes and $(stun "$1" .counters.requests) requests" >&3
	[ "$period" -ge $((USED * 750)) ]
	[ "$period" -le $((USED * 1000)) ]
}

# wakes HOST: a request that is sent to its binding wakes the agent.
wakes()
{
	lab_cpe_wakes "$1" internet "$(lab_cpe_get "$1" UDPConnectionRequestAddress)"
}

# from_primary NUMBER: of the requests that the peer has seen of that NAT's binding: how many.
from_primary()
{
	lab_peer_count internet ".event == \"request\" and .binding == 1 and (.from | startswith(\"198.51.100.1$1:\"))"
}

@test "KA_2 KA_4: the period that is found is at least 75 % of the truth, and never above it" {
	found_out clean
}

@test "KA_2 KA_4: so it is with 1 % of the datagrams lost" {
	found_out lossy
}

@test "KA_1 KA_2: while it is kept so, the binding stays, and just before a refresh a request still gets in" {
	before=$(stun clean .counters.rebinds)
	seen=$(from_primary 2)
	lab_until 30 more_from_primary 2 "$seen"
	period=$(stun clean .keepalive.period_ms)
	sleep $((period / 1000 - 1))
	wakes clean
	[ "$(stun clean .counters.rebinds)" = "$before" ]
}

more_from_primary()
{
	[ "$(from_primary "$1")" -gt "$2" ]
}

@test "KA_1 KA_3 CB_1: requests from the primary port are at least the minimum apart; what probes are and are not, as captured" {
	lab_capture_stop clean "$BATS_FILE_TMPDIR/clean.pcap"
	lab_packets "$BATS_FILE_TMPDIR/clean.pcap" 'classicstun.type == 1 && udp.srcport == 7547 && !(classicstun.att.type == 0xc002)' \
		frame.time_epoch classicstun.id | awk '!seen[$2]++ { if (last && $1 - last < 1.9) { print; exit 1 } last = $1 }'
	lab_packets "$BATS_FILE_TMPDIR/clean.pcap" 'classicstun.type == 1 && udp.srcport != 7547' classicstun.att.type |
		sort -u > "$BATS_TEST_TMPDIR/probes"
	[ "$(cat "$BATS_TEST_TMPDIR/probes")" = 0x0002,0x0003 ]
	# They name what the server saw of the primary port.
	lab_packets "$BATS_FILE_TMPDIR/clean.pcap" 'classicstun.att.type == 2' classicstun.att.ipv4 classicstun.att.port |
		awk '$1 !~ /^198\.51\.100\.12/ { exit 1 }'
}

@test "KA_1 AS_2: after minutes of silence a request from the server's port still gets in" {
	lab_until $((SILENCE + 10)) nearly_over
	wakes still
	# The first one, and that with BINDING-CHANGE.
	[ "$(lab_peer_count internet '.event == "request" and (.from | startswith("198.51.100.11:"))')" = 2 ]
	silent=$(($(date +%s) - $(cat "$BATS_FILE_TMPDIR/silent-since")))
	echo "# silent for $silent s before the request" >&3
	[ "$silent" -ge 120 ]
}

nearly_over()
{
	[ "$(stun still .next_ms)" -lt 8000 ]
}
