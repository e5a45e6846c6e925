#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The feed as Suricata and its rotation treat it, and as an attacker would
# like to: through all programs, from the line to the ban.
. "$(dirname "$0")/lib.sh"

EVE=

world_begin
EVE=$WORLD_DIR/log.d/eve.json
mkdir "$WORLD_DIR/log.d"
configure <<EOF
policy { sign "ids-alert" { points = 100 }  terms = {"1h"}
         subnet { ipv4 = {} ipv6 = {} } }
feed "threads" { path = "$WORLD_DIR/threads/eve.*.json" }
feed "stream"  { unix_stream = "$WORLD_DIR/run/eve.stream" }
feed "dgram"   { unix_dgram = "$WORLD_DIR/run/eve.dgram" }
feed "midway"  { path = "$WORLD_DIR/midway.json"  midstream = true }
EOF
sed -i "s#$WORLD_DIR/eve.json#$EVE#" "$WORLD_DIR/postern.conf"
world_start

say() {
	local file=$1
	shift
	"$TESTS/support/alert" --file "$file" "$@"
}
bans() {
	wait_for 5 eval "same \"\$(count_bans)\" $1"
}

it "a file that does not exist yet" eval 'say "$EVE" 198.18.0.1; bans 1'
mv "$EVE" "$EVE.1"
say "$EVE.1" 198.18.0.2
say "$EVE" 198.18.0.3
say "$EVE.1" 198.18.0.4
it "rename and create; the old file still grows" bans 4
cp "$EVE" "$EVE.2"
: >"$EVE"
say "$EVE" 198.18.0.5
it "copytruncate" bans 5
rm "$EVE"
say "$EVE" 198.18.0.6
it "delete and create" bans 6
say "$WORLD_DIR/log.d/eve-a.json" 198.18.0.7
ln -sfn eve-a.json "$WORLD_DIR/log.d/new" && mv -T "$WORLD_DIR/log.d/new" "$EVE"
it "a symlink in its place" bans 7
say "$WORLD_DIR/log.d/eve-b.json" 198.18.0.8
ln -sfn eve-b.json "$WORLD_DIR/log.d/new" && mv -T "$WORLD_DIR/log.d/new" "$EVE"
it "that moves" bans 8
mkdir "$WORLD_DIR/threads"
for i in 1 2 3; do
	say "$WORLD_DIR/threads/eve.$i.json" "198.18.1.$i"
done
it "several files of a threaded Suricata, in a folder made later" bans 11

stop_feeds_at_random() {
	local i
	for ((i = 0; i < 12; i++)); do
		say "$EVE" "198.18.2.$i"
		case $((i % 4)) in
		0) world_kill postern-feed ;;
		1) mv "$WORLD_DIR/log.d/eve-b.json" "$WORLD_DIR/log.d/eve-b.$i" ;;
		2) world_kill postern-ctl ;;
		esac
	done
	wait_for 15 world_is_settled
}
it "killed and rotated in between: nothing lost" \
	eval 'stop_feeds_at_random; bans 23'
it "and nothing twice" \
	same "$(postern bans --json | jq -s 'map(select(.level != 1)) | length')" 0

# Files that were read and are gone are not missed, and those that were not
# are missed once: a false gap would be false evidence.
gaps() {
	postern -c "$WORLD_DIR/postern.conf" log --class system --json | jq -s \
		'[.[] | select(.kind == "gap" and .name == "suricata")] | length'
}
restart_all() {
	world_stop
	world_start
	postern ban 198.51.100.7 --for 1m >/dev/null # all is on disk after it
	postern unban 198.51.100.7 >/dev/null
}
rm -f "$EVE".? "$WORLD_DIR"/log.d/eve-a.json
restart_all
before=$(gaps)
it "a file that may not have been read to its end is missed" \
	test "$before" -ge 1
restart_all
it "what was read and is gone is not missed again and again" \
	same "$(gaps)" "$before"

"$TESTS/support/alert" 198.18.3.1 198.18.3.2 |
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.stdin.buffer.read())' "$WORLD_DIR/run/eve.stream"
it "Suricata's unix_stream" bans 25
"$TESTS/support/alert" 198.18.3.3 198.18.3.4 |
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(sys.argv[1])
for line in sys.stdin.buffer:
    s.send(line)' "$WORLD_DIR/run/eve.dgram"
it "Suricata's unix_dgram" bans 27

"$TESTS/support/hostile-lines" >>"$EVE"
say "$EVE" 198.18.4.1
it "hostile lines are passed over" bans 28
bad_lines() {
	[ "$(number '[.feeds[] | .bad + .too_long] | add')" -gt 5 ]
}
it "and counted" wait_for 5 bad_lines
it "and the program lives" same "$(number \
	'.programs[] | select(.name == "postern-feed" and .index == 1) | .restarts')" 0
half=$("$TESTS/support/alert" 198.18.4.2)
printf '%s' "${half:0:300}" >>"$EVE"
sleep 0.2
printf '%s\n' "${half:300}" >>"$EVE"
it "a line written in two pieces" bans 29

# What could be forged, what is not about our servers, what is not an attack.
say "$EVE" --count 20 --no-app 198.18.5.1
say "$EVE" --count 20 --udp 198.18.5.2
say "$WORLD_DIR/midway.json" --count 20 198.18.5.3
say "$EVE" --count 20 --server 192.0.2.80 198.18.5.4
say "$EVE" --count 20 --sid 2260002 --severity 3 198.18.5.5
say "$EVE" 198.51.100.99
say "$EVE" --reply --port 587 198.18.6.1
it "an alert on a reply bans the peer, not the server" \
	wait_for 5 is_banned 198.18.6.1
it "without a handshake: nobody" fails is_banned 198.18.5.1
it "by UDP: nobody" fails is_banned 198.18.5.2
it "from an IDS that joins midway: nobody" fails is_banned 198.18.5.3
it "about other hosts: nobody" fails is_banned 198.18.5.4
it "by the engine's own events: nobody" fails is_banned 198.18.5.5
it "on the never_ban list: nobody" fails is_banned 198.51.100.99
it "which is counted" test "$(number .spared)" -ge 1
it "no more than that" same "$(count_bans)" 30

chmod 000 "$WORLD_DIR/midway.json"
chown root "$WORLD_DIR/midway.json"
world_kill postern-feed
it "a file that cannot be read is said" \
	wait_for 10 says "Permission denied" postern doctor
chmod 644 "$WORLD_DIR/midway.json"
it "until it can" wait_for 20 eval \
	'! says "Permission denied" postern doctor >/dev/null'

summary
