#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154,SC2030,SC2031 # top_builddir comes from make check; each test is a process of its own
# dm-bridge as a service: its unit and accounts, what it tells a service manager, a new configuration while it runs, and sleep.
bats_require_minimum_version 1.5.0

setup()
{
	load dm_bridge_helper
	bridge_setup
	INIT=$top_builddir/dm-bridge/init
	MANAGER=
}

teardown()
{
	# It may have ended already.
	[ -z "$MANAGER" ] || kill "$MANAGER" 2> /dev/null || true
	bridge_teardown
}

number=InternetGatewayDevice.ManagementServer.ManageableDeviceNumberOfEntries
info=InternetGatewayDevice.GatewayInfo
identity=InternetGatewayDevice.DeviceInfo

# manager SOCAT-ADDRESS: what a service manager is told goes to $DIR/told.
manager()
{
	socat -u "$1" "OPEN:$DIR/told,creat,append" 3>&- &
	MANAGER=$!
}

# told PATTERN: all that it was told so far, line ends as spaces.
told()
{
	# shellcheck disable=SC2053 # a pattern
	[[ $(tr '\n' ' ' < "$DIR/told") == $1 ]]
}

logged()
{
	grep -qF -- "$1" "$LOG"
}

@test "systemd finds no fault in the unit, and its exposure is at most 1.5" {
	needs systemd-analyze
	sed "s|^ExecStart=.*|ExecStart=$(realpath "$BRIDGE")|" "$INIT/dm-bridge.service" > "$DIR/dm-bridge.service"
	run -0 systemd-analyze verify --man=no "$DIR/dm-bridge.service"
	[ "$output" = "" ]
	run -0 systemd-analyze security --offline=true --no-pager --threshold=15 "$INIT/dm-bridge.service"
	[[ $output == *"Overall exposure level for dm-bridge.service: "* ]]
	grep -qx 'CapabilityBoundingSet=' "$INIT/dm-bridge.service"
}

@test "the account is in the DHCP server's group, and the folders are its own" {
	needs systemd-sysusers
	needs_root "make accounts and folders"
	mkdir -p "$DIR/root/etc"
	systemd-sysusers --root="$DIR/root" "$(realpath "$INIT/dm-bridge.sysusers")"
	grep -qE '^dm-bridge:x:[0-9]+:[0-9]+:.*:/usr/sbin/nologin$' "$DIR/root/etc/passwd"
	group=$(sed -n 's/^m dm-bridge //p' "$INIT/dm-bridge.sysusers")
	grep -qE "^$group:x:[0-9]+:dm-bridge\$" "$DIR/root/etc/group"
	systemd-tmpfiles --root="$DIR/root" --create "$(realpath "$INIT/dm-bridge.tmpfiles")"
	[ "$(find "$DIR/root" -type d -name dm-bridge -printf '%m\n' | sort)" = $'700\n755' ]
}

@test "make install puts unit, account and folders where systemd looks for them" {
	# ./check configures with systemd.
	! grep -qx 'systemdsystemunitdir = no' "$top_builddir/Makefile" || skip "configured without systemd"
	make -C "$top_builddir" DESTDIR="$DIR/stage" install-systemdsystemunitDATA install-bridge-account install-exampleDATA
	(cd "$DIR/stage" && find . -type f) > "$DIR/files"
	grep -q '/systemd/system/dm-bridge.service$' "$DIR/files"
	grep -q '/sysusers.d/dm-bridge.conf$' "$DIR/files"
	grep -q '/tmpfiles.d/dm-bridge.conf$' "$DIR/files"
	grep -q '/examples/dm-bridge.procd$' "$DIR/files"
	run -1 grep -rl '@[a-z]*@' "$DIR/stage"
}

@test "the examples for OpenRC and procd are shell, with every place filled in" {
	for example in openrc procd; do
		sh -n "$INIT/dm-bridge.$example"
		run -0 grep -c "$(sed -n 's/^ExecStart=//p' "$INIT/dm-bridge.service")" "$INIT/dm-bridge.$example"
		run -1 grep '@[a-z]*@' "$INIT/dm-bridge.$example"
	done
}

@test "a service manager is told of start, reload and stop, by path and by abstract name" {
	for kind in path abstract; do
		rm -f "$DIR/told"
		case $kind in
		path)
			manager "UNIX-RECV:$DIR/notify"
			export NOTIFY_SOCKET=$DIR/notify
			wait_until test -S "$DIR/notify"
			;;
		abstract)
			export NOTIFY_SOCKET=@${DIR##*/}
			manager "ABSTRACT-RECV:${DIR##*/}"
			wait_until grep -q "$NOTIFY_SOCKET" /proc/net/unix
			;;
		esac
		start
		wait_until told 'READY=1'
		kill -HUP "$PID"
		wait_until told 'READY=1RELOADING=1 MONOTONIC_USEC=*READY=1'
		stop
		wait_until told 'READY=1RELOADING=1 MONOTONIC_USEC=*READY=1STOPPING=1'
		kill "$MANAGER"
		MANAGER=
	done
}

@test "a service manager that is gone is noted, and the daemon serves all the same" {
	export NOTIFY_SOCKET=$DIR/nobody
	start
	wait_until logged "the service manager can't be told how we are: No such file or directory"
	has_value $number 0
}

@test "HUP takes over journal, records and identity" {
	make_journal <<< "$(bind_line 1 5)"
	mkdir -p "$RECORDS"
	record eth0 200 OLD
	start
	has_value $number 1
	JOURNAL=$DIR/other/journal RECORDS=$DIR/other/records IDENTITY=$DIR/other/identity.conf
	make_journal <<< "$(bind_line 1 5)"$'\n'"$(bind_line 2 6)"
	mkdir -p "$RECORDS"
	record eth0 200 NEW
	printf 'manufacturer-oui = 00D09E\nserial-number = ME\n' > "$IDENTITY"
	configure both
	kill -HUP "$PID"
	wait_until has_value $number 2
	has_value $info.SerialNumber NEW
	has_value $identity.SerialNumber ME
	logged "$CONFIG: read again"
	bind_line 3 7 >> "$JOURNAL"
	wait_until has_value $number 3
	record wlan0 100 NEWER
	wait_until has_value $info.SerialNumber NEWER
}

@test "HUP refuses a file with a mistake, names it, and goes on as before" {
	make_journal <<< "$(bind_line 1 5)"
	printf 'manufacturer-oui = 00D09E\nserial-number = ME\n' > "$IDENTITY"
	start
	printf '{\n "role": "gateway", "journal": 7 }' > "$CONFIG"
	kill -HUP "$PID"
	wait_until logged "$CONFIG:2: key 'journal': expected an absolute path of at most 1023 bytes, got 7; going on with the configuration as it was"
	has_value $number 1
	configure both
	echo 'manufacturer-oui = x' > "$IDENTITY"
	kill -HUP "$PID"
	wait_until logged "DeviceInfo stays as it was: $IDENTITY:1: "
	has_value $identity.SerialNumber ME
	rm "$IDENTITY"
	kill -HUP "$PID"
	wait_until has_value $identity.SerialNumber ""
}

@test "HUP says in one line what only a restart changes, and takes over the rest" {
	start
	old=$SOCKET
	JOURNAL=$DIR/other/journal SOCKET=$DIR/run/another STATE=$DIR/other.json
	make_journal <<< "$(bind_line 1 5)"
	configure gateway ', "root": "Device."'
	SOCKET=$old
	kill -HUP "$PID"
	wait_until logged "$CONFIG: differs, but stays as it was until the next start: role, root, data-model, socket, state"
	wait_until has_value $number 1
	has_value $info.SerialNumber ""
	[ ! -e "$DIR/run/another" ]
}

@test "HUP lets another group connect" {
	needs_root "become someone else"
	configure gateway ', "socket-group": "daemon"'
	start
	as_bin=(setpriv --reuid=65534 --regid=65534 "--groups=$(getent group bin | cut -d: -f3)" socat -t5 - "UNIX:$SOCKET")
	question='{"jsonrpc":"2.0","id":1,"method":"gateway"}'
	run "${as_bin[@]}" <<< "$question"
	[[ $output == *'Permission denied'* ]]
	configure gateway ', "socket-group": "bin"'
	kill -HUP "$PID"
	wait_until logged "$CONFIG: read again"
	[ "$(stat -c '%a %U %G' "$SOCKET")" = "660 root bin" ]
	run -0 "${as_bin[@]}" <<< "$question"
	[ "$output" = '{"jsonrpc":"2.0","id":1,"result":[]}' ]
	configure gateway
	kill -HUP "$PID"
	wait_until refuses_bin
}

refuses_bin()
{
	! "${as_bin[@]}" <<< "$question" 2> /dev/null
}

@test "as a user of its own without any capability it reads the journal through its group" {
	needs_root "become someone else"
	make_journal <<< "$(bind_line 1 5)"
	chown -R 0:1 "$DIR/kea"
	chmod 750 "$DIR/kea"
	chmod 640 "$JOURNAL"
	STATE=$DIR/run/state.json
	configure gateway ', "socket-group": "daemon"'
	mkdir "$DIR/run"
	chown 65534:65534 "$DIR/run"
	start_as_user --groups=1
	has_value $number 1
	[ "$(stat -c '%a %u %G' "$SOCKET")" = "660 65534 daemon" ]
	stop
	configure gateway
	start_as_user --clear-groups
	has_value $number 0
	wait_until logged "journal $JOURNAL: unreadable: Permission denied"
}

# The test's own folder may be closed to that user; a copy beside its files is not.
start_as_user()
{
	local folder
	folder=$(realpath "$top_builddir")/dm-bridge
	[ -x "$folder/.libs/dm-bridge" ] && folder=$folder/.libs
	cp "$folder/dm-bridge" "$DIR/dm-bridge"
	# A build with --disable-shared has none; if one is missed, start fails.
	cp "$(realpath "$top_builddir")/libassoc/.libs/"libassoc.so.0 "$DIR/" 2> /dev/null || true
	BRIDGE=$DIR/dm-bridge
	export LD_LIBRARY_PATH=$DIR
	RUNNER="setpriv --reuid=65534 --regid=65534 $1 --inh-caps=-all --bounding-set=-all --no-new-privs"
	start
	grep -qE '^CapEff:\s0+$' "/proc/$PID/status"
	unset LD_LIBRARY_PATH
}

# A minute of real time, while other tests run beside it.
@test "SLOW: no system call returns in a minute in which nothing happens" {
	needs_strace
	make_journal <<< "$(bind_line 1 5)"
	mkdir -p "$RECORDS"
	record eth0 200 CABLE
	# strace apart, so that what is stopped at the end is the daemon.
	RUNNER="strace -D -f -o $DIR/trace"
	start
	has_value $number 1
	has_value $info.SerialNumber CABLE
	wait_until asleep
	before=$(wc -l < "$DIR/trace")
	sleep "${IDLE_SECONDS:-60}"
	after=$(wc -l < "$DIR/trace")
	tail -n $((after - before + 1)) "$DIR/trace"
	[ "$before" = "$after" ]
	has_value $number 1
}

# The last line of the trace is the wait that has not returned.
asleep()
{
	local size
	size=$(stat -c %s "$DIR/trace")
	sleep 0.5
	[ "$size" = "$(stat -c %s "$DIR/trace")" ]
}
