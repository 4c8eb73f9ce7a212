#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154,SC2030,SC2031 # top_builddir comes from make check; each test is a process of its own
# dm-bridge as a process: options, configuration, sources that change under it, hostile clients, start and stop.
bats_require_minimum_version 1.5.0

setup()
{
	load dm_bridge_helper
	bridge_setup
}

teardown()
{
	bridge_teardown
}

md=InternetGatewayDevice.ManagementServer.ManageableDevice
number=${md}NumberOfEntries
info=InternetGatewayDevice.GatewayInfo

@test "help goes to standard output, a wrong option to standard error with status 2" {
	run -0 --separate-stderr "$BRIDGE" --help
	[ "${lines[0]}" = "usage: dm-bridge [-c FILE] [--check-config]" ]
	[ "$stderr" = "" ]
	run -0 --separate-stderr "$BRIDGE" --version
	[[ $output == "dm-bridge "* ]]
	run -2 --separate-stderr "$BRIDGE" --wrong
	[ "$output" = "" ]
	[[ $stderr == *"usage: dm-bridge"* ]]
	run -2 --separate-stderr "$BRIDGE" extra
	[[ $stderr == "dm-bridge: expected no further argument, got 'extra'"* ]]
}

@test "check-config is silent about a good file and names line and key of a bad one" {
	run -0 "$BRIDGE" -c "$CONFIG" --check-config
	[ "$output" = "" ]
	[ ! -e "$DIR/run" ]
	printf '{\n "role": "gateway",\n "sokcet": "/x"\n}' > "$CONFIG"
	run -1 "$BRIDGE" -c "$CONFIG" --check-config
	[ "$output" = "dm-bridge: $CONFIG:3: unknown key 'sokcet': expected one of role, data-model, root, socket, journal, gateway-info, state, identity, socket-group, udp-address, udp-port, request-burst, request-interval, request-without-host, stun.dialect" ]
	printf '{\n\n "role": "none"}' > "$CONFIG"
	run -1 "$BRIDGE" -c "$CONFIG"
	[ "$output" = "dm-bridge: $CONFIG:3: key 'role': expected \"gateway\", \"device\" or \"both\", got \"none\"" ]
	run -1 "$BRIDGE" -c "$DIR/none"
	[ "$output" = "dm-bridge: $DIR/none: expected a readable file, got: No such file or directory" ]
}

@test "D1_1 D1_3 the table is read from the journal" {
	make_journal <<- END
		$(bind_line 1 5)
		$(bind_line 2 6 true)
		$(bind_line 4 7)
	END
	start
	has_value $number 2
	run -0 call get "{\"names\":[\"$md.\"]}"
	[ "$output" = "[{\"name\":\"$md.1.ManufacturerOUI\",\"value\":\"00D09E\",\"type\":\"string\"},{\"name\":\"$md.1.SerialNumber\",\"value\":\"S1\",\"type\":\"string\"},{\"name\":\"$md.1.ProductClass\",\"value\":\"Box\",\"type\":\"string\"},{\"name\":\"$md.4.ManufacturerOUI\",\"value\":\"00D09E\",\"type\":\"string\"},{\"name\":\"$md.4.SerialNumber\",\"value\":\"S4\",\"type\":\"string\"},{\"name\":\"$md.4.ProductClass\",\"value\":\"Box\",\"type\":\"string\"}]" ]
	run -0 call get "{\"names\":[\"$md.2.SerialNumber\"]}"
	[[ $output == *'"code":9005'*"\"name\":\"$md.2.SerialNumber\""* ]]
}

@test "D1_1 appended lines change the table, a torn one when it is complete" {
	make_journal < /dev/null
	start
	has_value $number 0
	bind_line 1 5 >> "$JOURNAL"
	wait_until has_value $number 1
	line=$(bind_line 2 6)
	printf '%s' "${line:0:50}" >> "$JOURNAL"
	has_value $number 1
	printf '%s\n' "${line:50}" >> "$JOURNAL"
	wait_until has_value $number 2
	unbind_line 5 >> "$JOURNAL"
	wait_until has_value $number 1
	has_value $md.2.SerialNumber S2
	run -0 call status
	[[ $output == *'"state":"ok","entries":1,"bindings":1,"skipped":0}'* ]]
}

@test "D1_1 a compacted journal is read anew, and followed" {
	make_journal <<< "$(bind_line 1 5)"
	start
	{ echo "$header"; bind_line 2 6; bind_line 3 7; } > "$JOURNAL.new"
	mv "$JOURNAL.new" "$JOURNAL"
	wait_until has_value $number 2
	has_value $md.3.SerialNumber S3
	bind_line 4 8 >> "$JOURNAL"
	wait_until has_value $number 3
}

@test "D1_1 a journal whose folder comes later, goes and comes back is followed" {
	start
	run -0 call status
	[[ $output == *"\"journal\":{\"path\":\"$JOURNAL\",\"state\":\"missing\""* ]]
	make_journal <<< "$(bind_line 1 5)"
	wait_until has_value $number 1
	rm -r "$DIR/kea"
	wait_until has_value $number 0
	make_journal <<< "$(bind_line 2 6)"
	wait_until has_value $md.2.SerialNumber S2
}

@test "a journal of another version is refused, damaged lines are skipped and counted" {
	mkdir "$DIR/kea"
	echo '{"journal":"tr111-devices","version":2,"next":1}' > "$JOURNAL"
	start
	run -0 call status
	[[ $output == *'"state":"unsupported","entries":0'* ]]
	grep -q "expected version 1 of the format, got another" "$LOG"
	{ echo "$header"; echo '{"type":'; bind_line 1 5; printf '\377\n'; } > "$JOURNAL.new"
	mv "$JOURNAL.new" "$JOURNAL"
	wait_until has_value $number 1
	run -0 call status
	[[ $output == *'"state":"ok","entries":1,"bindings":1,"skipped":2}'* ]]
}

@test "D1_5 DV_3 DV_7 GatewayInfo shows the interface of the lowest metric, then the next, then nothing" {
	mkdir -p "$RECORDS"
	record wlan0 300 WIFI
	start
	has_value $info.SerialNumber WIFI
	record eth0 200 CABLE
	wait_until has_value $info.SerialNumber CABLE
	run -0 call gateway
	[ "$output" = '[{"interface":"eth0","metric":200,"oui":"00D09E","serial":"CABLE","class":"","active":true,"expires_in":null,"reason":"bound"},{"interface":"wlan0","metric":300,"oui":"00D09E","serial":"WIFI","class":"","active":false,"expires_in":null,"reason":"bound"}]' ]
	rm "$RECORDS/eth0.json"
	wait_until has_value $info.SerialNumber WIFI
	rm -r "$DIR/assoc"
	wait_until has_value $info.SerialNumber ""
	has_value $info.ManufacturerOUI ""
	mkdir -p "$RECORDS"
	record eth0 200 AGAIN
	wait_until has_value $info.SerialNumber AGAIN
}

@test "DV_8 a record ends at its expiry though nobody removes it" {
	mkdir -p "$RECORDS"
	read -r uptime _ < /proc/uptime
	record eth0 200 SHORT $((${uptime%.*} + 3))
	record wlan0 300 LONG $((${uptime%.*} + 100))
	start
	has_value $info.SerialNumber SHORT
	wait_until has_value $info.SerialNumber LONG
	run -0 call gateway
	[[ $output == '[{"interface":"wlan0",'* ]]
}

@test "nothing wakes the daemon while nothing happens" {
	make_journal <<< "$(bind_line 1 5)"
	start
	has_value $number 1
	sleep 0.2
	before=$(grep ctxt_switches "/proc/$PID/status")
	sleep 2
	[ "$before" = "$(grep ctxt_switches "/proc/$PID/status")" ]
}

@test "hostile lines get one error each and the connection goes on" {
	start
	run -0 send '[]\n\377\n{"id":1,"id":2}\n[[[[[[[[[[[[[[[[[[[\n{"a":"\n{"jsonrpc":"2.0","id":"%%s","method":"x"}\n'
	[ "${#lines[@]}" = 6 ]
	[ "${lines[0]}" = '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch not supported: expected one object a line"}}' ]
	[ "${lines[1]}" = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"not UTF-8"}}' ]
	[ "${lines[2]}" = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"a member stands twice in one object"}}' ]
	[ "${lines[3]}" = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"nesting too deep"}}' ]
	[ "${lines[4]}" = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"unexpected end of data"}}' ]
	[ "${lines[5]}" = "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"error\":{\"code\":-32601,\"message\":\"no method 'x'\"}}" ]
	run -0 call status
	[[ $output == *'"requests":7,"faults":0,"protocol_errors":6,"dropped_clients":0}'* ]]
}

@test "a line over 64 KiB gets one error and the end; others are served" {
	start
	run -0 send '%070000d' 0
	[ "$output" = '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"expected a line of at most 65536 bytes, got a longer one"}}' ]
	run -0 call status
	[[ $output == *'"clients":1,'*'"dropped_clients":1}'* ]]
}

@test "a second instance is refused and the first goes on" {
	start
	run -1 "$BRIDGE" -c "$CONFIG"
	[ "$output" = "dm-bridge: socket $SOCKET: another process listens there already" ]
	has_value $number 0
}

@test "a file in the socket's place is left alone" {
	mkdir "$DIR/run"
	echo precious > "$SOCKET"
	run -1 "$BRIDGE" -c "$CONFIG"
	[ "$output" = "dm-bridge: socket $SOCKET: expected a socket or nothing, got another kind of file" ]
	[ "$(cat "$SOCKET")" = precious ]
}

@test "TERM and INT end it with status 0 and nothing left behind; HUP does not end it" {
	for signal in TERM INT; do
		rm -f "$LOG"
		# A background job of a shell ignores INT: undo that.
		env --default-signal=INT "$BRIDGE" -c "$CONFIG" 2> "$LOG" 3>&- &
		PID=$!
		wait_until grep -q "ready on $SOCKET" "$LOG"
		kill -HUP "$PID"
		has_value $number 0
		stop $signal
		[ "$(ls -A "$DIR/run")" = "" ]
	done
}

@test "GW_12 after kill -9 the next instance takes over and shows the same" {
	make_journal <<< "$(bind_line 3 5)"
	start
	kill -9 "$PID"
	wait "$PID" || true # it was killed
	[ -S "$SOCKET" ]
	start
	has_value $md.3.SerialNumber S3
}

@test "the socket is for its owner and group, and who is neither is refused whatever its mode" {
	needs_root "become someone else"
	configure gateway ', "socket-group": "daemon"'
	start
	[ "$(stat -c '%a %U %G' "$SOCKET")" = "660 root daemon" ]
	run -0 setpriv --reuid=65534 --regid=65534 --groups=1 socat -t5 - "UNIX:$SOCKET" <<< '{"jsonrpc":"2.0","id":1,"method":"gateway"}'
	[ "$output" = '{"jsonrpc":"2.0","id":1,"result":[]}' ]
	run setpriv --reuid=65534 --regid=65534 --clear-groups socat -t5 - "UNIX:$SOCKET" <<< ''
	[ "$status" != 0 ]
	chmod 666 "$SOCKET"
	run setpriv --reuid=65534 --regid=65534 --clear-groups socat -t5 - "UNIX:$SOCKET" < /dev/null
	[[ $output == *'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"not permitted"}}'* ]]
	grep -q "dropped: neither root, nor our user, nor in the socket's group" "$LOG"
}
