# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab.sh - a lab of hosts on this one machine, for the lab tests and for ./demo.
# A host has PID, mount, network and UTS namespaces of its own and a private
# writable layer over LAB_ROOT, so inside of it every program, configuration and
# state file has its real path, and nothing of it reaches the machine.
# Everything about a lab is in files below LAB_DIR: any process that knows
# LAB_DIR can use the lab. More of the library: lab_net.sh (cables, captures),
# lab_dhcp.sh (Kea, dhcpcd, udhcpc), lab_assoc.sh (our programs), lab_packet.sh (crafted requests),
# lab_nat.sh (NATs, STUN servers).
#
#   LAB_ROOT   the hosts' root filesystem (default: /, this machine's, read only)
#   LAB_STAGE  a `make install DESTDIR=` tree to put on top of it (default: none)
#   LAB_DIR    set by lab_start; export it to use the lab elsewhere

LAB_LIBRARY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# --- messages and waiting -------------------------------------------------

lab_say()
{
	echo "lab: $*" >&2
}

# lab_until SECONDS CMD...: wait until CMD succeeds; say what was waited for if it never does.
lab_until()
{
	local seconds=$1 deadline
	shift
	deadline=$((SECONDS + seconds + 1))
	while ! "$@" > /dev/null 2>&1; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			lab_say "waited $seconds s in vain for: $*"
			lab_dump_logs
			return 1
		fi
		sleep 0.1
	done
}

# lab_not CMD...: for waits and checks on what must not be.
lab_not()
{
	! "$@"
}

# The end of every log of the lab, to see why something did not come about; once is enough.
lab_dump_logs()
{
	local log
	[ -z "${LAB_DUMPED:-}" ] || return 0
	LAB_DUMPED=yes
	for log in "$LAB_DIR"/hosts/*/log/*; do
		[ -s "$log" ] || continue
		echo "--- ${log#"$LAB_DIR/hosts/"}" >&2
		tail -n "${LAB_LOG_LINES:-25}" "$log" >&2
	done
}

# --- the lab --------------------------------------------------------------

# lab_missing: print why no lab can be made here (nothing: it can).
lab_missing()
{
	local tool
	[ "$(id -u)" = 0 ] || echo "a lab needs root"
	for tool in unshare nsenter setsid pivot_root mount ip jq socat tar; do
		command -v "$tool" > /dev/null || echo "a lab needs the program $tool"
	done
}

# lab_start [OWNER]: make an empty lab. When the process OWNER (default: this
# shell; "none": nobody) ends, killed or not, the lab is taken down.
lab_start()
{
	local owner=${1:-$$} missing
	missing=$(lab_missing)
	if [ -n "$missing" ]; then
		lab_say "$missing"
		return 1
	fi
	LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/assoc-lab.XXXXXX") || return 1
	export LAB_DIR
	mkdir "$LAB_DIR/hosts"
	[ "$owner" = none ] || lab_watch_owner "$owner"
}

# The undo of lab_start: every host, process and file of the lab is gone when it returns.
lab_stop()
{
	[ -n "${LAB_DIR:-}" ] && [ -d "$LAB_DIR" ] || return 0
	lab_end_watch
	lab_end_hosts
	rm -rf "$LAB_DIR"
	unset LAB_DIR
}

lab_end_hosts()
{
	local host
	for host in "$LAB_DIR"/hosts/*/; do
		# nsenter stops when its child is stopped, and would then never reap it.
		[ ! -s "$host/pid" ] || pkill -CONT -f "^nsenter --target $(cat "$host/pid") " || :
		[ ! -d "$host" ] || lab_host_stop "$(basename "$host")"
	done
}

# The owner may be killed with -9: then somebody else has to clean up.
lab_watch_owner()
{
	# shellcheck disable=SC2016 # expanded by the watching shell
	lab_detached "$LAB_DIR/watch.log" bash -c '
		echo "$$" > "$LAB_DIR/watch.pid"
		tail --pid="$2" -s 0.5 -f /dev/null
		. "$1"
		rm "$LAB_DIR/watch.pid"
		lab_stop' - "$LAB_LIBRARY/lab.sh" "$1"
	lab_until 5 test -s "$LAB_DIR/watch.pid"
}

# lab_keep: from now on the lab outlives its owner; somebody has to call lab_stop.
lab_keep()
{
	lab_end_watch
}

lab_end_watch()
{
	local pid
	[ -s "$LAB_DIR/watch.pid" ] || return 0
	read -r pid < "$LAB_DIR/watch.pid"
	rm "$LAB_DIR/watch.pid"
	! grep -qsaF "$LAB_LIBRARY" "/proc/$pid/cmdline" || kill -- "-$pid" 2> /dev/null || :
}

# lab_detached LOG CMD...: run in the background in a session of its own (Ctrl-C is for
# us, not for the lab) and without our open files (bats waits until its own are closed).
lab_detached()
{
	local log=$1
	shift
	(
		local fd
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			[ "$fd" -le 2 ] || [ "$fd" = 9 ] || eval "exec $fd>&-"
		done
		exec setsid "$@"
	) < /dev/null >> "$log" 2>&1 &
	disown
}

# --- hosts ----------------------------------------------------------------

# lab_host NAME: start a host without any network but loopback.
lab_host()
{
	local state=$LAB_DIR/hosts/$1
	if ! mkdir "$state" "$state/log" "$state/run"; then
		lab_say "there is a host '$1' already"
		return 1
	fi
	lab_detached "$state/log/host" unshare --fork --kill-child=KILL --pid --mount --net --uts \
		--propagation private bash "$LAB_LIBRARY/host_init.sh" \
		"$state" "${LAB_ROOT:-/}" "${LAB_STAGE:-}" "$1"
	lab_until 10 test -s "$state/pid.new" || return 1
	mv "$state/pid.new" "$state/pid"
	lab_net "$1" ip link set lo up
}

# lab_host_stop NAME: the undo of lab_host.
lab_host_stop()
{
	local state=$LAB_DIR/hosts/$1 pid
	if lab_alive "$1"; then
		read -r pid < "$state/pid"
		kill -KILL "$pid" 2> /dev/null || :
		lab_until 10 test ! -d "/proc/$pid" || :
	else
		# One that is only starting has not told its number yet.
		pkill -KILL -f "/host_init.sh $state " || :
	fi
	rm -rf "$state"
}

# lab_alive NAME: does the host run? (After a restart of the machine its number may be another's.)
lab_alive()
{
	local state=$LAB_DIR/hosts/$1 pid
	[ -s "$state/pid" ] && read -r pid < "$state/pid" && grep -qsaF "$state" "/proc/$pid/cmdline"
}

# lab_pid NAME: the process, as the machine counts, whose namespaces are the host's.
lab_pid()
{
	if [ ! -s "$LAB_DIR/hosts/$1/pid" ]; then
		lab_say "there is no host '$1'"
		return 1
	fi
	cat "$LAB_DIR/hosts/$1/pid"
}

# lab_path NAME PATH: where the host's file PATH can be reached from outside.
lab_path()
{
	echo "/proc/$(lab_pid "$1")/root$2"
}

# lab_exec NAME CMD...: run a command in the host.
lab_exec()
{
	local pid
	pid=$(lab_pid "$1") || return 1
	shift
	nsenter --target "$pid" --mount --uts --net --pid -- "$@"
}

# lab_needs NAME PROGRAM: leave this test out where the host's release has no such program: Debian 13 has no dhclient, for one.
lab_needs()
{
	lab_exec "$1" sh -c "command -v $2" > /dev/null || skip "$2 is not installed"
}

# lab_net NAME CMD...: run a program of the machine on the host's network.
lab_net()
{
	local pid
	pid=$(lab_pid "$1") || return 1
	shift
	nsenter --target "$pid" --net -- "$@"
}

# lab_write NAME PATH [MODE]: make the host's file PATH of standard input.
lab_write()
{
	local file
	file=$(lab_path "$1" "$2") || return 1
	mkdir -p "$(dirname "$file")"
	cat > "$file"
	chmod "${3:-0644}" "$file"
}

# --- processes of a host --------------------------------------------------

# lab_spawn NAME TAG CMD...: run a command in the host in the background;
# its output goes to a new log TAG. TAG names it for lab_kill.
lab_spawn()
{
	local name=$1 tag=$2 pid
	shift 2
	pid=$(lab_pid "$name") || return 1
	lab_spawn_by "$name" "$tag" nsenter --target "$pid" --mount --uts --net --pid -- \
		sh -c 'echo "$$" >&9; exec "$@" 9>&-' - "$@"
}

# lab_spawn_net NAME TAG CMD...: likewise a program of the machine on the host's network.
lab_spawn_net()
{
	local name=$1 tag=$2 pid
	shift 2
	pid=$(lab_pid "$name") || return 1
	lab_spawn_by "$name" "$tag" nsenter --target "$pid" --net --pid -- \
		sh -c 'echo "$$" >&9; exec "$@" 9>&-' - "$@"
}

# The command tells on descriptor 9 its process number as the host counts.
lab_spawn_by()
{
	local name=$1 tag=$2 state=$LAB_DIR/hosts/$1
	shift 2
	if lab_running "$name" "$tag"; then
		lab_say "$name: '$tag' runs already"
		return 1
	fi
	if [ -s "$state/log/$tag" ]; then
		cat "$state/log/$tag" >> "$state/log/$tag.before"
		rm "$state/log/$tag"
	fi
	lab_detached "$state/log/$tag" "$@" 9> "$state/run/$tag"
	lab_until 5 test -s "$state/run/$tag"
}

# lab_running NAME TAG: is the process still there?
lab_running()
{
	local file=$LAB_DIR/hosts/$1/run/$2 pid
	[ -s "$file" ] || return 1
	read -r pid < "$file"
	[ -d "$(lab_path "$1" "/proc/$pid")" ]
}

# lab_signal NAME TAG SIGNAL
lab_signal()
{
	local pid init
	read -r pid < "$LAB_DIR/hosts/$1/run/$2" || return 1
	init=$(lab_pid "$1") || return 1
	nsenter --target "$init" --pid -- kill -s "$3" "$pid"
}

# lab_until_ready NAME TAG SECONDS CMD...: wait until CMD succeeds; give up at once when the process is gone.
lab_until_ready()
{
	local name=$1 tag=$2 seconds=$3
	shift 3
	lab_until "$seconds" lab_ready_or_gone "$name" "$tag" "$@" || return 1
	if ! lab_running "$name" "$tag"; then
		lab_say "$name: '$tag' ended instead of becoming ready"
		lab_dump_logs
		return 1
	fi
}

lab_ready_or_gone()
{
	local name=$1 tag=$2
	shift 2
	! lab_running "$name" "$tag" || "$@"
}

# lab_kill NAME TAG [SIGNAL]: the undo of lab_spawn; returns when the process is gone.
lab_kill()
{
	lab_running "$1" "$2" || return 0
	lab_signal "$1" "$2" "${3:-TERM}" || return 1
	lab_until 15 lab_not lab_running "$1" "$2" || return 1
	rm -f "$LAB_DIR/hosts/$1/run/$2"
}

# lab_log NAME TAG: all that the process wrote since lab_spawn (what its forerunners wrote: TAG.before).
lab_log()
{
	cat "$LAB_DIR/hosts/$1/log/$2"
}

# lab_logged NAME TAG TEXT: does the log hold this text?
lab_logged()
{
	grep -qF -e "$3" "$LAB_DIR/hosts/$1/log/$2"
}

# shellcheck source=tests/lab/lab_net.sh
. "$LAB_LIBRARY/lab_net.sh"
# shellcheck source=tests/lab/lab_dhcp.sh
. "$LAB_LIBRARY/lab_dhcp.sh"
# shellcheck source=tests/lab/lab_assoc.sh
. "$LAB_LIBRARY/lab_assoc.sh"
# shellcheck source=tests/lab/lab_packet.sh
. "$LAB_LIBRARY/lab_packet.sh"
# shellcheck source=tests/lab/lab_nat.sh
. "$LAB_LIBRARY/lab_nat.sh"
