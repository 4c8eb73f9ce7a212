#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# host_init.sh - the first process of a lab host.
# lab.sh starts it in fresh PID, mount, network and UTS namespaces; it gives the
# host its root filesystem, reports itself ready and then only reaps orphans.
# When it dies the kernel ends every process and mount of the host.
#
# usage: host_init.sh STATE_DIR ROOT STAGE NAME
set -eu
state=$1 lower=$2 stage=$3 name=$4
new=$state/root

# The writable layer lives in memory; a lower directory may not hold the upper one, so a tmpfs it is.
make_root()
{
	# Without the lab's folder the lab is no more.
	mkdir "$new"
	mount -t tmpfs -o mode=0755 lab "$new"
	mkdir "$new/upper" "$new/work" "$new/merged"
	mount -t overlay -o "lowerdir=$lower,upperdir=$new/upper,workdir=$new/work" lab "$new/merged"
	new=$new/merged
}

# What the machine's own DHCP software and installation of ours left must not be seen in the lab.
forget_the_machine()
{
	local dir
	rm -rf "$new/etc/assoc" "$new/etc/dm-bridge.conf" "$new/etc/dhcpcd.conf" \
		"$new/etc/dhcpcd.enter-hook" "$new/etc/dhcpcd.exit-hook"
	for dir in etc/kea var/lib/kea var/lib/dhcpcd var/log/kea; do
		[ ! -d "$new/$dir" ] || find "$new/$dir" -mindepth 1 -delete
	done
}

# Only names of files come from the stage: a folder that exists keeps its owner and mode.
install_stage()
{
	[ -n "$stage" ] || return 0
	tar -C "$stage" -cf - --owner=root:0 --group=root:0 . |
		tar -C "$new" -xf - --no-overwrite-dir --keep-directory-symlink
}

make_dev()
{
	local node
	mount -t tmpfs -o mode=0755 lab "$new/dev"
	for node in null zero full random urandom tty; do
		: > "$new/dev/$node"
		mount --bind "/dev/$node" "$new/dev/$node"
	done
	mkdir "$new/dev/pts" "$new/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666 lab "$new/dev/pts"
	ln -s pts/ptmx "$new/dev/ptmx"
	ln -s /proc/self/fd "$new/dev/fd"
}

make_mounts()
{
	make_dev
	mount -t proc lab "$new/proc"
	mount -t sysfs lab "$new/sys"
	mount -t tmpfs -o mode=0755 lab "$new/run"
	mount -t tmpfs -o mode=1777 lab "$new/tmp"
	mkdir -p "$new/run/lock"
}

# Nothing of the machine's mount tree stays reachable from the host.
enter_root()
{
	mkdir "$new/run/old"
	cd "$new"
	pivot_root . run/old
	cd /
	umount -l /run/old
	rmdir /run/old
}

# IPv6 is no part of TR-111; without it the hosts are quiet.
make_network()
{
	if [ -d /proc/sys/net/ipv6 ]; then
		echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
		echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
	fi
}

# /proc is still the machine's: so this is our process number as seen from outside.
read -r outer_pid _ < /proc/self/stat
hostname "$name"
make_root
forget_the_machine
install_stage
make_mounts
exec 9> "$state/pid.new"
enter_root
make_network
echo "$outer_pid" >&9
exec 9>&-
echo ready
# bash collects every orphan's exit status while it waits.
while :; do
	sleep infinity &
	wait "$!" || :
done
