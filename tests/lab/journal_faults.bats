#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What can happen to the journal of a real Kea: killed under load, a disk that is full or read only, a folder that is not
# there, a file that vanishes, is rotated or can't be read.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	lab_start
	lab_host gateway
	lab_lan gateway 10.0.0.1/8
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# A pool for many clients, on the one subnet.
POOL='.Dhcp4.subnet4[0] |= (.subnet = "10.0.0.0/8" | .pools = [{"pool": "10.1.0.1 - 10.1.255.254"}] | ."option-data" = [])'

# gateway [HOOK_JSON [lab_kea OPTION...]]
gateway()
{
	local parameters
	parameters=$(lab_hook_parameters "${1:-}")
	shift $(($# < 1 ? 0 : 1))
	lab_kea gateway --set "$POOL" --hook "$parameters" "$@"
}

# device NAME SERIAL: a host that has a lease and an identity.
device()
{
	lab_member "$1" gateway
	lab_udhcpc "$1" -x "0x7d:$(lab_option_125 00D09E "$2")"
}

# bindings [JOURNAL]: "ADDRESS SERIAL INSTANCE" a line, what the journal says is bound now.
bindings()
{
	lab_exec gateway cat "${1:-$LAB_JOURNAL}" | jq -Rrn '
		reduce (inputs | fromjson? | objects) as $line ({};
			if $line.type == "bind" then .[$line.address] = $line
			elif $line.type == "unbind" then del(.[$line.address])
			else . end) | .[] | "\(.address) \(.serial) \(.instance)"'
}

# bound SERIAL [JOURNAL]
bound()
{
	bindings "${2:-}" | grep -qE "^[0-9.]+ $1 "
}

# A renewal within the second of the one before has nothing to write.
renewed_until()
{
	local host=$1
	shift
	lab_udhcpc_renew "$host"
	"$@" || { sleep 0.5; false; }
}

# load FIRST: many new clients, a lot of them at once; what was acknowledged is in the log load.
load_clients()
{
	lab_spawn crowd load /usr/bin/dhcp_load eth0 4000 1500 4000 "$1"
}

@test "GW_12 D1_3 kill -9 under load, again and again: what was acknowledged is there, and no number stands for two devices" {
	local round acked lost
	gateway '{"max-devices": 65536, "neighbour-watch": {"enabled": false}}' --mt
	lab_member crowd gateway
	lab_net crowd ip address add 10.0.0.2/8 dev eth0
	# There it finds the libraries of the release that it was built in.
	lab_write crowd /usr/bin/dhcp_load 755 < "$LAB_STAGE/../tests/bench/dhcp_load"
	for round in 1 2 3 4 5; do
		load_clients $((round * 10000))
		acked()
		{
			[ "$(lab_log crowd load | wc -l)" -ge "$1" ]
		}
		lab_until 30 acked $((100 + RANDOM % 600))
		lab_kea_stop gateway KILL
		lab_kill crowd load KILL
		lab_log crowd load | grep -E ' LOAD-[0-9]+$' > "$BATS_TEST_TMPDIR/acked"
		bindings | sort > "$BATS_TEST_TMPDIR/bound"
		# The client's last line may be torn.
		lost=$(sort "$BATS_TEST_TMPDIR/acked" | join -v 1 -j 1 - "$BATS_TEST_TMPDIR/bound" | wc -l)
		[ "$lost" -le 1 ]
		lab_kea_start gateway
		bindings | sort | diff "$BATS_TEST_TMPDIR/bound" -
		lab_not lab_logged gateway kea ASSOC_JOURNAL_SKIPPED
		cat "$BATS_TEST_TMPDIR/bound" >> "$BATS_TEST_TMPDIR/history"
	done
	# A serial number has one entry while it is there, and an instance number one serial number for ever.
	[ -z "$(awk '{ print $3, $2 }' "$BATS_TEST_TMPDIR/history" | sort -u | cut -d ' ' -f 1 | uniq -d)" ]
}

@test "a folder that is not there does not stop Kea, and gets the journal when it comes" {
	gateway '{"journal": "/run/later/devices"}'
	lab_logged gateway kea 'ASSOC_JOURNAL_ERROR /run/later/devices: No such file or directory'
	device one ONE-1
	lab_exec gateway install -d -o _kea -g _kea /run/later
	lab_until 30 renewed_until one lab_logged gateway kea ASSOC_JOURNAL_REWRITTEN
	bound ONE-1 /run/later/devices
}

@test "GW_12 a read-only file system does not stop Kea: the table is read, and written when that is possible" {
	lab_exec gateway sh -c 'mkdir /run/disk && mount -t tmpfs disk /run/disk'
	gateway '{"journal": "/run/disk/devices"}'
	device one ONE-1
	lab_until 5 bound ONE-1 /run/disk/devices
	lab_kea_stop gateway
	lab_exec gateway mount -o remount,ro /run/disk
	lab_kea_start gateway
	lab_logged gateway kea '1 devices at 1 addresses'
	lab_logged gateway kea 'ASSOC_JOURNAL_ERROR /run/disk/devices: Read-only file system'
	device two TWO-1
	lab_exec gateway mount -o remount,rw /run/disk
	lab_until 30 renewed_until two lab_logged gateway kea ASSOC_JOURNAL_REWRITTEN
	bindings /run/disk/devices | grep -E ' ONE-1 1$'
	bindings /run/disk/devices | grep -E ' TWO-1 2$'
}

@test "a journal that nobody may read is kept as it is, and Kea serves" {
	lab_write gateway "$LAB_JOURNAL" 0600 <<< '{"journal":"tr111-devices","version":1,"next":50}'
	gateway
	lab_logged gateway kea "ASSOC_JOURNAL_ERROR $LAB_JOURNAL: Permission denied"
	device one ONE-1
	lab_until 30 renewed_until one lab_logged gateway kea 'could not be read at the start'
	[ "$(lab_exec gateway cat "$LAB_JOURNAL")" = '{"journal":"tr111-devices","version":1,"next":50}' ]
	# Put right, and read at the next start of the hook: the numbers go on.
	lab_exec gateway chown _kea:_kea "$LAB_JOURNAL"
	lab_kea_reload gateway
	lab_until 30 renewed_until one bound ONE-1
	bindings | grep -E ' ONE-1 50$'
}

@test "GW_12 a journal that is deleted, rotated or cut under Kea is whole again, and dm-bridge follows" {
	local act
	gateway
	lab_bridge gateway gateway
	device one ONE-1
	lab_until 10 lab_listed gateway ONE-1
	for act in "rm $LAB_JOURNAL" "mv $LAB_JOURNAL $LAB_JOURNAL.1" "sh -c ': > $LAB_JOURNAL'" \
		"sh -c 'echo by hand >> $LAB_JOURNAL'"; do
		eval "lab_exec gateway $act"
		lab_until 30 renewed_until one bound ONE-1
		[ "$(lab_exec gateway head -c 26 "$LAB_JOURNAL")" = '{"journal":"tr111-devices"' ]
		lab_until 10 lab_listed gateway ONE-1
	done
	[ "$(lab_instance gateway ONE-1)" = 1 ]
}

@test "a hand-damaged line costs only itself, and is told once" {
	gateway
	device one ONE-1
	lab_until 5 bound ONE-1
	lab_kea_stop gateway
	lab_exec gateway sh -c "echo 'by hand' >> $LAB_JOURNAL"
	lab_kea_start gateway
	lab_logged gateway kea "ASSOC_JOURNAL_SKIPPED $LAB_JOURNAL: 1 damaged"
	bound ONE-1
	lab_kea_reload gateway
	[ "$(lab_log gateway kea | grep -c ASSOC_JOURNAL_SKIPPED)" = 1 ]
}
