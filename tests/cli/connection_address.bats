#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154,SC2034,SC2030,SC2031,SC2016 # top_builddir comes from make check; some variables are the
# helper's; each test is a process of its own; what is evaluated again and again stands in single quotes
# At which address the ACS reaches this host: the real daemon in a network namespace of its own, without NAT.

load assocctl_helper

setup()
{
	needs_root "make a network namespace"
	ctl_setup
	MS=Device.ManagementServer
	NS=assoc-address-$$-$BATS_TEST_NUMBER
	ip netns add "$NS"
	inside ip link set lo up
	RUNNER="ip netns exec $NS"
	UDP_PORT=7547
}

teardown()
{
	ctl_teardown
	[ -z "${NS-}" ] || ip netns delete "$NS"
}

inside()
{
	ip netns exec "$NS" "$@"
}

# interface NAME ADDRESS/LENGTH
interface()
{
	inside ip link add "$1" type veth peer name "$1-peer"
	inside ip link set "$1-peer" up
	inside ip link set "$1" up
	inside ip address add "$2" dev "$1"
}

value()
{
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" get "$1" | sed 's/^[^=]*=//'
}

has_value()
{
	[ "$(value "$1")" = "$2" ]
}

shows()
{
	has_value "$MS.UDPConnectionRequestAddress" "$1"
}

write()
{
	ctl -s "$SOCKET" set "$@"
	expect 0 "" ""
}

watch_start()
{
	ctl -s "$SOCKET" notify active "$MS.UDPConnectionRequestAddress" "$MS.NATDetected"
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" watch >"$T/events" 2>/dev/null 3>&- &
	echo $! >"$T/watch.pid"
}

told()
{
	diff -u <(for value; do echo "$value"; done) <(sed "s/^[0-9]* active $MS.//" "$T/events")
}

daemon_end()
{
	kill "$1" "$(cat "$T/daemon.pid")"
	wait "$(cat "$T/daemon.pid")" || [ "$1" = -KILL ]
}

# What the daemon's STUN client is at.
stun()
{
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" stun --json | jq -r "$1"
}

stun_is()
{
	[ "$(stun .state)" = "$1" ]
}

# A STUN server at 192.0.2.1, and at .2, which it names as its other address.
server_start()
{
	needs stund jq
	inside ip address add 192.0.2.1/24 dev lo
	inside ip address add 192.0.2.2/24 dev lo
	# The very process, no subshell before it: what is killed in the end is the server.
	ip netns exec "$NS" stund -h 192.0.2.1 -a 192.0.2.2 >"$T/stund.log" 2>&1 3>&- &
	echo $! >"$T/stund.pid"
	until_true eval 'inside ss -Huln "sport = 3478" | grep -q 192.0.2.1'
}

@test "CB_5 D2_1: without STUN it is the local address of the default route, and follows it" {
	daemon_start device
	watch_start
	shows ""
	interface lan 192.0.2.5/24
	shows ""
	inside ip route add default via 192.0.2.254
	until_true shows 192.0.2.5:7547
	inside ip address add 192.0.2.6/24 dev lan
	inside ip route replace default via 192.0.2.254 src 192.0.2.6
	until_true shows 192.0.2.6:7547
	has_value "$MS.NATDetected" false
	inside ip address flush dev lan
	inside ip address add 192.0.2.9/24 dev lan
	inside ip route replace default via 192.0.2.254
	until_true shows 192.0.2.9:7547
	until_true told UDPConnectionRequestAddress=192.0.2.5:7547 UDPConnectionRequestAddress=192.0.2.6:7547 UDPConnectionRequestAddress=192.0.2.9:7547
}

@test "CB_5: of several it is the one that leads to the ACS, for a gateway too" {
	MS=InternetGatewayDevice.ManagementServer
	interface lan 192.0.2.5/24
	interface wan 198.51.100.5/24
	inside ip route add default via 192.0.2.254
	daemon_start gateway
	until_true shows 192.0.2.5:7547
	write "$MS.URL=http://user:pass@198.51.100.9:7548/acs?a=b"
	shows 198.51.100.5:7547
	write "$MS.URL=http://[2001:db8::1]/"
	shows 192.0.2.5:7547
}

@test "CB_5: port 80 is left out, and an address that is configured is the one" {
	interface lan 192.0.2.5/24
	inside ip address add 192.0.2.6/24 dev lan
	UDP_PORT=80 MORE=', "udp-address": "192.0.2.6"'
	daemon_start device
	shows 192.0.2.6
}

@test "an address that is configured may come later" {
	MORE=', "udp-address": "192.0.2.6"'
	daemon_start device
	shows ""
	interface lan 192.0.2.6/24
	until_true shows 192.0.2.6:7547
	write "$MS.ConnectionRequestUsername=u" "$MS.ConnectionRequestPassword=p"
	printf p >"$T/password"
	inside "$top_builddir/dm-bridge/assocctl" request 192.0.2.6:7547 --user u --password-file "$T/password"
	until_true eval '"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" status | grep -q "1 accepted, 2 copy"'
}

@test "CB_6: changes that come faster than the limit are told as one when it ends" {
	interface lan 192.0.2.5/24
	inside ip route add default via 192.0.2.254
	daemon_start device
	until_true shows 192.0.2.5:7547
	write "$MS.UDPConnectionRequestAddressNotificationLimit=4"
	watch_start
	for i in 6 7 8; do
		inside ip address add "192.0.2.$i/24" dev lan
		inside ip route replace default via 192.0.2.254 src "192.0.2.$i"
		until_true shows "192.0.2.$i:7547"
	done
	told UDPConnectionRequestAddress=192.0.2.6:7547
	until_true told UDPConnectionRequestAddress=192.0.2.6:7547 UDPConnectionRequestAddress=192.0.2.8:7547
}

@test "BD_1 BD_2 BD_3: STUN goes from that very port to the server, and to the ACS's host if there is none; set takes effect at once" {
	server_start
	daemon_start device
	watch_start
	stun_is disabled
	write "$MS.STUNServerAddress=192.0.2.1" "$MS.STUNMinimumKeepAlivePeriod=2" "$MS.STUNEnable=1"
	until_true stun_is bound
	[ "$(stun .server)" = 192.0.2.1:3478 ]
	[ "$(stun .mapped)" = 192.0.2.1:7547 ]
	shows 192.0.2.1:7547
	has_value "$MS.NATDetected" false
	grep -qx 'dm-bridge: STUN server 192.0.2.1:3478: bound to 192.0.2.1:7547' "$T/log"
	write "$MS.STUNServerPort=9999"
	until_true stun_is discovering
	[ "$(stun .server)" = 192.0.2.1:9999 ]
	grep -qx 'dm-bridge: STUN server 192.0.2.1:9999: discovering' "$T/log"
	write "$MS.STUNServerPort=3478" "$MS.STUNServerAddress=" "$MS.URL=https://192.0.2.1/"
	until_true stun_is bound
	write "$MS.STUNServerAddress=no such name"
	# Nothing leads to no name, and no default route into the world.
	until_true stun_is no-route
	write "$MS.STUNEnable=0"
	stun_is disabled
	told UDPConnectionRequestAddress=192.0.2.1:7547
}

@test "KA_2 KA_5: the second port is open only while a probe needs it" {
	server_start
	daemon_start device
	ports() { inside ss -Hulnp | grep -c "pid=$(cat "$T/daemon.pid"),"; }
	[ "$(ports)" = 1 ]
	write "$MS.STUNServerAddress=192.0.2.1" "$MS.STUNMinimumKeepAlivePeriod=2" "$MS.STUNEnable=1"
	until_true eval '[ "$(stun .counters.probes)" -gt 0 ]'
	[ "$(ports)" = 2 ]
	until_true eval '[ "$(stun .keepalive.alive_ms)" != null ]'
}

@test "D2_1: a restart is no news of the address" {
	server_start
	daemon_start device
	write "$MS.STUNServerAddress=192.0.2.1" "$MS.STUNMinimumKeepAlivePeriod=2" "$MS.STUNEnable=1"
	until_true stun_is bound
	watch_start
	daemon_end -KILL
	daemon_start device
	until_true stun_is bound
	watch_start
	write "$MS.URL=x"
	write "$MS.STUNEnable=0"
	told
}

@test "a name server that does not answer holds nobody up, not even the end" {
	interface lan 192.0.2.5/24
	inside ip route add default via 192.0.2.254
	inside ip neighbour replace 192.0.2.254 lladdr 02:00:00:00:00:fe dev lan
	echo 'nameserver 192.0.2.254' >"$T/resolv.conf"
	printf '#!/bin/sh\nmount --bind "%s" /etc/resolv.conf\nexec "$@"\n' "$T/resolv.conf" >"$T/runner"
	chmod +x "$T/runner"
	RUNNER="ip netns exec $NS unshare -m $T/runner"
	daemon_start device
	write "$MS.STUNServerAddress=stun.example" "$MS.STUNEnable=1"
	SECONDS=0
	write "$MS.STUNUsername=u"
	stun_is unresolved
	daemon_end -TERM
	[ "$SECONDS" -lt 4 ]
	[ ! -e "$SOCKET" ]
	grep -q 'sequence=' "$T/state.mark"
	[ "$(tail -n 1 "$T/log")" = "dm-bridge: Terminated: stopping" ]
}
