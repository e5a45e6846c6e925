#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who is banned is out in mid-session, and what the kernel tracks of his
# sessions goes; everybody else's stays.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25
MX6=2001:db8:2::25

world_begin
configure </dev/null
serve dmz $MX 25
serve dmz $MX6 25
serve inet 203.0.113.9 25
world_start

# hold NAME NS SOURCE ADDRESS PORT: a session that stays until it is cut.
hold() {
	local name=$1 ns=$2
	shift 2
	mkfifo "$WORLD_DIR/$name.fifo"
	start_on "$ns" "$TESTS/support/talk" hold "$@" "$WORLD_DIR/$name.fifo" \
		>"$WORLD_DIR/$name.out"
	# shellcheck disable=SC2034 # it only keeps the pipe open
	exec {keep}<>"$WORLD_DIR/$name.fifo"
	wait_for 3 grep -q held "$WORLD_DIR/$name.out"
}
# Say a line in session NAME: its "answer", or "cut".
speaks() {
	echo line >"$WORLD_DIR/$1.fifo"
	wait_for 4 eval "[ \"\$(wc -l <'$WORLD_DIR/$1.out')\" -ge $2 ]"
	same "$(tail -n 1 "$WORLD_DIR/$1.out")" "$3"
}
tracked() {
	on fw conntrack -L ${2:+-f "$2"} 2>/dev/null | grep -q "src=$1 "
}

it "four sessions are open" eval 'hold bad inet 203.0.113.7 $MX 25 &&
	hold bad6 inet 2001:db8:bad::7 $MX6 25 &&
	hold good inet 203.0.113.8 $MX 25 &&
	hold out dmz $MX 203.0.113.9 25'
it "and tracked" eval 'tracked 203.0.113.7 && tracked 2001:db8:bad::7 ipv6 &&
	tracked 203.0.113.8'
it "they speak" eval 'speaks bad 2 answer && speaks bad6 2 answer &&
	speaks good 2 answer && speaks out 2 answer'
postern ban 203.0.113.7 >/dev/null
postern ban 2001:db8:bad::/64 >/dev/null
postern ban 203.0.113.9 >/dev/null
it "a banned address is cut off" speaks bad 3 cut
it "a banned IPv6 network is cut off" speaks bad6 3 cut
it "so is a session that the server began to a banned address" speaks out 3 cut
it "others go on" speaks good 3 answer
it "their tracked connections go" wait_for 5 eval '! tracked 203.0.113.7 &&
	! tracked 2001:db8:bad::7 ipv6'
it "also those towards them" wait_for 5 eval \
	'! on fw conntrack -L 2>/dev/null | grep -q "dst=203.0.113.9 "'
it "others' stay" tracked 203.0.113.8

summary
