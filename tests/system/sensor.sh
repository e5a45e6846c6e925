#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sensor on the wire: from a refused login to the ban, without an IDS and
# without a log of the mail server.
. "$(dirname "$0")/lib.sh"

world_begin
{
	world_config
	cat <<-EOF
	policy { threshold = 100  sign "auth-failure" { points = 40 }
	         subnet { ipv4 = {} ipv6 = {} } }
	sensor "outside" { interface = "eth0"  ring = 16 }
	sensor "mirror"  { interface = "mir0"  promiscuous = true  ring = 4 }
	sensor "drops"   { interface = "nflog:25" }
	EOF
} >"$WORLD_DIR/postern.conf"

mail() {
	on inet "$TESTS/support/mail" "$@"
}
serve_mail() {
	local out
	out=$(mktemp -p "$WORLD_DIR")
	start_on dmz "$TESTS/support/mail" serve "$@" >"$out"
	wait_for 5 grep -q ready "$out" || world_die "no mail server at $*"
}
sensor() {
	number ".sensors[0].$1"
}
has_event_at() {
	jq -e "select(.kind == \"event\" and .position.offset == $1)" \
		"$WORLD_DIR"/state/records/events/*.jsonl | grep -q .
}
sensor_lives() {
	wait_for 15 eval 'same "$(sensor live)$(sensor error)" truenull'
}
dialogues_are() {
	wait_for 5 eval "same \"\$(sensor dialogues)\" $1"
}

serve_mail 192.0.2.25 25
serve_mail 2001:db8:2::25 25
world_start
it "the sensor captures" sensor_lives
it "as nobody, without a capability" eval '
	pid=$(world_pid postern-sensor)
	grep -q "^CapEff:[[:space:]]*0000000000000000" /proc/$pid/status &&
	[ "$(stat -c %U /proc/$pid/)" = postern-sensor ] ||
	[ "$(awk "/^Uid:/ { print \$2 }" /proc/$pid/status)" = "$(id -u postern-sensor)" ]'

it "an honest mail" mail deliver 203.0.113.9 192.0.2.25
it "is seen as one" wait_for 5 eval 'same "$(sensor mails)" 1'
it "and bans nobody" same "$(count_bans)" 0
mail wide 203.0.113.9 192.0.2.25
it "what is too long to be read is counted" wait_for 5 eval 'same "$(sensor skipped)" 1'
it "and told" says "1 parts, fields or names passed over" postern status
it "two refused logins ban nobody" eval '
	mail guess 203.0.113.10 192.0.2.25 2; sleep 0.3; same "$(count_bans)" 0'
mail guess 198.18.0.1 192.0.2.25 3 >/dev/null
it "three ban" wait_for 5 is_banned 198.18.0.1
it "and the kernel drops what comes then" fails mail guess 198.18.0.1 192.0.2.25 1
mail guess 2001:db8:bad::7 2001:db8:2::25 3 >/dev/null
it "IPv6 as well" wait_for 5 eval 'count_bans | grep -qx 2'
mail cut 198.18.0.2 192.0.2.25 3 >/dev/null
it "a byte in each segment hides nothing" wait_for 5 is_banned 198.18.0.2
it "the record says who, what and how well proven" wait_for 5 has_record '
	.kind == "ban" and .prefix == "198.18.0.1" and .sign == "auth-failure" and
	.proof == "dialogue" and .name == "outside"'
# What was said stands beside the event, put together from its pieces.
said() {
	jq -rs 'map(select(.kind == "original" and .source == "198.18.0.1")) |
		.[-1].offset as $last | map(select(.offset == $last)) |
		sort_by(.at) | map(.line) | add' "$WORLD_DIR"/state/records/events/*.jsonl
}
it "and another what was said, by both sides" wait_for 5 eval '
	said >"$WORLD_DIR/said" &&
	grep -Fx "C: EHLO client.example.net" "$WORLD_DIR/said" &&
	grep "^S: 535 " "$WORLD_DIR/said"'
it "between whom, and how much" grep -Eq \
	'^frame [0-9]+: 198.18.0.1 port [0-9]+ to 192.0.2.25 port 25, client [0-9]+ bytes, server [0-9]+ bytes' \
	"$WORLD_DIR/said"
it "but no secret" eval '
	grep -Fx "C: AUTH PLAIN (9 bytes left out)" "$WORLD_DIR/said" &&
	! grep -r AGEAYg "$WORLD_DIR/state/records"'
it "it is the one of an event" has_event_at \
	"$(jq -s 'map(select(.kind == "original" and .source == "198.18.0.1"))[-1].offset' \
		"$WORLD_DIR"/state/records/events/*.jsonl)"

# The counters are told once a second.
sleep 1.5
before=$(sensor dialogues)
mac=$(on fw cat /sys/class/net/eth0/address)
mail act 203.0.113.77 192.0.2.25 5 "$mac"
sleep 1.5
it_not "a dialogue that one forger acts out bans nobody" is_banned 203.0.113.77
it "for what the server says does not come from there" \
	same "$(sensor dialogues)" "$before"

it "status shows it" says "sensor" postern status
it "and doctor" says "outside captures on eth0" postern doctor
world_kill postern-sensor
it "killed, it is back" eval 'dialogues_are 0; sensor_lives'
mail guess 198.18.0.3 192.0.2.25 3 >/dev/null
it "and reads on" wait_for 5 is_banned 198.18.0.3
world_kill postern-ctl
it "when the decider dies, it begins anew with the next" eval '
	wait_for 15 world_is_settled; sensor_lives'
mail guess 198.18.0.4 192.0.2.25 3 >/dev/null
it "and what it says counts" wait_for 5 is_banned 198.18.0.4

mirror_says() {
	wait_for 15 eval "same \"\$(number .sensors[1].error)\" '$1'"
}
it "an interface that is not there is told" mirror_says '"No such device"'
ip -n "$WORLD_ID-fw" link add mir0 type veth peer name mir1
ip -n "$WORLD_ID-fw" link set mir1 up
ip -n "$WORLD_ID-fw" link set mir0 up
it "when it comes, it is captured" mirror_says null
ip -n "$WORLD_ID-fw" link del mir0
it "when it goes, that is told" mirror_says '"No such device"'
it "the others do not care" same "$(sensor error)" null

# What the firewall drops comes in by its log.
was_seen() {
	cat "$WORLD_DIR"/state/records/events/*.jsonl | jq -e "select($1)" |
		grep -q .
}
it "the firewall's log is read" wait_for 15 eval '
	same "$(number ".sensors[2].live")" true'
fails tcp inet 203.0.113.44 192.0.2.25 143
it "and a dropped packet is on record, with the rule's words" wait_for 5 was_seen '
	.sign == "refused" and .source == "203.0.113.44" and .target_port == 143 and
	.server == "mx1" and (.text | startswith("postern refused"))'
it_not "and bans nobody" is_banned 203.0.113.44
mail act 203.0.113.78 192.0.2.25 5 "$mac"
sleep 0.5
it_not "nor does a dialogue made of dropped packets" is_banned 203.0.113.78
on dmz timeout 3 "$TESTS/support/mail" deliver 192.0.2.80 203.0.113.9 >/dev/null 2>&1
it "mail from who is no mail server is seen to be dropped" wait_for 5 was_seen '
	.sign == "refused" and .source == "192.0.2.80" and .target_port == 25'

no_sensor_is_left() {
	sed -i "/^sensor/d" "$WORLD_DIR/postern.conf"
	postern -c "$WORLD_DIR/postern.conf" reload &&
		wait_for 5 eval 'same "$(number ".sensors | length")" 0'
}
it "a reload without them ends them" no_sensor_is_left
it_not "for good" world_pid postern-sensor
summary
