#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A live run, and its records through `postern replay`: the same decisions.
. "$(dirname "$0")/lib.sh"

# What the rules decided: one line each, without when it was written down.
# shellcheck disable=SC2016
WHAT='{kind, prefix, scope: (.scope // "all"), term: (.term // .term_s // 0),
	level: (.level // 0), points: (.points // 0), hosts: (.hosts // 0),
	sign, sid: (.sid // 0), reason}'
# What a list spares again and again is said once in a while, live: in this
# comparison it counts once.
tell() {
	jq -c "$1 | $WHAT" >"$WORLD_DIR/all"
	grep -v '"refused"' "$WORLD_DIR/all"
	grep '"refused"' "$WORLD_DIR/all" | jq -c 'del(.points)' | sort -u
}
live() {
	cat "$RECORDS"/*/*.jsonl |
		jq -c -s 'map(select(.origin == "policy" and .kind)) | sort_by(.id) | .[]' |
		tell . >"$WORLD_DIR/live"
}
replay() {
	postern replay "$RECORDS" -c "$WORLD_DIR/postern.conf" "$@"
}
is_the_same() {
	live
	replay --json >"$WORLD_DIR/replay.json" || return
	tell 'select(.kind)' <"$WORLD_DIR/replay.json" >"$WORLD_DIR/replayed"
	test -s "$WORLD_DIR/live" && diff "$WORLD_DIR/live" "$WORLD_DIR/replayed"
}
recorded() {
	[ "$(cat "$RECORDS"/events/*.jsonl | wc -l)" -ge "$1" ]
}

world_begin
RECORDS=$WORLD_DIR/state/records
configure <<EOF
policy {
	rule "narrow" { sid = {9000005} points = 40 scope = "mail" reason = "web users" }
	rule "trial" { sid = {9000004} points = 100 mode = "alarm" reason = "is it good?" }
	terms = {"1m", "2m", "1h"}
}
EOF
world_start

# Single hosts, networks, forgiveness, protection, in one great mixture.
for i in 1 2 3 4 5 6; do
	for host in 3 7 200 201 202 203 204 205 206; do
		alert "203.0.113.$host"
		alert --sid 9000005 "198.18.$i.$host"
	done
	alert 198.51.100.99
	alert --sid 9000004 198.18.77.1
	case $i in
	2) postern ban 198.18.4.0/24 --for 1h ;;
	3) postern unban 203.0.113.3 ;;
	4) postern allow 198.18.5.200 --reason "a customer"
	   postern unban 198.18.4.0/24 ;;
	5) postern unban --all ;;
	esac >/dev/null 2>&1
	sleep 0.3
done
it "all of it was judged and recorded" wait_for 10 recorded 120
it "there were decisions of each kind" eval 'live &&
	grep -q "\"ban\"" "$WORLD_DIR/live" &&
	grep -q "would-ban" "$WORLD_DIR/live" &&
	grep -q "spared" "$WORLD_DIR/live"'
it "a replay of the records comes to the same, byte for byte" is_the_same
world_kill postern-ctl
wait_for 15 world_is_settled
for _ in 1 2 3 4 5 6; do
	for host in 3 7 200 201; do
		alert "203.0.113.$host"
	done
done
it "a second life of the decider" wait_for 10 recorded 144
seeds() {
	cat "$RECORDS"/*/*.jsonl | jq -r 'select(.kind == "start") | .seed' |
		sort -u | wc -l
}
it "has another seed on record" same "$(seeds)" 2
it "and is replayed as well" is_the_same
it "text says who was spared by what" says \
	"198.51.100.99, the never_ban list" replay
unreadable() {
	replay --json --quiet | jq -r '.summary.bad | numbers'
}
it "every record can be read" same "$(unreadable)" 0
# One event whose hash is cut, one line of no sense at all.
SPOILT=$WORLD_DIR/spoilt
cp -a "$RECORDS" "$SPOILT"
file=$(grep -l '"kind":"event"' "$SPOILT"/events/*.jsonl | head -n 1)
sed -i '0,/"kind":"event"/{/"kind":"event"/s/"hash"/"hush"/}' "$file"
echo "no record" >>"$file"
it "what cannot be read is counted" same \
	"$(RECORDS=$SPOILT unreadable)" 2
it "and said to people, with what to do" eval 'RECORDS=$SPOILT replay |
	grep -E "records that cannot be read +2$" &&
	RECORDS=$SPOILT says "postern-verify(1)" replay'
sed 's/server "mx1"/server "renamed"/' "$WORLD_DIR/postern.conf" \
	>"$WORLD_DIR/renamed.conf"
it "events of a server that is not declared here are counted" eval \
	'replay -c "$WORLD_DIR/renamed.conf" --quiet |
	grep -E "servers not declared here +[1-9]"'
sed 's/^policy {/policy { threshold = 40/' "$WORLD_DIR/postern.conf" \
	>"$WORLD_DIR/strict.conf"
it "a stricter policy is compared over the records" says "+" \
	replay --diff "$WORLD_DIR/strict.conf"
it "eve.json comes on standard input, too" eval 'says "events judged" \
	postern replay - -c "$WORLD_DIR/postern.conf" <"$WORLD_DIR/eve.json"'
bans_of() {
	postern replay "$1" -c "$WORLD_DIR/postern.conf" --json |
		jq -r 'select(.kind == "ban") | .prefix' | xargs
}
sed '5s/"timestamp": *"20/"timestamp":"29/' "$WORLD_DIR/eve.json" \
	>"$WORLD_DIR/future.json"
it "one line from the future" eval \
	'grep -q "\"timestamp\":\"29" "$WORLD_DIR/future.json"'
it "changes nothing for the others" same \
	"$(bans_of "$WORLD_DIR/future.json")" "$(bans_of "$WORLD_DIR/eve.json")"
it "a folder is replayed alone" exits 2 replay "$WORLD_DIR/eve.json"
it "a folder without records says so" exits 1 \
	postern replay "$WORLD_DIR/run" -c "$WORLD_DIR/postern.conf"

summary
