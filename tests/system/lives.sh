#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each program killed, all of them killed, a reboot: each ban is in force again
# with the term that is left, no packet of a banned source gets through, nothing
# is lost and nothing comes twice.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

world_begin
configure <<EOF
policy { sign "ids-alert" { points = 100 }  terms = {"1h", "2h"}
         subnet { ipv4 = {} ipv6 = {} } }
EOF
serve dmz $MX 25
world_start

# A banned source knocks all the time; whatever reaches the server is seen.
alert 203.0.113.66
wait_for 2 is_banned 203.0.113.66
spy() {
	on fw nft -f - <<-EOF
	table inet spy { }
	delete table inet spy
	table inet spy {
		chain f {
			type filter hook forward priority 500
			ip saddr 203.0.113.66 counter
		}
	}
	EOF
}
knock() {
	start_on inet "$TESTS/support/talk" knock 203.0.113.66 $MX 25
	KNOCKER=${WORLD_PIDS[-1]}
}
nothing_got_through() {
	wait_for 5 eval '[ "$(packets banned4)" -gt 100 ]' || return 1
	says 'packets 0 bytes 0' on fw nft list table inet spy
}
spy
knock

# Alerts keep coming while programs die: 5 addresses, a kill, 5 addresses ...
next=0
five_alerts() {
	alert "198.18.0.$next+5"
	next=$((next + 5))
}
for name in postern-ctl postern-nft postern-records postern-feed; do
	for _ in 1 2 3; do
		five_alerts
		world_kill $name
		five_alerts
		wait_for 15 world_is_settled
	done
	it "$name killed three times: every ban is there" \
		wait_for 15 eval 'same "$(count_bans)" $((next + 1))'
done
it "no attacker was banned twice" \
	same "$(postern bans --json | jq -s 'map(select(.level != 1)) | length')" 0
it "the programs' deaths are on record" has_record \
	'.kind == "program" and .name == "postern-nft"'
it "no packet got through" nothing_got_through

left_before=$(postern bans --json |
	jq 'select(.prefix == "203.0.113.66") | .left')
kill -KILL "$WORLD_POSTERND"
wait_for 5 eval '! pgrep -f "postern-(ctl|nft|feed|records) [0-9]" -P 1'
five_alerts
it "all killed: the bans stay in the kernel" \
	says 203.0.113.66 on fw nft get element inet postern \
	"ban4_32_g$(on fw nft -t list table inet postern |
		sed -n 's/.*set ban4_32_g\([0-9]*\) {.*/\1/p')" '{ 203.0.113.66 }'
sleep 1
world_start
it "and are known again, with what was said meanwhile" \
	wait_for 5 eval 'same "$(count_bans)" $((next + 1))'
left=$(postern bans --json | jq 'select(.prefix == "203.0.113.66") | .left')
it "with the term that is left ($left of $left_before s)" \
	test "$left" -lt "$left_before" -a "$left" -gt $((left_before - 120))
it "in the kernel, too" says "read back just now" postern why 203.0.113.66
it "no packet got through" nothing_got_through

# As after a reboot: no table, nothing running; the early unit first.
stop_pid "$KNOCKER"
world_stop
on fw nft delete table inet postern
on fw "$WORLD_BIN/postern-nft" --early "$WORLD_DIR/state" 2>>"$WORLD_DIR/log"
spy
knock
it_not "early: no mail passes, whoever sends" tcp inet 203.0.113.7 $MX 25
it "early: administrators pass" tcp in 10.0.9.5 $MX 25
world_start
it "after the boot mail passes" tcp inet 203.0.113.7 $MX 25
it "and every ban is in force" says "read back just now" \
	postern why 203.0.113.66
it "no packet got through" nothing_got_through

# As after a reboot with a kept ruleset that is damaged, in several ways.
early_with() {
	world_stop
	on fw nft delete table inet postern
	"$@"
	on fw "$WORLD_BIN/postern-nft" --early "$WORLD_DIR/state" \
		2>>"$WORLD_DIR/log"
}
kept=$WORLD_DIR/state/skeleton/skeleton.nft
for damage in "truncate -s 2000 $kept" "truncate -s 0 $kept" "rm $kept" \
	"chmod 666 $kept" "dd if=/dev/urandom of=$kept bs=4k count=1 status=none"
do
	# shellcheck disable=SC2086
	early_with $damage
	it_not "early, after ${damage%% /*}: no mail passes" \
		tcp inet 203.0.113.7 $MX 25
	chmod 640 "$kept" 2>/dev/null
	world_start
	it "and posternd puts it right" tcp inet 203.0.113.7 $MX 25
done

# A ban that was given a shorter term, and is over, does not come back.
postern ban 203.0.113.88 --for 1d >/dev/null
postern ban 203.0.113.88 --for 1s >/dev/null
it "a ban with a shorter term ends" wait_for 5 eval '! is_banned 203.0.113.88'
world_kill postern-ctl
wait_for 15 world_is_settled
it_not "and is over in the next life, too" is_banned 203.0.113.88

# What ended meanwhile does not come back.
postern ban 203.0.113.77 --for 2s >/dev/null
world_stop
sleep 2.1
world_start
it_not "a ban that ended while nobody ran is over" is_banned 203.0.113.77
it "on record it stays" has_record '.prefix == "203.0.113.77"'

# A command's ban is on disk when the command returns.
for i in 1 2 3 4 5; do
	postern ban "203.0.113.10$i" >/dev/null
	world_kill postern-ctl postern-records postern-nft
	wait_for 15 world_is_settled
	it "a ban survives the death of all at once ($i)" \
		is_banned "203.0.113.10$i"
done
postern unban 203.0.113.101 >/dev/null
world_kill postern-ctl
wait_for 15 world_is_settled
it_not "and so does an unban" is_banned 203.0.113.101
it "sequence numbers have no gap" \
	same "$(records | jq .seq | awk '$1 != NR { print "gap at " NR; exit }')" ""

summary
