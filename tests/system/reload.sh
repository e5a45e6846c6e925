#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A changed configuration: checked first, shown, taken whole or not at all;
# bans and sessions stay.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

reload() {
	postern reload -c "$WORLD_DIR/postern.conf"
}
program_epochs() {
	number '[.programs[] | "\(.name) \(.pid)"] | sort | join(" ")'
}

world_begin
configure </dev/null
cp "$WORLD_DIR/postern.conf" "$WORLD_DIR/first.conf"
serve dmz $MX 25 143
world_start
postern ban 203.0.113.66 >/dev/null
mkfifo "$WORLD_DIR/fifo"
on inet "$TESTS/support/talk" hold 203.0.113.7 $MX 25 "$WORLD_DIR/fifo" \
	>"$WORLD_DIR/held" &
WORLD_PIDS+=($!)
exec 9>"$WORLD_DIR/fifo"
wait_for 3 grep -q held "$WORLD_DIR/held"

it "nothing changed: nothing happens" says "stays as it is" reload
it "without -c it is the file that posternd reads" \
	says "stays as it is" postern reload
it "which status names" same "$(number .configuration)" \
	"\"$WORLD_DIR/postern.conf\""
pids=$(program_epochs)
it "no program was restarted for it" same "$(program_epochs)" "$pids"

sed -i 's/service "imap"       { from = {"inside"} }/service "imap" { from = {"inside", "outside"} }/' \
	"$WORLD_DIR/postern.conf"
it "what changes in the rules is shown" says '+		iifname { "eth2", "eth0" } tcp dport 143' reload
it "and in force" tcp inet 203.0.113.7 $MX 143
it "the ban is in force all the time" says "read back just now" \
	postern why 203.0.113.66
echo >&9
it "an open session goes on" wait_for 3 grep -q answer "$WORLD_DIR/held"
it "only what changed was restarted" same \
	"$(number '.programs[] | select(.name == "postern-records") | .pid')" \
	"$(sed 's/.*postern-records \([0-9]*\).*/\1/' <<<"$pids")"

# What an auditor asks of a change: what, by whom, when, and is it that file?
config() {
	jq -c "select(.kind == \"config\" and $1)" \
		"$WORLD_DIR"/state/records/acts/*.jsonl
}
told() {
	config "$1" | grep .
}
# hash_of NAME: of the newest such act about the file itself.
hash_of() {
	config ".name == \"$1\" and .file == \"postern.conf\"" |
		jq -r .reason | tail -n 1 | cut -c -64
}
added_by() {
	config ".name == \"added\" and .origin == \"$1\"" | jq -r '.reason // ""'
}
changed='service "imap" { from = {"inside", "outside"} }'
it "the configuration that it began with is on record, whole" \
	diff <(added_by system) "$WORLD_DIR/first.conf"
it "a change is, too: the line that went" told \
	'.name == "removed" and (.reason | contains("service \"imap\"       { from = {\"inside\"} }"))'
it "and the one that came, alone" same \
	"$(added_by person | sed 's/^[[:blank:]]*//')" "$changed"
it "by whom, and where it stands" told \
	".name == \"added\" and .uid == 0 and .file == \"postern.conf\" and .count == $(
		grep -nF "$changed" "$WORLD_DIR/postern.conf" | cut -d: -f1)"
it "its hash is that of the file" same "$(hash_of file)" \
	"$(sha256sum <"$WORLD_DIR/postern.conf" | cut -c -64)"
it "the one before is that of the file before" same "$(hash_of before)" \
	"$(sha256sum <"$WORLD_DIR/first.conf" | cut -c -64)"
it "log shows it" says 'config removed by uid 0 (root): ' postern --config \
	"$WORLD_DIR/postern.conf" log --kind config

cp "$WORLD_DIR/postern.conf" "$WORLD_DIR/good.conf"
echo 'servr "mx2" { }' >>"$WORLD_DIR/postern.conf"
lines=$(wc -l <"$WORLD_DIR/postern.conf")
it "a configuration with an error is refused" exits 1 reload
it "with file, line and what to write" \
	says "postern.conf:$lines: unknown word \"servr\"; did you mean \"server\"?" reload
it "and changes nothing" tcp inet 203.0.113.7 $MX 143
kill -HUP "$WORLD_POSTERND"
it "a SIGHUP with it is refused as well, and status says so" \
	wait_for 5 says "last reload was refused" postern status
world_stop
it_not "posternd does not start with it" timeout 5 ip netns exec \
	"$WORLD_ID-fw" "$WORLD_BIN/posternd" -c "$WORLD_DIR/postern.conf"
it "the rules stay meanwhile" tcp inet 203.0.113.7 $MX 143
it_not "the ban, too" tcp inet 203.0.113.66 $MX 25
cp "$WORLD_DIR/good.conf" "$WORLD_DIR/postern.conf"
echo '# while nothing ran' >>"$WORLD_DIR/postern.conf"
world_start
it "what was changed while nothing ran is on record as well" wait_for 5 told \
	'.name == "added" and .origin == "system" and .reason == "# while nothing ran"'
it "and nothing else" same "$(added_by system | wc -l)" \
	$(($(wc -l <"$WORLD_DIR/first.conf") + 1))
echo '# by a signal' >>"$WORLD_DIR/postern.conf"
kill -HUP "$WORLD_POSTERND"
it "by a SIGHUP: who sent it, and from which process" wait_for 5 told \
	".name == \"added\" and .reason == \"# by a signal\" and .origin == \"person\" and .uid == 0 and .pid == $$"

echo 'never_ban = {"203.0.113.64/26"}' >"$WORLD_DIR/line"
sed -i '/^never_ban/d' "$WORLD_DIR/postern.conf"
cat "$WORLD_DIR/line" >>"$WORLD_DIR/postern.conf"
it "a ban that the configuration now forbids" reload
it "is lifted" wait_for 5 eval '! is_banned 203.0.113.66'
it "with the reason on record" has_record \
	'.kind == "unban" and .prefix == "203.0.113.66" and .origin == "system"'
it "in the kernel, too" tcp inet 203.0.113.66 $MX 25

heads() {
	grep -c 'chain .*mx2.* {' <<<"$1"
}
cat >>"$WORLD_DIR/postern.conf" <<EOF
server "mx2" {
	addresses = {"192.0.2.26"}
	zone = "dmz"
	service "smtp" { from = {"outside"} }
}
EOF
added=$(reload)
it "each block that comes is shown once, with its head" same \
	"$(heads "$added")" "$(grep -c '^+.*chain .*mx2.* {' <<<"$added")"
it "there are some" test "$(heads "$added")" -gt 1
sed -i '/^server "mx2"/,$d' "$WORLD_DIR/postern.conf"
it "and so are those that go" same "$(heads "$(reload)")" "$(heads "$added")"
cat >>"$WORLD_DIR/postern.conf" <<EOF
feed "second" { path = "$WORLD_DIR/second.json" }
policy { sign "ids-alert" { points = 100 } }
EOF
it "another feed" reload
"$TESTS/support/alert" --file "$WORLD_DIR/second.json" 203.0.113.10
it "is read" wait_for 5 is_banned 203.0.113.10
alert 203.0.113.11
it "and the first one still" wait_for 5 is_banned 203.0.113.11
sed -i '/^feed "second"/d' "$WORLD_DIR/postern.conf"
it "and gone again" reload
it "it is not shown any more" same "$(number '[.programs[] | select(.name == "postern-feed")] | length')" 1

ip -n "$WORLD_ID-fw" link add br0 type bridge
ip -n "$WORLD_ID-fw" link set eth1 master br0
it "a port of a bridge is refused" says "bridge" reload
it "and the reload with it" exits 1 reload
ip -n "$WORLD_ID-fw" link set eth1 nomaster
it "every word of the ruleset is accepted by nft" eval \
	'postern ruleset -c "$WORLD_DIR/postern.conf" | on fw nft -c -f -'

summary
