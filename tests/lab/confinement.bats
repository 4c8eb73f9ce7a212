#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hook within what Debian's packages allow kea-dhcp4: the unit's user and capabilities (as in all of the lab), and the
# AppArmor profile. A kernel that enforces a profile is not to be had everywhere, so a real Kea is traced through its life,
# and each path, lock and socket is looked up in the installed profile.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	PROFILE=$BATS_TEST_TMPDIR/profile
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member device gateway
	lab_exec gateway apparmor_parser -p /etc/apparmor.d/usr.sbin.kea-dhcp4 > "$PROFILE"
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# start_traced: Kea under strace, which makes itself Kea's grandchild, so that signals reach Kea.
start_traced()
{
	lab_exec gateway install -d -o _kea -m 0700 /tmp/trace
	lab_kea_start gateway strace -D -ff -y -q -o /tmp/trace/of \
		-e trace=%file,%network,%desc,mmap,socket,socketpair
}

# A device that comes, renews, leaves and is told of by DHCPINFORM; Kea reloads, answers a command, and stops.
live()
{
	lab_udhcpc device -x "0x7d:$(lab_option_125 00D09E BOX-1)"
	lab_udhcpc_renew device
	lab_send device "$(lab_dhcp_message "$(lab_mac device)" 8 \
		"$(lab_tlv 125 "$(lab_option_125 00D09E BOX-1)")" "$(address_hex device)")" "$(lab_address device)"
	"$@"
	lab_kea_reload gateway
	lab_kea_command gateway assoc-status > /dev/null
	lab_udhcpc_release device
	lab_udhcpc_stop device
	lab_kea_stop gateway
	lab_until 10 all_ended
}

address_hex()
{
	local bytes
	IFS=. read -ra bytes <<< "$(lab_address "$1")"
	printf '%02x' "${bytes[@]}"
}

# Is every thread's trace whole?
all_ended()
{
	# shellcheck disable=SC2016 # the host's shell expands it
	lab_exec gateway sh -c 'for file in /tmp/trace/of.*; do tail -n 1 "$file" | grep -q "^+++ exited" || exit 1; done'
}

# refused: what the profile has no rule for, of all that was traced.
refused()
{
	local trace
	trace=$(lab_path gateway /tmp/trace)
	"$BATS_TEST_DIRNAME/apparmor_check" "$PROFILE" "$trace"/of.*
}

# did PATTERN: is it in a trace? What was not done proves nothing.
did()
{
	grep -qE -e "$1" "$(lab_path gateway /tmp/trace)"/of.*
}

in_journal()
{
	lab_exec gateway grep -qF -e "$1" "$LAB_JOURNAL"
}

# The journal is gone, so that it is written anew; the neighbour watch sees that the device is away.
rewritten_and_watched()
{
	lab_until 5 in_journal BOX-1
	lab_exec gateway rm "$LAB_JOURNAL"
	lab_cable device out
	lab_until 30 in_journal '"away":true'
	lab_cable device in
	lab_until 15 in_journal '"away":false'
}

hook_parameters()
{
	lab_hook_parameters '{"neighbour-watch": {"interval": 5, "rounds": 1}}'
}

@test "all that Kea does with the hook, the AppArmor profile allows, as far as it allows Kea to be" {
	lab_kea_config gateway
	start_traced
	live true
	refused > "$BATS_TEST_TMPDIR/without"
	lab_exec gateway rm -r /tmp/trace

	lab_kea_config gateway --hook "$(hook_parameters)"
	start_traced
	live rewritten_and_watched
	did "\"$LAB_JOURNAL\", O_RDWR"
	did "rename\(\"$LAB_JOURNAL.new\", \"$LAB_JOURNAL\"\)"
	did "bind\(.*\"$LAB_JOURNAL.lock\""
	did 'socket\(AF_NETLINK'
	refused > "$BATS_TEST_TMPDIR/with"
	# A pid file that may be written and not read is Debian 12's own.
	diff "$BATS_TEST_TMPDIR/without" "$BATS_TEST_TMPDIR/with"
}

@test "a journal in another place is found out, by the same look at the profile" {
	lab_exec gateway install -d -o _kea /var/lib/other
	lab_kea_config gateway --hook "$(lab_hook_parameters '{"journal": "/var/lib/other/devices"}')"
	start_traced
	live true
	refused > "$BATS_TEST_TMPDIR/with"
	grep -x 'r /var/lib/other/devices' "$BATS_TEST_TMPDIR/with"
	grep -x 'w /var/lib/other/devices' "$BATS_TEST_TMPDIR/with"
	grep -x 'w /var/lib/other/devices.lock' "$BATS_TEST_TMPDIR/with"
}

# finds LINE TRACE: of this line of a trace, exactly this is refused.
finds()
{
	echo "$2" > "$BATS_TEST_TMPDIR/line"
	run -0 "$BATS_TEST_DIRNAME/apparmor_check" "$PROFILE" "$BATS_TEST_TMPDIR/line"
	[ "$output" = "$1" ]
}

@test "each kind of act is looked up: opening, locking, renaming, removing, mapping, sockets" {
	local lib=/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_assoc.so
	finds '' "openat(AT_FDCWD</>, \"$LAB_JOURNAL\", O_RDWR|O_CREAT|O_APPEND|O_CLOEXEC, 0640) = 9<$LAB_JOURNAL>"
	finds "k $LAB_JOURNAL" "fcntl(9<$LAB_JOURNAL>, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET}) = 0"
	finds '' 'fcntl(9</run/lock/kea/logger_lockfile>, F_SETLK, {l_type=F_WRLCK}) = 0'
	finds 'w /etc/kea/x' 'openat(AT_FDCWD</>, "/etc/kea/x", O_WRONLY|O_CREAT, 0600) = 9</etc/kea/x>'
	finds 'r /etc/shadow' 'openat(AT_FDCWD</>, "/etc/shadow", O_RDONLY) = -1 EACCES (Permission denied)'
	finds '' 'openat(AT_FDCWD</>, "/etc/nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)'
	finds 'w /tmp/y' "rename(\"$LAB_JOURNAL.new\", \"/tmp/y\") = 0"
	finds 'w /var/lib/dhcp/y' 'unlink("/var/lib/dhcp/y") = 0'
	finds '' "mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE, 5<$lib>, 0) = 0x7f0000000000"
	finds 'm /opt/hook.so' 'mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE, 5</opt/hook.so>, 0) = 0x7f0000000000'
	finds 'x /bin/sh' 'execve("/bin/sh", ["sh"], 0x7ffd0 /* 3 vars */) = 0'
	finds 'network packet dgram' 'socket(AF_PACKET, SOCK_DGRAM|SOCK_CLOEXEC, htons(ETH_P_ARP)) = 5<socket:[1]>'
	finds '' 'socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 5<socket:[1]>'
	finds 'w /run/dm-bridge/dm-bridge.sock' \
		'connect(5<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/dm-bridge/dm-bridge.sock"}, 110) = 0'
	finds 'network unix abstract' 'bind(5<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"assoc"}, 8) = 0'
}

@test "Kea has the unit's capabilities and no other, and the profile names them all" {
	lab_kea gateway --hook "$(hook_parameters)"
	local pid name caps=''
	read -r pid < "$LAB_DIR/hosts/gateway/run/kea"
	[ "$(lab_exec gateway sed -n 's/^Cap\(Prm\|Eff\|Bnd\|Amb\):\t//p' "/proc/$pid/status" | sort -u)" = 0000000000002400 ]
	[ "$(lab_exec gateway stat -c %U "/proc/$pid")" = "$(lab_kea_unit gateway User)" ]
	for name in $(lab_kea_unit gateway AmbientCapabilities); do
		name=${name#CAP_}
		caps+="$name "
		grep -qE "^ *capability ${name,,}," "$PROFILE"
	done
	# The number above, in words.
	[ "$caps" = 'NET_BIND_SERVICE NET_RAW ' ]
}
