#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rules, pardons, alarms and a reload that undoes itself, as a person meets them.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

reload() {
	postern reload -c "$WORLD_DIR/postern.conf" "$@"
}
alarms() {
	number '.alarms | length'
}
alarms_are() {
	same "$(alarms)" "$1"
}

# What the firewall's programs find at /etc/resolv.conf.
world_last_words() {
	rm -rf "/etc/netns/$WORLD_ID-fw"
}
world_begin
mkdir -p "/etc/netns/$WORLD_ID-fw"
echo "nameserver 198.51.100.53" >"/etc/netns/$WORLD_ID-fw/resolv.conf"
cat >"$WORLD_DIR/notify" <<EOF
#!/bin/sh
{ printf '%s\n' "\$1"; cat; id -un; } >>"$WORLD_DIR/notified/log"
EOF
chmod 755 "$WORLD_DIR/notify"
mkdir -m 777 "$WORLD_DIR/notified"
cat >"$WORLD_DIR/wave.conf" <<EOF
rule "wave" {
	sid = {9000002}
	points = 100
	term = "2h"
	reason = "the wave of today"
	owner = "mail team"
	ticket = "4711"
}
rule "over" { sid = {9000003} points = 100 expires = "2020-01-01" reason = "long ago" }
EOF
configure <<EOF
policy {
	rule "monitor" { source = {"203.0.113.50"} points = 0 reason = "our probe" }
	rule "narrow" { sid = {9000005} points = 100 scope = "mail" reason = "a web user's mail" }
	rule "trial" { sid = {9000004} points = 100 mode = "alarm" reason = "is it good?" }
	include = {"$WORLD_DIR/wave.conf"}
}
alarms { command = "$WORLD_DIR/notify" }
EOF
serve dmz $MX 25
serve dmz 192.0.2.80 80
serve dmz 2001:db8:2::25 25
it "an expired rule is warned of, with file and line" \
	says "wave.conf:9: warning: rule \"over\": it expired" \
	postern check -c "$WORLD_DIR/postern.conf"
cat >"$WORLD_DIR/never.conf" <<EOF
rule "low" { source = {"198.19.1.0/25"} reason = "x" }
rule "high" { source = {"198.19.1.128/25"} reason = "x" }
rule "gone" { source = {"198.19.1.0/24"} reason = "x" }
rule "saved" { source = {"198.51.100.99"} points = 100 reason = "x" }
rule "shut" { port = 2222 reason = "x" }
EOF
sed "s#wave.conf#never.conf#" "$WORLD_DIR/postern.conf" >"$WORLD_DIR/c.conf"
checked() {
	says "never.conf:$1: warning: rule $2" \
		postern check -c "$WORLD_DIR/c.conf"
}
it "so is one that others together leave nothing" \
	checked 3 '"gone": it never matches: 2 rules before it'
it "one that is to ban whom the guard saves" \
	checked 4 '"saved": it never bans'
it "one for a port that nobody offers" \
	checked 5 '"shut": no declared server offers a service at port 2222'
world_start

alert --sid 9000002 203.0.113.10
it "a rule of an included file bans" wait_for 5 is_banned 203.0.113.10
it "for its own term" same "$(is_banned 203.0.113.10 | jq .term)" 7200
it "and says so" says "(rule wave)" postern bans
alert --sid 9000003 203.0.113.11
for _ in 1 2 3 4 5 6 7 8; do alert --sid 9000009 203.0.113.50; done
alert --sid 9000002 203.0.113.50
alert --sid 9000004 203.0.113.12
it "rules are listed with their hits" wait_for 5 \
	eval "postern rules --json | jq -e -s 'any(.name == \"monitor\" and .hits == 9)'"
it "and since when these count" same "$(postern rules --json |
	jq -rs 'map(.since) | unique | .[]')" "$(number .since | tr -d '"')"
it "as text, too" says "Hits are counted since 20" postern rules
it "with reason, owner and ticket" says "the wave of today; mail team; ticket 4711" postern rules
it "an expired one says so" says "it matches no more" postern rules
it "and status, too" says "1 of 5 rules expired" postern status
it "the first rule that matches counts: the probe is not banned" \
	bans_are 203.0.113.10

it "a rule in mode alarm raises an alarm" wait_for 5 alarms_are 1
it "which status shows" says "ALARM 1 203.0.113.12: ids-alert" postern status
it "and the command was run, once" wait_for 5 grep -q \
	'^alarm 1: 203.0.113.12: ids-alert' "$WORLD_DIR/notified/log"
it "with JSON on its standard input" wait_for 3 grep -q \
	'"kind":"mode","prefix":"203.0.113.12"' "$WORLD_DIR/notified/log"
it "by nobody of importance" wait_for 3 grep -qx postern-alarm "$WORLD_DIR/notified/log"
for _ in 1 2 3; do alert --sid 9000004 203.0.113.12; done
it "the same alarm is counted, not said" wait_for 5 \
	eval '[ "$(number ".alarms[0].count")" = 4 ]'
it "once" same "$(grep -c '^alarm 1' "$WORLD_DIR/notified/log")" 1
world_kill postern-ctl
wait_for 15 world_is_settled
it "it outlives a crash" alarms_are 1
it "ack" says "1 alarm is acknowledged" postern ack 1
it "and it is gone" alarms_are 0
it_not "ack of nothing fails" postern ack 1
world_kill postern-ctl
wait_for 15 world_is_settled
it "also after a crash" alarms_are 0
for _ in 1 2 3 4 5; do alert 198.51.100.99; done
it "a protected source that attacks is an alarm" wait_for 5 \
	says "spared: 198.51.100.99, the never_ban list" postern status
it "and never banned" bans_are 203.0.113.10

# A ban from the mail services alone.
alert --sid 9000005 203.0.113.30
it "a rule may ban from the mail services alone" wait_for 5 \
	says "(mail only)" postern bans
it_not "they are shut" tcp inet 203.0.113.30 $MX 25
it "everything else is open" tcp inet 203.0.113.30 192.0.2.80 80
it "why says so" says "from the mail services only" postern why 203.0.113.30
it "and that the kernel does it" says "read back just now" \
	postern why 203.0.113.30
it "the records, too" has_record \
	'.kind == "ban" and .prefix == "203.0.113.30" and .scope == "mail"'
it "mail flows by IPv6" tcp inet 2001:db8:bad::9 2001:db8:2::25 25
it "why tells what a network's ban is for" eval \
	'for h in 1 2 3 4 5 6; do for n in 1 2 3; do alert 198.18.9.$h; done; done
	wait_for 5 is_banned 198.18.9.0/24 &&
	says "by 198.18.9." postern why 198.18.9.77'
postern unban 198.18.9.0/24 >/dev/null
it "by hand, for a network, in both families" eval \
	'postern ban 198.18.7.0/24 --scope mail && postern ban 2001:db8:bad::/64 --scope mail'
it_not "no mail" tcp inet 198.18.7.9 $MX 25
it "but all else" tcp inet 198.18.7.9 192.0.2.80 80
it_not "no mail by IPv6" tcp inet 2001:db8:bad::9 2001:db8:2::25 25
world_kill postern-nft postern-ctl postern-records
wait_for 15 world_is_settled
it_not "it survives the death of them all" tcp inet 198.18.7.9 $MX 25
it "as what it is" tcp inet 198.18.7.9 192.0.2.80 80
on fw nft flush ruleset
wait_for 15 eval '[ "$(number .repairs)" -gt 0 ] && world_is_settled'
it_not "and a flush" tcp inet 198.18.7.9 $MX 25
postern ban 203.0.113.30 --for 1h >/dev/null
it_not "the two bans of one prefix are two" tcp inet 203.0.113.30 192.0.2.80 80
it "and go together" says "2 bans are lifted" postern unban 203.0.113.30
it "so that all is open" eval \
	'tcp inet 203.0.113.30 $MX 25 && tcp inet 203.0.113.30 192.0.2.80 80'
postern unban 198.18.7.0/24 >/dev/null
postern unban 2001:db8:bad::/64 >/dev/null

# How much a ban drops, on demand.
postern ban 203.0.113.0/24 --for 1h >/dev/null
start_on inet "$TESTS/support/talk" knock 203.0.113.200 $MX 25
knocker=${WORLD_PIDS[-1]}
traced() {
	postern why 203.0.113.77 --trace --for 2s --json | tail -n 1 |
		is_true "$1"
}
it "why --trace counts what a ban drops, of the whole network" \
	traced '.seconds == 2 and .packets > 200 and .packets < 3000'
stop_pid "$knocker"
it "and nothing when nothing comes" traced '.packets == 0'
it "no rule of it is left behind" eval \
	'! on fw nft list chain inet postern banned_traced4 | grep saddr'
it "nobody took it for a foreign hand" same "$(number .repairs)" 1
postern unban 203.0.113.0/24 >/dev/null
it "there is nothing to trace where nothing is banned" exits 1 \
	postern why 203.0.113.77 --trace

# Pardons.
postern ban 203.0.112.0/23 --for 1h >/dev/null
it_not "a banned network is out" tcp inet 203.0.113.77 $MX 25
it "one address of it is let in" says "passes for 10m" \
	postern unban 203.0.113.77 --pardon 10m --reason "their admin called"
it "and passes" tcp inet 203.0.113.77 $MX 25
it_not "its neighbours do not" tcp inet 203.0.113.78 $MX 25
postern unban 203.0.112.0/23 >/dev/null
for _ in 1 2 3 4 5 6; do alert --severity 1 203.0.113.77; done
it "repeated events do not undo it" wait_for 5 eval \
	'[ "$(number .pardoned)" = 6 ]'
postern ban 203.0.112.0/23 --for 1h >/dev/null
it "and it still passes" tcp inet 203.0.113.77 $MX 25
it "why tells of it" says "It is pardoned" postern why 203.0.113.77
world_kill postern-ctl
wait_for 15 world_is_settled
it "it survives the death of the decider" tcp inet 203.0.113.77 $MX 25
world_kill postern-nft postern-ctl postern-records
wait_for 15 world_is_settled
it "and of all the rest" tcp inet 203.0.113.77 $MX 25
world_stop
on fw nft delete table inet postern
world_start
it "and a reboot" tcp inet 203.0.113.77 $MX 25
it_not "which keeps the ban around it, too" tcp inet 203.0.113.78 $MX 25
postern unban 203.0.112.0/23 >/dev/null

it "allow wants a reason" exits 2 postern allow 203.0.113.90
it "that says something" exits 2 postern allow 203.0.113.90 --reason ""
postern ban 203.0.113.90 >/dev/null
it "allow lifts what it covers at once" says "what was banned of it is lifted" \
	postern allow 203.0.113.88/29 --reason "a customer"
it "so it passes" tcp inet 203.0.113.90 $MX 25
it "the list has it" says "a customer" postern allow
it "for good" says "for good" postern allow
it "a ban of who passes says that it keeps nobody out" says \
	"but passes: 203.0.113.88/29 is pardoned" postern ban 203.0.113.90
it "a pardon for a while" says "1 ban is lifted, and it passes for longer" \
	postern unban 203.0.113.88/29 --pardon 1m
it "ends none that is for good" says "for good" postern allow
postern ban 203.0.113.0/24 >/dev/null
it "a wider ban does not touch it" tcp inet 203.0.113.90 $MX 25
it "until it is taken back" postern allow --remove 203.0.113.88/29
it_not "then it does" tcp inet 203.0.113.90 $MX 25
it "who is not allowed cannot be taken back" exits 1 \
	postern allow --remove 203.0.113.88/29
postern unban 203.0.113.0/24 >/dev/null

# A reload that locks out undoes itself.
cp "$WORLD_DIR/postern.conf" "$WORLD_DIR/good.conf"
sed -i 's/service "smtp" .*/service "smtp" { from = {"inside"} }/' \
	"$WORLD_DIR/postern.conf"
it "reload --confirm takes the new configuration" \
	says "goes back to what it was" reload --confirm 3s
it_not "which is in force" tcp inet 203.0.113.90 $MX 25
it "status says that it waits" says "not confirmed" postern status
it "and undoes itself" wait_for 10 tcp inet 203.0.113.90 $MX 25
it "with a record of it" wait_for 5 has_record \
	'.kind == "reload" and (.reason // "" | startswith("not confirmed"))'
it "and an alarm" says "not confirmed in time" postern status
it "no restart takes the new file either" eval \
	'world_stop && world_start && tcp inet 203.0.113.90 $MX 25'
it "on trial once more" reload --confirm 60s
it_not "it is in force" tcp inet 203.0.113.90 $MX 25
kill -KILL "$WORLD_POSTERND"
sleep 0.3
world_start
it "the death of posternd undoes it" tcp inet 203.0.113.90 $MX 25
it "and says so" wait_for 5 has_record \
	'.kind == "reload" and (.reason // "" | startswith("not confirmed before"))'
it "again, and confirmed this time" reload --confirm 20s
it "stays" says "stays" postern reload --confirm yes
it_not "and is in force" tcp inet 203.0.113.90 $MX 25
it "status says no more" same "$(number .unconfirmed)" 0
it "there is nothing more to confirm" exits 1 postern reload --confirm yes
world_stop
world_start
it_not "what was confirmed is in force after a restart" \
	tcp inet 203.0.113.90 $MX 25
cp "$WORLD_DIR/good.conf" "$WORLD_DIR/postern.conf"
it "and back" reload

# Who must not be banned because of what this machine does now.
it "a name server of the system is never banned" exits 4 \
	postern ban 198.51.100.53
it "another is" postern ban 198.51.100.54
echo "nameserver 198.51.100.54" >"/etc/netns/$WORLD_ID-fw/resolv.conf"
it "until the system asks it: the ban is lifted" wait_for 10 \
	eval '! is_banned 198.51.100.54'
it "and refused from then on" wait_for 10 exits 4 postern ban 198.51.100.54
wait_for 15 world_is_settled
it "the former one is like everybody" postern ban 198.51.100.53
it "a stranger may be banned" postern ban 203.0.113.254
ip -n "$WORLD_ID-fw" route add default via 203.0.113.254 dev eth0 onlink
world_kill postern-nft
wait_for 15 world_is_settled
it "not once it is our gateway: the ban is lifted" wait_for 5 \
	eval '! is_banned 203.0.113.254'
it "and refused" exits 4 postern ban 203.0.113.254
it "with the reason" says "a gateway, resolver" postern ban 203.0.113.0/24
it "in the kernel, too" tcp inet 203.0.113.254 $MX 25

summary
