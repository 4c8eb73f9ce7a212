# SPDX-License-Identifier: BSD-2-Clause
# What the tests of assocctl share: one run and its whole outcome; the real daemon on files that a test wrote;
# a fake one for what the real daemon never says.
# shellcheck shell=bash
load needs

ctl_setup()
{
	T=$BATS_TEST_TMPDIR
	SOCKET=$T/socket
	export TZ=UTC LC_ALL=C
	mkdir "$T/info"
	: >"$T/journal"
}

ctl_teardown()
{
	for pid in "$T"/*.pid; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
}

# Run assocctl; standard input is the caller's. Its outcome is held against expect.
ctl()
{
	CTL_STATUS=0
	"$top_builddir/dm-bridge/assocctl" "$@" >"$T/out" 2>"$T/err" || CTL_STATUS=$?
}

# Hold text ("" is nothing at all, otherwise the last newline is implied) against a file.
same()
{
	diff -u --label "expected $1" --label "got" - "$3" < <([ -z "$2" ] || printf '%s\n' "$2")
}

# expect STATUS OUT ERR
expect()
{
	local good=0

	same "standard output" "$2" "$T/out" || good=1
	same "standard error" "$3" "$T/err" || good=1
	[ "$CTL_STATUS" = "$1" ] || {
		echo "expected status $1, got $CTL_STATUS"
		good=1
	}
	return $good
}

# Wait up to 5 s for a command to succeed.
until_true()
{
	local i

	for ((i = 0; i < 100; i++)); do
		"$@" && return
		sleep 0.05
	done
	echo "gave up waiting for: $*"
	return 1
}

# daemon_start ROLE: the real one; $T/journal and $T/info are its sources.
daemon_start()
{
	cat >"$T/conf" <<-END
		{"role": "$1", "socket": "$SOCKET", "journal": "$T/journal", "gateway-info": "$T/info", "state": "$T/state", "identity": "$T/identity.conf", "udp-port": ${UDP_PORT-0}${MORE-}}
	END
	# What an earlier one said must not be taken for the answer.
	rm -f "$T/log"
	${RUNNER-} "$top_builddir/dm-bridge/dm-bridge" -c "$T/conf" 2>"$T/log" 3>&- &
	echo $! >"$T/daemon.pid"
	until_true grep -qs 'ready on' "$T/log"
}

# A binding's line for the journal: INSTANCE OUI SERIAL CLASS ADDRESS HWADDR SOURCE AWAY.
journal_bind()
{
	[ -s "$T/journal" ] || echo '{"journal":"tr111-devices","version":1,"next":1000}' >"$T/journal"
	printf '{"type":"bind","instance":%s,"oui":"%s","serial":"%s","class":"%s","address":"%s","hwaddr":"%s",' \
		"$1" "$2" "$3" "$4" "$5" "$6" >>"$T/journal"
	printf '"interface":"br0","source":"%s","away":%s,"since":1700000000,"expires":0}\n' "$7" "$8" >>"$T/journal"
}

# A GatewayInfo record: INTERFACE METRIC OUI SERIAL CLASS.
gateway_record()
{
	printf '{"interface":"%s","metric":%s,"oui":"%s","serial":"%s","class":"%s","expires":0,"reason":"bound"}\n' \
		"$@" >"$T/info/$1.json"
}

# fake_run COMMAND: a daemon that hands its one connection to a shell command.
fake_run()
{
	needs socat
	socat "UNIX-LISTEN:$SOCKET" "SYSTEM:$1" 2>/dev/null 3>&- &
	echo $! >"$T/fake.pid"
	until_true test -S "$SOCKET"
}

# A daemon that takes one request, stores it in $T/request, and answers with $T/reply, whatever that is.
fake_start()
{
	fake_run "head -n 1 >$T/request; cat $T/reply"
}

# fake_answer REPLY: a canned line.
fake_answer()
{
	printf '%s\n' "$1" >"$T/reply"
	fake_start
}

# fake_result RESULT: a good reply around it.
fake_result()
{
	fake_answer "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":$1}"
}

# A daemon that hears and never answers.
mute_start()
{
	fake_run 'cat >/dev/null'
	mv "$T/fake.pid" "$T/mute.pid"
}
