#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The whole story of an address, also after a restart: from the records.
. "$(dirname "$0")/lib.sh"

A=203.0.113.7

world_begin
configure </dev/null
world_start

unknown() {
	says "Nothing is known about it, nor is anything on record." \
		postern why "$1"
}
# on_record FILTER: how many records `why $A` tells, that the filter selects.
on_record() {
	postern why $A --json | jq "[.records[] | select($1)] | length"
}
it "of a stranger nothing is known, and that is said" unknown $A
it "with what would have to happen" says "100 more points would ban it for" \
	postern why $A
for _ in 1 2 3; do alert $A; done
wait_for 5 is_banned $A
wait_for 5 eval '[ "$(on_record true)" = 4 ]'
it "why tells a ban and its events once" same \
	"$(postern why $A | grep -c "ids-alert \[sid 9000001\]")" 3
it "the records have the four of them" same "$(on_record true)" 4
world_kill postern-ctl
wait_for 15 world_is_settled
it "after the death of the decider its events are told all the same" same \
	"$(postern why $A | grep -c "ids-alert \[sid 9000001\] against mx1:25: ")" 3
it "the newest first" same "$(postern why $A --json |
	jq -r '.records | map(.time) | . == (sort | reverse)')" true
it "with what became of each" says "against mx1:25: banned" postern why $A
postern unban $A --reason "a customer" >/dev/null
world_kill postern-ctl
wait_for 15 world_is_settled
it "so is a ban that is over" eval \
	'[ "$(on_record ".kind == \"ban\"")" = 1 ] &&
	[ "$(on_record ".kind == \"unban\"")" = 1 ] &&
	says "is not banned" postern why $A && says "a customer" postern why $A'
it "and all of it is there" same "$(on_record true)" 5
it "nothing more is" same "$(postern why $A --json | jq .more)" false
it "of another stranger still nothing" unknown 203.0.113.8

for h in 11 12 13 14 15 16; do
	for _ in 1 2 3 4 5; do alert 198.18.9.$h; done
done
wait_for 5 is_banned 198.18.9.0/24
world_kill postern-ctl
wait_for 15 world_is_settled
it "of a banned network all of its events are told" says "by 198.18.9.1" \
	postern why 198.18.9.77
it "but not without end" same \
	"$(postern why 198.18.9.77 --json | jq '.records | length')" 20
it "and that there are more" says "There may be more: postern log --address" \
	postern why 198.18.9.77
it "who may not read the records is told so" eval \
	'mv "$WORLD_DIR/state/records" "$WORLD_DIR/away";
	says "the records could not be read" postern why 192.0.2.200; got=$?
	mv "$WORLD_DIR/away" "$WORLD_DIR/state/records"; [ $got = 0 ]'

summary
