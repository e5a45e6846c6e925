#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Limits of connections per source and per server, and what the firewall's own
# log tells: above a limit one waits, and nobody is banned for it.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25
MX6=2001:db8:2::25

world_begin
world_config | sed '/service "smtp"/d; /service "submission"/d
	/service "imap"/c\
	service "smtp"       { from = {"outside"}  rate = "6/minute"  burst = 3 }\
	service "submission" { from = {"outside"}  connections = 2 }\
	service "imap"       { from = {"outside"}  total_rate = "6/minute"  total_burst = 4 }\
	service "pop3"       { from = {"outside"}  total_connections = 3 }' \
	>"$WORLD_DIR/postern.conf"
it "the configuration is right" \
	"$WORLD_BIN/posternd" --check -c "$WORLD_DIR/postern.conf"
serve dmz $MX 25 587 143 110
serve dmz $MX6 25 587 143 110
world_start
start_on fw "$TESTS/support/nflog" 25 >"$WORLD_DIR/nflog"
wait_for 5 grep -q ready "$WORLD_DIR/nflog" || world_die "no NFLOG"

# times COUNT NS SOURCE ADDRESS PORT: how many of COUNT attempts get through.
times() {
	local count=$1 through=0 i
	shift
	for ((i = 0; i < count; i++)); do
		tcp "$@" && through=$((through + 1))
	done
	echo "$through"
}
# held NAME SOURCE ADDRESS PORT: a session that stays; "held" or nothing.
hold() {
	local name=$1
	shift
	mkfifo "$WORLD_DIR/$name.fifo"
	start_on inet "$TESTS/support/talk" hold "$@" "$WORLD_DIR/$name.fifo" \
		>"$WORLD_DIR/$name.out"
	# shellcheck disable=SC2034 # it only keeps the pipe open
	exec {keep}<>"$WORLD_DIR/$name.fifo"
	wait_for 3 grep -q held "$WORLD_DIR/$name.out"
}

it "one source: as many at once as the burst" \
	same "$(times 6 inet 203.0.113.7 $MX 25)" 3
it "another source has its own" same "$(times 6 inet 203.0.113.8 $MX 25)" 3
it "IPv6: the same" same "$(times 6 inet 2001:db8:bad::7 $MX6 25)" 3
it "IPv6: a neighbour in the same /64 is the same source" \
	same "$(times 2 inet 2001:db8:bad::8 $MX6 25)" 0
it "IPv6: another /64 is another source" \
	same "$(times 6 inet 2001:db8:bad:1::8 $MX6 25)" 3
it "it is counted" test "$(packets limited_mx1)" -gt 5
it "and logged, with who it was" \
	wait_for 3 grep -qx 'postern limited_mx1 203.0.113.7' "$WORLD_DIR/nflog"

it "a source holds two sessions" hold one 203.0.113.7 $MX 587
it "..." hold two 203.0.113.7 $MX 587
it_not "but no third one" tcp inet 203.0.113.7 $MX 587
it "another source does" tcp inet 203.0.113.9 $MX 587
stop_pid "${WORLD_PIDS[-1]}"
it "when one of them ended, the next may come" \
	wait_for 5 tcp inet 203.0.113.7 $MX 587

it "all sources of a service together: the rate" same "$(
	for i in 1 2 3 4 5 6 7; do tcp inet "203.0.113.2$i" $MX 143 && echo x
	done | wc -l)" 4
it "all together: sessions at once" eval \
	'hold three 203.0.113.31 $MX 110 && hold four 203.0.113.32 $MX 110 &&
		hold five 203.0.113.33 $MX 110'
it_not "no fourth, whoever it is" tcp inet 203.0.113.34 $MX 110
tcp inet 203.0.113.35 $MX 22
it "what is no service is logged by its own name" \
	wait_for 3 grep -qx 'postern refused_in_mx1 203.0.113.35' "$WORLD_DIR/nflog"
it "nobody is banned for any of this" same "$(count_bans)" 0

summary
