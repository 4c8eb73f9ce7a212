#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from make check
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and shares nothing
# assocctl devices --kea-socket: a fake Kea says what is wanted; the real one is in tests/lab/kea_citizen.bats.

setup()
{
	load assocctl_helper
	ctl_setup
}

teardown()
{
	ctl_teardown
}

# kea_start: answers each connection's command with $T/reply, notes the command in $T/request, and does not hang up.
kea_start()
{
	needs socat
	cat >"$T/kea" <<-END
		dd bs=65536 count=1 2>/dev/null >>$T/request
		cat $T/reply
		exec cat >/dev/null
	END
	socat "UNIX-LISTEN:$SOCKET,fork" "SYSTEM:sh $T/kea" 2>/dev/null 3>&- &
	echo $! >"$T/fake.pid"
	until_true test -S "$SOCKET"
}

# kea_says ANSWER...: as printf has it.
kea_says()
{
	# shellcheck disable=SC2059 # the format is the test's
	printf "$@" >"$T/reply"
	[ -e "$T/fake.pid" ] || kea_start
}

devices()
{
	ctl devices --kea-socket "$SOCKET" "$@"
}

# One device as Kea writes it: members by name, bytes beyond ASCII escaped.
KEA_BINDING='{ "address": "192.0.2.100", "away": false, "expires": 1700003600, "hwaddr": "02:00:00:00:00:01",
	"interface": "br0", "source": "lease" }'
KEA_DEVICE='{ "bindings": [ '$KEA_BINDING' ], "class": "", "instance": 3, "oui": "00D09E", "present": true,
	"serial": "\u00c3\u00a9{\"\\", "since": 1700000000 }'

@test "Kea is asked for the devices, and they look like those of dm-bridge" {
	kea_says '%s\n' '{ "arguments": { "count": 1, "devices": [ '"$KEA_DEVICE"' ] }, "result": 0,
		"text": "1 device(s) found." }'
	devices
	expect 0 "#  OUI     SERIAL  CLASS  ADDRESS      MAC                INTERFACE  SINCE                BY     STATE
3  00D09E  é{\"\\\\   -      192.0.2.100  02:00:00:00:00:01  br0        2023-11-14 22:13:20  lease  present" ""
	[ "$(cat "$T/request")" = '{"command":"assoc-device-list","arguments":{"from":0,"limit":500}}' ]
}

@test "the JSON has the members that dm-bridge has, in their order, and UTF-8" {
	kea_says '%s' '{ "arguments": { "count": 1, "devices": [ '"$KEA_DEVICE"' ] }, "result": 0, "text": "" }'
	devices --json
	expect 0 '[{"instance":3,"oui":"00D09E","serial":"é{\"\\","class":"","present":true,"since":1700000000,"bindings":[{"address":"192.0.2.100","hwaddr":"02:00:00:00:00:01","interface":"br0","source":"lease","away":false,"expires":1700003600}]}]' ""
}

@test "no devices is a result like any other" {
	kea_says '{"arguments":{"count":0,"devices":[]},"result":3,"text":"0 device(s) found."}'
	devices
	expect 0 "no devices" ""
	devices --json
	expect 0 "[]" ""
}

# page FROM TO: an answer with these instance numbers.
page()
{
	seq "$1" "$2" | jq -cs '{result: 0, text: "", arguments: {devices: map({instance: .})}}'
}

@test "a table of several pages is asked for page by page" {
	needs jq
	page 1 500 >"$T/0"
	page 501 1000 >"$T/500"
	page 2000 2100 >"$T/1000"
	kea_start
	cat >"$T/kea" <<-END
		from=\$(dd bs=65536 count=1 2>/dev/null | jq .arguments.from)
		cat $T/\$from
	END
	devices --json
	[ "$(jq -c 'map(.instance) | [length, .[0], .[500], .[1000], .[-1]]' "$T/out")" = '[1101,1,501,2000,2100]' ]
	expect 0 "$(cat "$T/out")" ""
}

@test "pages that do not get on are a failure" {
	needs jq
	page 1 500 >"$T/reply"
	kea_start
	devices
	expect 1 "" "assocctl: devices: expected instance numbers above 500 in Kea's answer, got 1"
}

@test "a Kea without the hook is a failure that says so" {
	kea_says '%s' "{ \"result\": 2, \"text\": \"'assoc-device-list' command not supported.\" }"
	devices
	expect 1 "" "assocctl: devices: expected a Kea that has loaded libdhcp_assoc.so, got: 'assoc-device-list' command not supported."
}

@test "what Kea refuses is a failure with its reason" {
	kea_says '%s' '{ "result": 1, "text": "no\u001b time" }'
	devices
	expect 1 "" "assocctl: devices: Kea refused: no\\x1b time (result 1)"
}

@test "an answer without devices is a failure" {
	for answer in '{"result":0,"text":""}' '{"result":0,"text":"","arguments":{}}' \
		'{"result":0,"text":"","arguments":{"devices":{}}}' '{"result":0,"text":"","arguments":[]}'; do
		kea_says '%s' "$answer"
		devices
		expect 1 "" "assocctl: devices: expected a list of devices in Kea's answer, got none"
	done
}

@test "who answers and is no Kea is a failure that shows what came" {
	for answer in 'HTTP/1.1 400' '[ ]' '7' '}' '{}' '{"result":"0","text":""}' '{"result":-1,"text":""}' \
		'{"result":0}' '{"result":0,"text":7}' '{"result":0,"text":""' '{result:0}' '{"a":[}'; do
		kea_says '%s' "$answer"
		[ "$answer" != '{"result":0,"text":""' ] || printf ']' >>"$T/reply"
		[ "$answer" != '{"a":[}' ] || printf '}' >>"$T/reply"
		devices
		expect 1 "" "assocctl: devices: expected an answer of Kea, got '$(cat "$T/reply")'"
	done
}

@test "a NUL or bytes that are not UTF-8 in the answer are a failure" {
	kea_says '{"result":0,\0"text":""}'
	devices
	expect 1 "" "assocctl: devices: expected an answer of Kea, got '{\"result\":0,'"
	kea_says '{"result":0,"text":"\\u00ff"}'
	devices
	expect 1 "" "assocctl: devices: expected an answer of Kea, got '{\"result\":0,\"text\":\"\\xff\"}'"
}

@test "dm-bridge is no Kea" {
	daemon_start gateway
	devices
	grep -q "^assocctl: devices: expected an answer of Kea, got '{\"jsonrpc\":\"2.0\"," "$T/err"
	expect 1 "" "$(cat "$T/err")"
}

@test "a Kea that hangs up is a failure" {
	: >"$T/reply"
	fake_run "head -c 10 >/dev/null; cat $T/reply"
	devices
	expect 1 "" "assocctl: devices: expected a reply, got 0 bytes and the end of the connection"
}

@test "no Kea: no socket, nobody listens, no answer in time" {
	devices
	expect 3 "" "assocctl: devices: expected Kea at $SOCKET, got: No such file or directory"
	mute_start
	devices -T 1
	expect 3 "" "assocctl: devices: expected an answer from Kea within 1 s, got none"
	rm -f "$SOCKET"
	mute_start
	kill -9 "$(cat "$T/mute.pid")"
	wait "$(cat "$T/mute.pid")" || :
	rm "$T/mute.pid"
	devices
	expect 3 "" "assocctl: devices: expected Kea at $SOCKET, got: Connection refused"
}

@test "--kea-socket belongs to devices, and not beside --socket" {
	ctl status --kea-socket "$SOCKET"
	expect 2 "" "assocctl: status: expected no --kea-socket: it has no meaning here"
	ctl devices --kea-socket "$SOCKET" -s "$SOCKET"
	expect 2 "" "assocctl: devices: expected no --socket: it has no meaning here"
}
