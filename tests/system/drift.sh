#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Somebody else at our table: noticed, repaired whole, recorded by name.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

world_begin
configure <<EOF
policy { sign "ids-alert" { points = 100 }  terms = {"1h"}
         subnet { ipv4 = {} ipv6 = {} } }
EOF
serve dmz $MX 25
world_start
alert 198.18.0.0+2000
wait_for 10 eval 'same "$(count_bans)" 2000'

repaired() {
	[ "$(number .repairs)" -ge "$1" ] && world_is_settled
}

on fw nft flush ruleset
it "a flush of the ruleset is repaired" wait_for 5 repaired 1
it "every ban is in force again" wait_for 5 says "read back just now" \
	postern why 198.18.7.207
it "mail passes" tcp inet 203.0.113.7 $MX 25
it "the culprit is on record" has_record \
	'.kind == "drift" and .name == "nft" and .pid > 1'
it "and the repair" has_record '.kind == "repair"'
it "doctor tells of it" says "others changed our table" postern doctor

generation=$(number .generation)
on fw nft delete element inet postern "ban4_32_g$generation" '{ 198.18.0.5 }'
it "a removed element comes back" wait_for 5 repaired 2
it "in force" wait_for 5 says "read back just now" postern why 198.18.0.5

on fw nft insert rule inet postern forward accept
it "a rule that opens the door goes away" wait_for 5 repaired 3
it_not "for good" says "accept" \
	on fw nft list chain inet postern ladder4

# Fighting with somebody who flushes all the time must not hang us.
for _ in $(seq 20); do
	on fw nft flush ruleset
done
it "twenty flushes in a row end in order" wait_for 10 repaired 4
wait_for 5 world_is_settled
it "all in force" wait_for 5 says "read back just now" postern why 198.18.7.207
before=$(number .repairs)
on fw nft add table inet other
on fw nft add table ip postern
postern ban 203.0.113.50 >/dev/null
it "others' tables are none of our business" same "$(number .repairs)" "$before"

summary
