#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # for the shells in the lab
# Our hooks in scripts that are not ours, under the real clients: whatever the machine refuses us, the client finishes its
# job, and the hooks after ours run.
bats_require_minimum_version 1.5.0

GATEWAY='$(touch /owned) "x" `touch /owned`'

setup()
{
	load lab.sh
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member device gateway
	lab_identity device 00D09E 'SERIAL-$(touch /owned)' SetTopBox
	lab_kea gateway --hook "$(lab_hook_parameters "$(jq -cn --arg serial "$GATEWAY" '{"serial-number": $serial}')")" \
		--set '.Dhcp4["valid-lifetime"] = 600'
	# After ours: what came through, and with which options of the shell.
	printf '%s\n' 'echo "$reason $-" >> /tmp/marks' | lab_write device /etc/dhcpcd.exit-hook
	printf '%s\n' 'echo "$reason $-" >> /tmp/marks' | lab_write device /etc/dhcp/dhclient-exit-hooks.d/zz-mark
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# marked REASON: did the hooks after ours run with it?
marked()
{
	lab_exec device grep -q "^$1 " /tmp/marks
}

# The last reason of an interface: 10.5 has another word for it where the lease is released.
ended()
{
	marked STOP || marked STOPPED
}

recorded()
{
	lab_exec device cat /run/assoc/gateway-info/eth0.json | jq -e --arg serial "$GATEWAY" '.serial == $serial'
}

no_record()
{
	lab_not lab_exec device test -e /run/assoc/gateway-info/eth0.json
}

# An address, and the hooks after ours.
served()
{
	marked BOUND && lab_address device
}

release_and_end()
{
	lab_dhcpcd_release device
	ended
	lab_not lab_address device
}

@test "a read-only folder below /run: dhcpcd has its lease, and the record comes when it can" {
	lab_exec device sh -c 'mkdir /run/assoc && mount -t tmpfs -o ro none /run/assoc'
	lab_dhcpcd_assoc device
	lab_until 20 served
	lab_logged device dhcpcd 'assoc-client: eth0: /run/assoc/client: Read-only file system'
	lab_exec device umount /run/assoc
	lab_exec device dhcpcd -N eth0
	lab_until 20 recorded
	release_and_end
	no_record
}

@test "a read-only /run: dhcpcd renews and releases" {
	lab_dhcpcd_assoc device
	lab_until 20 recorded
	lab_exec device sh -c 'mount --bind /run /run && mount -o remount,ro,bind /run'
	lab_exec device dhcpcd -N eth0
	lab_until 20 marked RENEW
	recorded
	# It can't remove its own files either, and says so.
	lab_exec device dhcpcd -k eth0 || :
	lab_until 20 ended
	lab_until 10 lab_not lab_address device
}

@test "a full /run: dhcpcd has its lease, and the record comes when there is room" {
	lab_exec device sh -c 'mkdir /run/assoc && mount -t tmpfs -o size=16k none /run/assoc &&
		! dd if=/dev/zero of=/run/assoc/fill bs=4k 2> /dev/null'
	lab_dhcpcd_assoc device
	lab_until 20 served
	no_record
	lab_logged device dhcpcd 'assoc-client: eth0: /run/assoc/client: No space left on device'
	lab_exec device rm /run/assoc/fill
	lab_exec device dhcpcd -N eth0
	lab_until 20 recorded
	lab_exec device sh -c '! dd if=/dev/zero of=/run/assoc/fill bs=4k 2> /dev/null'
	release_and_end
	no_record
}

@test "dhclient with a read-only and with a full /run has its lease" {
	local options
	lab_needs device dhclient
	lab_exec device mkdir /run/assoc
	for options in ro size=4k; do
		lab_exec device mount -t tmpfs -o "$options" none /run/assoc
		[ "$options" = ro ] || lab_exec device sh -c '! dd if=/dev/zero of=/run/assoc/fill bs=4k 2> /dev/null'
		lab_exec device rm -f /tmp/marks /tmp/leases
		lab_spawn device dhclient dhclient -d -lf /tmp/leases -pf /tmp/pid eth0
		lab_until 20 served
		lab_exec device dhclient -r -lf /tmp/leases -pf /tmp/pid eth0
		lab_until 10 marked RELEASE
		lab_until 10 lab_not lab_running device dhclient
		lab_exec device umount /run/assoc
	done
}

@test "dhcpcd's script under set -eu is not ended by our hook" {
	local run_hooks
	run_hooks=$(lab_exec device sh -c 'ls /usr/lib/dhcpcd/dhcpcd-run-hooks /usr/libexec/dhcpcd-run-hooks 2> /dev/null' | head -n 1)
	# dhcpcd's own hooks are not written for that: ours is the only one left, and its exit hook.
	lab_exec device sh -c 'cd "${0%/*}/dhcpcd-hooks" && for hook in *; do [ "$hook" = 60-assoc ] || rm "$hook"; done' "$run_hooks"
	lab_exec device sed -i 's|^for hook in|skip_hooks=${skip_hooks-}; set -eu; for hook in|' "$run_hooks"
	lab_exec device rm /usr/libexec/assoc-client
	lab_dhcpcd_assoc device
	lab_until 20 served
	lab_exec device grep '^BOUND .*e' /tmp/marks
	lab_exec device grep '^BOUND .*u' /tmp/marks
}

# not_among_arguments TEXT: no program that was started from here on had TEXT among its arguments.
not_among_arguments()
{
	lab_exec device grep -q 'assoc-client", "' /tmp/trace
	lab_not lab_exec device grep -qF -e "$1" /tmp/trace
}

# The gateway's answer as the clients hand it over, and the text in it.
answer_not_among_arguments()
{
	not_among_arguments owned
	not_among_arguments "$(lab_hex touch)"
	not_among_arguments 74:6f:75:63:68
}

@test "no text of an identity is an argument of any program that dhcpcd starts" {
	printf '%s\n' ipv4only noipv4ll noarp nodelay 'define 125 request binhex tr111_raw' | lab_write device /etc/dhcpcd.conf
	lab_exec device mkdir -p /run/dhcpcd /var/lib/dhcpcd
	lab_spawn device dhcpcd strace -f -qq -e trace=execve -s 100000 -o /tmp/trace dhcpcd -B -f /etc/dhcpcd.conf eth0
	lab_until 30 recorded
	lab_until 30 served
	lab_exec device dhcpcd -k eth0
	lab_until 30 ended
	answer_not_among_arguments
	lab_exec device test ! -e /owned
}

@test "no text of an identity is an argument of any program that dhclient starts" {
	lab_needs device dhclient
	lab_exec device sh -c 'assocctl client-config dhclient >> /etc/dhcp/dhclient.conf'
	lab_spawn device dhclient strace -f -qq -e trace=execve -s 100000 -o /tmp/trace dhclient -d -lf /tmp/leases -pf /tmp/pid eth0
	lab_until 30 recorded
	lab_until 30 served
	lab_exec device dhclient -x -lf /tmp/leases -pf /tmp/pid eth0
	lab_until 30 no_record
	answer_not_among_arguments
	lab_exec device test ! -e /owned
}

@test "no text of the gateway's identity is an argument of any program that udhcpc starts" {
	local arguments
	read -ra arguments < <(lab_exec device assocctl client-config udhcpc | grep -v '^#')
	lab_udhcpc_script | lab_write device /etc/udhcpc/default.script 0755
	lab_exec device mkdir -p /run/udhcpc
	lab_spawn device udhcpc strace -f -qq -e trace=execve -s 100000 -o /tmp/trace busybox udhcpc -f -i eth0 -t 20 -T 1 \
		"${arguments[@]}"
	lab_until 30 recorded
	# udhcpc's own arguments hold who the device is, and no more.
	lab_exec device sed -i 1d /tmp/trace
	answer_not_among_arguments
	lab_exec device test ! -e /owned
}
