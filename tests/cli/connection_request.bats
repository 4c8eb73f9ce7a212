#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154,SC2034 # top_builddir comes from make check; some variables are the helper's
# UDP connection requests to the real daemon over loopback: what is accepted becomes one event, at once, and is remembered.

load assocctl_helper

setup()
{
	ctl_setup
	needs socat jq
	MS=Device.ManagementServer
	MORE=', "request-interval": 0, "udp-address": "127.0.0.1"'
	printf 'password\n' >"$T/password"
}

teardown()
{
	ctl_teardown
}

# The daemon, with the name and password of the datagrams below.
bridge_start()
{
	daemon_start device
	ctl -s "$SOCKET" set "$MS.ConnectionRequestUsername=CPE57689"
	ctl -s "$SOCKET" set --value-file "$T/password" "$MS.ConnectionRequestPassword"
	expect 0 "" ""
	find_port
}

find_port()
{
	PORT=$(query .connection.listening)
	PORT=${PORT##*:}
}

daemon_end()
{
	kill "-$1" "$(cat "$T/daemon.pid")"
	while kill -0 "$(cat "$T/daemon.pid")" 2>/dev/null; do sleep 0.02; done
}

# query JQ: of status.
query()
{
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" --json status | jq -r "$1"
}

# counted REASON NUMBER
counted()
{
	[ "$(query ".connection.datagrams.$1")" = "$2" ]
}

# datagram TEXT: to the daemon, printf's escapes.
datagram()
{
	# shellcheck disable=SC2059
	printf "$1" | socat -u - "UDP-SENDTO:127.0.0.1:$PORT"
}

watch_start()
{
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" --json watch >"$T/events.$1" 2>/dev/null 3>&- &
	echo $! >"$T/watch$1.pid"
	until_true is_watched "$1"
}

is_watched()
{
	[ "$(query .clients)" -gt "$1" ]
}

# The events that watcher $1 has got: "seq count" of each.
requests()
{
	jq -r 'select(.method == "connection_request") | .params | "\(.seq) \(.count)"' "$T/events.$1" | paste -sd ,
}

# got WATCHER EVENTS
got()
{
	[ "$(requests "$1")" = "$2" ]
}

request()
{
	ctl request "127.0.0.1:$PORT" --user CPE57689 --password-file "$T/password" "$@"
	expect 0 "" ""
}

# Both are of the password "password": as managers of that kind send them.
GENIEACS='GET http://127.0.0.1:18080?ts=1795205944&id=3940233081&un=CPE57689&cn=ddf3f8addb4f7b59&sig=72c8bde78ba5fa86e1b596a313e9a906a064359d HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n'
FREEACS='GET http://198.51.100.1:40000/?ts=1795205950503&id=12904&un=CPE57689&cn=-1305073037605232502&sig=A7E8FD001EAD37F8371E511F29233F85FAB1C40F HTTP/1.1\r\n\r\n'

@test "CR_1 CR_5 CR_10: three copies become one event on every subscriber, with STUN off" {
	bridge_start
	watch_start 1
	watch_start 2
	request
	until_true got 1 "1 1"
	until_true got 2 "1 1"
	until_true counted copy 2
	counted accepted 1
	[ "$(query .connection.last_accepted)" -ge "$(($(date +%s) - 60))" ]
	[ "$(requests 1)" = "1 1" ]
}

@test "CR_9: what GenieACS sends is accepted, and what FreeACS sends if requests without Host are" {
	bridge_start
	watch_start 1
	datagram "$GENIEACS"
	until_true got 1 "1 1"
	datagram "$FREEACS"
	until_true counted host 1
	sed -i 's/"udp-port"/"request-without-host": true, "udp-port"/' "$T/conf"
	kill -HUP "$(cat "$T/daemon.pid")"
	until_true grep -q 'read again' "$T/log"
	# The port is as it was: nothing to open.
	[ "$(grep -c "can't be awaited" "$T/log")" = 0 ]
	datagram "$FREEACS"
	until_true got 1 "1 1,2 2"
}

@test "CR_2 CR_5: what is no request of our ACS is counted, not answered and not remembered" {
	bridge_start
	datagram "${GENIEACS/ts=1795205944/ts=18446744073709551615}"
	until_true counted bad_signature 1
	datagram "${GENIEACS/CPE57689/CPE57680}"
	until_true counted other_user 1
	datagram '\001\001\000\000'
	datagram '{"jsonrpc":"2.0"}'
	until_true counted dropped 1
	head -c 2048 /dev/zero | tr '\0' A >"$T/long"
	printf A >>"$T/long"
	socat -u -b 4096 "OPEN:$T/long" "UDP-SENDTO:127.0.0.1:$PORT"
	until_true counted too_long 1
	[ "$(printf '%b' "$GENIEACS" | sed "s|HTTP/1.1|HTTP/1.0|" | socat -T1 - "UDP:127.0.0.1:$PORT" | wc -c)" = 0 ]
	until_true counted version 1
	datagram "$GENIEACS"
	until_true counted accepted 1
}

@test "CR_5: what nobody was there for is delivered to who comes, with its count, until it is acknowledged" {
	bridge_start
	request --copies 1
	until_true counted accepted 1
	sleep 1.1
	request --copies 1
	until_true counted accepted 2
	watch_start 1
	until_true got 1 "2 2"
	ctl -s "$SOCKET" ack "$(jq -r .params.seq "$T/events.1")"
	expect 0 "" ""
	daemon_end KILL
	daemon_start device
	watch_start 1
	[ "$(requests 1)" = "" ]
}

@test "CR_7: after kill -9 the same request is old, and what was not acknowledged is told again" {
	bridge_start
	datagram "$GENIEACS"
	until_true counted accepted 1
	daemon_end KILL
	daemon_start device
	find_port
	watch_start 1
	until_true got 1 "1 1"
	datagram "$GENIEACS"
	until_true counted copy 1
	counted accepted 0
}

# event_then_kill COMMAND...: a subscriber is there, the command is run, and with the event the daemon is killed, before it
# has got to anything else. The event's number is in $SEQ.
event_then_kill()
{
	local daemon

	daemon=$(cat "$T/daemon.pid")
	mkfifo "$T/fifo"
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" --json watch --since "${last-0}" >"$T/fifo" 2>/dev/null 3>&- &
	exec 8<"$T/fifo"
	until_true is_watched 1
	"$@"
	read -t 20 -r event <&8
	kill -KILL "$daemon"
	exec 8<&-
	rm "$T/fifo"
	wait "$daemon" || :
	SEQ=$(jq .params.seq <<<"$event")
}

@test "CR_5 CR_7: killed in the moment of the event, the daemon has neither forgotten the request nor its number" {
	local last=0

	bridge_start
	for round in 1 2 3 4 5 6; do
		datagram=$(signed_datagram "$round")
		event_then_kill datagram "$datagram"
		[ "$SEQ" -gt "$last" ]
		last=$SEQ
		daemon_start device
		find_port
		datagram "$datagram"
		until_true counted copy 1
		watch_start 1
		until_true grep -q connection_request "$T/events.1"
		[ "$(requests 1)" = "$SEQ $round" ]
	done
	ctl -s "$SOCKET" ack "$SEQ"
	expect 0 "" ""
}

# One with that timestamp, signed with "password".
signed_datagram()
{
	local sig

	sig=$(printf '%s%sCPE57689c' "$1" "$1" | openssl dgst -sha1 -hmac password | sed 's/.* //')
	printf '%s' "GET http://h?ts=$1&id=$1&un=CPE57689&cn=c&sig=$sig HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n"
}

@test "killed in the moment of an event, the daemon tells the change again, under a higher number" {
	daemon_start device
	ctl -s "$SOCKET" notify active Device.GatewayInfo.SerialNumber
	event_then_kill gateway_record eth0 1 00D09E GW-1 HGW
	first=$SEQ
	daemon_start device
	find_port
	watch_start 1
	until_true grep -q GW-1 "$T/events.1"
	[ "$(jq -s '[.[] | select(.params.value == "GW-1") | .params.seq] | max' "$T/events.1")" -ge "$first" ]
	ctl -s "$SOCKET" ack "$first"
	expect 0 "" ""
}

@test "CR_7: the mark alone is enough, and so is the state alone" {
	bridge_start
	datagram "$GENIEACS"
	until_true counted accepted 1
	daemon_end TERM
	mv "$T/state.mark" "$T/mark"
	daemon_start device
	find_port
	datagram "$GENIEACS"
	until_true counted copy 1
	daemon_end TERM
	mv "$T/mark" "$T/state.mark"
	# As if the daemon had died before it wrote the state.
	jq 'del(.last_request) | .sequence = 0 | .requests = 0 | .requests_seq = 0' "$T/state" >"$T/older"
	mv "$T/older" "$T/state"
	daemon_start device
	find_port
	datagram "$GENIEACS"
	until_true counted copy 1
	watch_start 1
	until_true got 1 "1 1"
}

@test "the limit: more requests than are accepted at once are refused, counted and told of in one line" {
	MORE=', "request-burst": 2, "request-interval": 86400, "udp-address": "127.0.0.1"'
	bridge_start
	for _ in 1 2 3 4; do
		request --copies 1
		sleep 1.1
	done
	until_true counted limited 2
	counted accepted 2
	[ "$(grep -c 'refused: limited' "$T/log")" = 1 ]
}

@test "CR_8: without a ConnectionRequestPassword nothing is accepted" {
	daemon_start device
	find_port
	: >"$T/empty"
	ctl request "127.0.0.1:$PORT" --user '' --password-file "$T/empty"
	expect 0 "" ""
	until_true counted no_password 3
	counted accepted 0
}

@test "a port that is in use is one clear line and status 1" {
	bridge_start
	sed -e "s/\"udp-port\": 0/\"udp-port\": $PORT/" -e "s|$SOCKET|$T/other|" -e "s|$T/state|$T/other.state|" "$T/conf" >"$T/conf2"
	CTL_STATUS=0
	"$top_builddir/dm-bridge/dm-bridge" -c "$T/conf2" >"$T/out" 2>"$T/err" || CTL_STATUS=$?
	expect 1 "" "dm-bridge: udp-port 127.0.0.1:$PORT: connection requests can't be awaited: Address already in use"
}

# The port that the socat of $T/socat.pid has.
taken_is_known()
{
	taken=$(ss -Hulnp | sed -n "s/.*127\.0\.0\.1:\([0-9]*\) .*pid=$(cat "$T/socat.pid"),.*/\1/p")
	[ -n "$taken" ]
}

listens_on()
{
	find_port
	[ "$PORT" = "$1" ]
}

@test "HUP moves to another port, and stays where it was if that is in use" {
	bridge_start
	old=$PORT
	socat -u UDP-RECV:0,bind=127.0.0.1 - >"$T/taken" 3>&- &
	echo $! >"$T/socat.pid"
	until_true taken_is_known
	sed -i "s/\"udp-port\": 0/\"udp-port\": $taken/" "$T/conf"
	kill -HUP "$(cat "$T/daemon.pid")"
	until_true grep -q 'read again' "$T/log"
	grep -qF "udp-port 127.0.0.1:$taken: connection requests can't be awaited: Address already in use" "$T/log"
	find_port
	[ "$PORT" = "$old" ]
	request
	until_true counted accepted 1
	kill "$(cat "$T/socat.pid")"
	wait "$(cat "$T/socat.pid")" || :
	kill -HUP "$(cat "$T/daemon.pid")"
	until_true listens_on "$taken"
	sleep 1.1
	request
	until_true counted accepted 2
}
