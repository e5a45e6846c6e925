#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A live run, and its records through `postern replay`: the same decisions.
. "$(dirname "$0")/lib.sh"

# Decisions, whole, as they are on record and as a replay tells them.  What may
# differ, and why:
#   seq, class, clock, prev, hash   are the record's own
#   id            numbers all acts of the run; in a replay, decisions alone
#   time, until   when it was written down, and the term from then on (the term
#                 is compared); a replay tells when the event was judged
#   boot, monotonic_ns              the clock of the writing
# Three words are spelt otherwise: term_s, event, and an error's number.
# shellcheck disable=SC2016
OWN='del(.seq, .class, .clock, .prev, .hash, .id, .time, .until, .boot,
	.monotonic_ns)'
# shellcheck disable=SC2016
SPELT='.term_s = .term | del(.term) | .event = .event_time | del(.event_time)
	| .error |= {"Permission denied": 13, "Disk quota exceeded": 122}[. // ""]
	| if .scope == "all" then del(.scope) else . end
	| with_entries(select(.value != null))'
live() {
	cat "$RECORDS"/*/*.jsonl |
		jq -c -s 'map(select(.origin == "policy" and .kind)) | sort_by(.id) | .[]' |
		jq -S -c "$OWN" >"$WORLD_DIR/live"
}
replay() {
	postern replay "$RECORDS" -c "$WORLD_DIR/postern.conf" "$@"
}
is_the_same() {
	live
	replay --json >"$WORLD_DIR/replay.json" || return
	# What was said lately has no number: it is not on record again.
	jq -S -c "select(.id and .origin == \"policy\") | $SPELT | $OWN" \
		<"$WORLD_DIR/replay.json" >"$WORLD_DIR/replayed"
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
shared { domains = {"example.net"}  resolvers = {"127.0.0.1"}  resolver_port = 5353 }
EOF
echo "example.net TXT v=spf1 ip4:198.18.20.0/24 ip4:198.18.22.0/25 -all" \
	>"$WORLD_DIR/zone"
out=$(mktemp -p "$WORLD_DIR")
start_on fw "$TESTS/support/nameserver" 127.0.0.1 5353 "$WORLD_DIR/zone" >"$out"
wait_for 5 grep -q ready "$out" || world_die "no name server"
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

# Who was learned to be protected, in between: a gateway that comes and goes, a
# sender by its SPF record.
learned() {
	has_record ".kind == \"$1\" and .name == \"$2\" and .prefix == \"$3\""
}
attack() {
	local i
	for i in $(seq "$1"); do alert "$2" "$3"; done
}
judged() {
	[ "$(cat "$RECORDS"/events/*.jsonl | grep -c "\"source\":\"$1\"")" -ge "$2" ]
}
it "a sender's networks are on record" wait_for 15 \
	learned protect shared 198.18.20.0/24
attack 2 203.0.113.254 198.18.20.7
wait_for 10 judged 198.18.20.7 2
ip -n "$WORLD_ID-fw" route add default via 203.0.113.254 dev eth0 onlink
world_kill postern-nft
it "so is a gateway, once there is one" wait_for 15 \
	learned protect observed 203.0.113.254
attack 5 203.0.113.254 198.18.20.8
attack 3 203.0.113.253 203.0.113.252
wait_for 10 judged 203.0.113.254 7
echo "example.net TXT v=spf1 ip4:198.18.22.0/25 -all" >"$WORLD_DIR/zone"
ip -n "$WORLD_ID-fw" route del default
world_kill postern-nft postern-resolve
it "and that they are none any more" eval \
	'wait_for 15 learned unprotect observed 203.0.113.254 &&
	wait_for 15 learned unprotect shared 198.18.20.0/24'
attack 5 203.0.113.254 198.18.20.9
it "all that was judged" wait_for 10 judged 198.18.20.9 5
it "it mattered: one was spared, and banned when it was not" eval 'live &&
	grep -q "spared: 203.0.113.254, this machine, a gateway" "$WORLD_DIR/live" &&
	grep -q "spared: 198.18.20.0/24, a shared sender" "$WORLD_DIR/live" &&
	grep "\"ban\"" "$WORLD_DIR/live" | grep -q "\"prefix\":\"203.0.113.254\"" &&
	grep "\"ban\"" "$WORLD_DIR/live" | grep -q "\"prefix\":\"198.18.20.9\""'
it "a replay knows at each event who was protected then" is_the_same
otherwise() {
	same "$(replay --json --quiet | jq .summary.otherwise)" "$1"
}
it "and has nothing to say against its policy" otherwise 0
world_kill postern-ctl
wait_for 15 world_is_settled
attack 5 203.0.113.250 198.18.20.10
it "a life that begins with what was learned before" wait_for 10 \
	judged 198.18.20.10 5
it "is replayed, too" is_the_same

# A reload within the run.
cp "$WORLD_DIR/postern.conf" "$WORLD_DIR/first.conf"
cp "$WORLD_DIR/live" "$WORLD_DIR/live.first"
sed -i 's/^policy {/policy { threshold = 60/' "$WORLD_DIR/postern.conf"
it "another policy comes into force" \
	postern reload -c "$WORLD_DIR/postern.conf"
wait_for 15 world_is_settled
attack 3 198.18.50.1 198.18.50.2
wait_for 10 judged 198.18.50.2 3
with_first() {
	postern replay "$RECORDS" -c "$WORLD_DIR/first.conf" "$@"
}
it "a replay by the first one says where it ended" eval \
	'[ "$(with_first | grep -c "from here on another policy was in force")" = 1 ] &&
	with_first | grep -B1 -A99 "another policy" | grep -q "198.18.50"'
it "and decides the same up to there" eval \
	'with_first --json | sed -n "/another policy/q; p" >"$WORLD_DIR/part.json" &&
	jq -S -c "select(.id and .origin == \"policy\") | $SPELT | $OWN" \
		<"$WORLD_DIR/part.json" | diff "$WORLD_DIR/live.first" -'
it "one by the second says where that begins" eval \
	'replay | grep -A99 "from here on this policy was in force" | grep -q 198.18.50.1'
cp "$WORLD_DIR/first.conf" "$WORLD_DIR/postern.conf"
postern reload -c "$WORLD_DIR/postern.conf" >/dev/null
wait_for 15 world_is_settled

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
	# shellcheck disable=SC2086 # several files
	postern replay $1 -c "$WORLD_DIR/postern.conf" --json |
		jq -r 'select(.kind == "ban") | .prefix' | xargs
}
sed '5s/"timestamp": *"20/"timestamp":"29/' "$WORLD_DIR/eve.json" \
	>"$WORLD_DIR/future.json"
it "one line from the future" eval \
	'grep -q "\"timestamp\":\"29" "$WORLD_DIR/future.json"'
it "changes nothing for the others" same \
	"$(bans_of "$WORLD_DIR/future.json")" "$(bans_of "$WORLD_DIR/eve.json")"
head -n 5 "$WORLD_DIR/future.json" | sed 's/"timestamp": *"20/"timestamp":"29/' \
	>"$WORLD_DIR/ahead.json"
it "a clock that was ahead and put back makes nobody old" eval '[ "$(
	bans_of "$WORLD_DIR/ahead.json $WORLD_DIR/eve.json" | wc -w)" -gt "$(
	bans_of "$WORLD_DIR/ahead.json" | wc -w)" ]'
it "a folder is replayed alone" exits 2 replay "$WORLD_DIR/eve.json"
it "a folder without records says so" exits 1 \
	postern replay "$WORLD_DIR/run" -c "$WORLD_DIR/postern.conf"

summary
