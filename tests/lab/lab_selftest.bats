#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lab itself: stock Kea serves stock clients, and nothing remains afterwards.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	export LAB_STAGE='' TMPDIR=$BATS_TEST_TMPDIR
	lab_start
}

teardown()
{
	lab_stop
}

# The machine's state that a lab could leave behind.
machine_state()
{
	ip -o link
	find /var/lib/kea /var/lib/dhcpcd /run/dhcpcd /run/kea 2> /dev/null || :
	grep -E '^lab |assoc-lab' /proc/self/mounts || :
	find "$TMPDIR" -maxdepth 1 -name 'assoc-lab.*'
}

make_lan()
{
	lab_host gateway
	lab_lan gateway
	lab_host client
	lab_plug client gateway
}

@test "stock Kea gives a lease to udhcpc" {
	make_lan
	lab_kea gateway
	lab_udhcpc client
	[[ $(lab_address client) = 192.0.2.1?? ]]
	[ "$(lab_lease_of gateway "$(lab_mac client)")" = "$(lab_address client)" ]
}

@test "stock Kea gives a lease to dhcpcd, which gives it back on release" {
	make_lan
	lab_kea gateway
	lab_dhcpcd client
	lab_until 15 lab_address client
	[ "$(lab_lease_of gateway "$(lab_mac client)")" = "$(lab_address client)" ]
	lab_dhcpcd_release client
	lab_until 5 lab_not lab_lease_of gateway "$(lab_mac client)"
}

@test "Kea with packet threads is killed, started and reloaded, and keeps the lease" {
	make_lan
	lab_kea gateway --mt --set '.Dhcp4["valid-lifetime"] = 600'
	lab_udhcpc client
	lab_kea_stop gateway KILL
	lab_not lab_kea_answers gateway
	lab_kea_start gateway
	lab_udhcpc_renew client
	lab_kea_config gateway --set '.Dhcp4["valid-lifetime"] = 300'
	lab_kea_reload gateway
	lab_udhcpc_renew client
	[ "$(lab_exec client sed -n 's/^lease=//p' /run/udhcpc/event)" = 300 ]
}

@test "a configuration that Kea refuses makes the reload fail" {
	make_lan
	lab_kea gateway
	lab_kea_config gateway --set '.Dhcp4["no-such-key"] = 1'
	run ! lab_kea_reload gateway
}

@test "a Kea that does not start fails at once" {
	lab_host gateway
	lab_lan gateway
	run ! lab_kea gateway --set '.Dhcp4["no-such-key"] = 1'
	[[ $output = *"gateway: 'kea' ended instead of becoming ready"* ]]
}

@test "a capture holds every packet up to its stop" {
	make_lan
	lab_kea gateway
	lab_capture client eth0 "$BATS_TEST_TMPDIR/lease.pcap"
	lab_udhcpc client
	lab_capture_stop client "$BATS_TEST_TMPDIR/lease.pcap"
	run lab_packets "$BATS_TEST_TMPDIR/lease.pcap" dhcp dhcp.option.dhcp
	[ "$output" = $'1\n2\n3\n5' ]
}

@test "a crafted DISCOVER is offered an address and a REQUEST for a foreign one is refused" {
	local mac=02:ee:00:00:00:01
	make_lan
	lab_kea gateway --set '.Dhcp4.authoritative = true'
	lab_capture client eth0 "$BATS_TEST_TMPDIR/crafted.pcap"
	lab_send client "$(lab_dhcp_message "$mac" 1)"
	lab_until 5 lab_captured "$BATS_TEST_TMPDIR/crafted.pcap" 'dhcp.option.dhcp == 2'
	lab_send client "$(lab_dhcp_message "$mac" 3 "$(lab_tlv 50 cb007105)$(lab_tlv 125 "$(lab_option_125 00D09E S-1)")")"
	lab_until 5 lab_captured "$BATS_TEST_TMPDIR/crafted.pcap" 'dhcp.option.dhcp == 6'
	lab_capture_stop client "$BATS_TEST_TMPDIR/crafted.pcap"
	run lab_packets "$BATS_TEST_TMPDIR/crafted.pcap" dhcp dhcp.option.dhcp dhcp.option.vi.tr111.device_serial_number
	[ "$output" = $'1\t\n2\t\n3\tS-1\n6\t' ]
}

@test "a pulled cable is seen by both hosts and an unplugged interface is gone" {
	make_lan
	lab_cable client out
	lab_until 5 lab_not lab_has_carrier client eth0
	lab_cable client in
	lab_until 5 lab_has_carrier client eth0
	lab_unplug client
	run ! lab_net client ip link show eth0
}

@test "hosts share neither files nor processes with each other or the machine" {
	lab_host one
	lab_host two
	lab_exec one sh -c 'echo one > /etc/only-in-one; echo > /tmp/only-in-one'
	run ! lab_exec two cat /etc/only-in-one
	[ ! -e /etc/only-in-one ]
	[ ! -e /tmp/only-in-one ]
	[ "$(lab_exec one hostname)" = one ]
	[ "$(lab_exec one pwd)" = / ]
	run ! lab_exec one ls "$LAB_DIR/hosts/one/pid"
	lab_spawn one sleeper sleep 1000
	run ! lab_exec two pgrep -f 'sleep 1000'
	lab_exec one pgrep -f 'sleep 1000'
}

@test "a wait that ends in vain says what it waited for" {
	run ! lab_until 0 test -e /no/such/file
	[[ $output = *"waited 0 s in vain for: test -e /no/such/file"* ]]
}

@test "two labs at once do not see each other, and a host's name is taken once" {
	local first=$LAB_DIR
	lab_host twin
	run ! lab_host twin
	lab_start
	lab_host twin
	lab_stop
	LAB_DIR=$first
	lab_exec twin true
}

@test "nothing remains after lab_stop" {
	lab_stop
	machine_state > "$BATS_TEST_TMPDIR/before"
	lab_start
	make_lan
	lab_kea gateway
	lab_udhcpc client
	local pid
	pid=$(lab_pid client)
	lab_stop
	[ ! -d "/proc/$pid" ]
	machine_state | diff "$BATS_TEST_TMPDIR/before" -
}

@test "nothing remains of a host that was only starting when the lab was stopped" {
	local dir delay
	for delay in 0 0.02 0.05 0.1 0.2; do
		lab_stop
		lab_start
		dir=$LAB_DIR
		lab_host early > /dev/null 2>&1 3>&- &
		lab_until 5 test -d "$dir/hosts/early/run"
		sleep "$delay"
		lab_stop
		wait "$!" || :
		none_of()
		{
			[ -z "$(pgrep -f "$1/hosts" || :)" ]
		}
		lab_until 5 none_of "$dir"
		[ ! -e "$dir" ]
	done
}

@test "nothing remains after the owner of a lab is killed with -9" {
	cat > "$BATS_TEST_TMPDIR/owner" <<-'OWNER'
		. "$1"
		lab_start
		lab_host lonely
		lab_spawn lonely sleeper sleep 1000
		echo "$LAB_DIR $(lab_pid lonely)" > "$2"
		kill -KILL $$
	OWNER
	run bash "$BATS_TEST_TMPDIR/owner" "$LAB_LIBRARY/lab.sh" "$BATS_TEST_TMPDIR/told" 3>&-
	local dir pid
	read -r dir pid < "$BATS_TEST_TMPDIR/told"
	lab_until 10 test ! -d "$dir"
	[ ! -d "/proc/$pid" ]
}

# A clone in which nothing but ./check and the lab is what it is: its only test has a lab and never ends.
endless_clone()
{
	local clone=$BATS_TEST_TMPDIR/clone
	mkdir -p "$clone/tests/lab" "$clone/tools"
	cp "$LAB_LIBRARY/../../check" "$clone"
	cp "$LAB_LIBRARY"/*.sh "$clone/tests/lab"
	cp "$LAB_LIBRARY"/../../tools/*.bash "$clone/tools"
	printf '#!/bin/sh\n' > "$clone/tools/setup"
	chmod +x "$clone/tools/setup"
	# bats would take the word itself for a test of this file.
	sed 's/^TEST/@test/' > "$clone/tests/lab/endless.bats" <<-'ENDLESS'
		TEST "endless" {
			load lab.sh
			export LAB_STAGE='' LAB_ROOT=/
			lab_start
			lab_host lonely
			lab_spawn lonely sleeper sleep 1000
			echo "$LAB_DIR" > "$BATS_TEST_DIRNAME/up"
			sleep 1000
		}
	ENDLESS
	echo "$clone"
}

# processes_of TEXT: whose command line or folder names it.
processes_of()
{
	local process
	for process in /proc/[0-9]*; do
		if grep -qsaF "$1" "$process/cmdline" || [[ $(readlink "$process/cwd") = "$1"* ]]; then
			echo "$process: $(tr '\0' ' ' < "$process/cmdline")"
		fi
	done
}

@test "nothing remains of ./check when it is ended, however it is" {
	local clone signal pid
	clone=$(endless_clone)
	machine_state > "$BATS_TEST_TMPDIR/before"
	for signal in TERM INT KILL; do
		rm -f "$clone/tests/lab/up"
		# Who is started in the background of a script ignores SIGINT, and so would all below: not this one.
		# shellcheck disable=SC2016 # for the inner shell
		lab_detached "$BATS_TEST_TMPDIR/check.log" env -i --default-signal=INT PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			bash -c 'echo "$$" > "$1/pid"; exec "$1/check" --only lab' - "$clone"
		lab_until 30 test -s "$clone/tests/lab/up"
		[ -n "$(processes_of "$clone")" ]
		read -r pid < "$clone/pid"
		kill -s "$signal" "$pid"
		gone()
		{
			[ -z "$(processes_of "$clone")" ]
		}
		lab_until 10 gone || { processes_of "$clone"; false; }
		[ ! -e "$(cat "$clone/tests/lab/up")" ]
		machine_state | diff "$BATS_TEST_TMPDIR/before" -
	done
	grep -qx 'check: ended by SIGTERM' "$BATS_TEST_TMPDIR/check.log"
	grep -qx 'check: ended by SIGINT' "$BATS_TEST_TMPDIR/check.log"
}
