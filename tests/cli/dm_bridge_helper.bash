# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # top_builddir comes from make check
# dm_bridge_helper.bash - a dm-bridge of one's own in a scratch folder, what feeds it, and questions to it.
load needs

bridge_setup()
{
	needs socat
	BRIDGE=$top_builddir/dm-bridge/dm-bridge
	# Not bats' own folder: other users must be able to get to the socket.
	DIR=$(mktemp -d /tmp/dm-bridge.XXXXXX)
	chmod 755 "$DIR"
	CONFIG=$DIR/dm-bridge.conf
	SOCKET=$DIR/run/socket
	JOURNAL=$DIR/kea/journal
	RECORDS=$DIR/assoc/gateway-info
	STATE=$DIR/state.json IDENTITY=$DIR/identity.conf
	LOG=$DIR/log
	PID=
	configure both
}

bridge_teardown()
{
	# It may have ended already, and as it was told to in the test.
	[ -z "$PID" ] || kill "$PID" 2> /dev/null || true
	[ -z "$PID" ] || wait "$PID" || true
	rm -rf "$DIR"
}

# configure ROLE [MORE]: MORE is further members, with a comma before each.
configure()
{
	cat > "$CONFIG" <<- END
		{ # comment
		  "role": "$1", // another
		  "socket": "$SOCKET", "journal": "$JOURNAL", "gateway-info": "$RECORDS",
		  "state": "$STATE", "identity": "$IDENTITY", "udp-port": ${UDP_PORT-0}${2-} }
	END
}

start()
{
	rm -f "$LOG"
	${RUNNER-} "$BRIDGE" -c "$CONFIG" 2> "$LOG" 3>&- &
	PID=$!
	wait_until grep -q "ready on $SOCKET" "$LOG"
}

stop()
{
	kill -"${1-TERM}" "$PID"
	wait "$PID"
	PID=
}

# Try a command until it succeeds, for 5 s at most.
wait_until()
{
	local tries
	for tries in {1..100}; do
		! "$@" || return 0
		sleep 0.05
	done
	echo "gave up after $tries tries: $*" >&2
	return 1
}

# Send bytes as they stand (printf's escapes), print what comes back.
send()
{
	# shellcheck disable=SC2059
	printf "$@" | socat -t5 - "UNIX:$SOCKET"
}

# call METHOD [PARAMS]: print the result, or the error.
call()
{
	send '%s\n' "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":${2-{\}}}" |
		sed -e 's/^{"jsonrpc":"2.0","id":1,"result":\(.*\)}$/\1/' -e 's/^{"jsonrpc":"2.0","id":1,"error":\(.*\)}$/\1/'
}

value()
{
	call get "{\"names\":[\"$1\"]}" | sed -n 's/^\[{"name":"[^"]*","value":"\([^"]*\)",.*/\1/p'
}

has_value()
{
	[ "$(value "$1")" = "$2" ]
}

header='{"journal":"tr111-devices","version":1,"next":9}'

bind_line()
{
	printf '{"type":"bind","instance":%s,"oui":"00D09E","serial":"S%s","class":"Box","address":"192.0.2.%s",' "$1" "$1" "$2"
	printf '"hwaddr":"02:00:00:00:00:01","interface":"br0","source":"lease","away":%s,"since":100,"expires":4102444800}\n' "${3-false}"
}

unbind_line()
{
	printf '{"type":"unbind","address":"192.0.2.%s","reason":"release"}\n' "$1"
}

# record INTERFACE METRIC SERIAL [EXPIRES]: as the client hook does, never seen half-written.
record()
{
	printf '{"interface":"%s","metric":%s,"oui":"00D09E","serial":"%s","class":"","expires":%s,"reason":"bound"}\n' \
		"$1" "$2" "$3" "${4-0}" > "$RECORDS/$1.json.new"
	mv "$RECORDS/$1.json.new" "$RECORDS/$1.json"
}

make_journal()
{
	mkdir -p "${JOURNAL%/*}"
	{ echo "$header"; cat; } > "$JOURNAL"
}
