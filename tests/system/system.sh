#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The class "system": start, stop, crash, drift, gaps, drops and the clock, each
# through the running programs.
. "$(dirname "$0")/lib.sh"

world_begin
configure <<EOT
policy { sign "ids-alert" { points = 100 }  subnet { ipv4 = {} ipv6 = {} } }
sensor "outside" { interface = "eth0"  ring = 1 }
EOT
SYSTEM=$WORLD_DIR/state/records/system
told() {
	cat "$SYSTEM"/*.jsonl | jq -e "select($1)" | grep .
}
SKEW=$WORLD_DIR/skew
set_clock() { # SECONDS from the true time
	python3 -c 'import struct, sys
with open(sys.argv[1], "r+b") as file:
    file.write(struct.pack("<q", int(sys.argv[2]) * 10**9))' "$SKEW" "$1"
}
head -c 8 /dev/zero >"$SKEW"
chmod 644 "$SKEW"
start() {
	LD_PRELOAD="$WORLD_BIN/../tests/libskew.so" POSTERN_SKEW=$SKEW \
		world_start
}
# Records of postern-records itself are on disk some 50 ms later.
alerts_are_judged() {
	alert "$1"
	wait_for 5 is_banned "$1"
}

start
it "a start, with version, mode and configuration" wait_for 5 told \
	'.kind == "start" and .mode and .reason and .config and .seed and .id > 0'
it_not "which is none of the acts" eval \
	'grep -h "\"kind\":\"start\"" "$WORLD_DIR"/state/records/acts/*'

world_kill postern-nft
it "a crash, with program and signal" wait_for 10 told \
	'.kind == "program" and .name == "postern-nft" and (.reason | test("signal 9"))'
world_kill postern-ctl
it "of the deciding program, too" wait_for 10 told \
	'.kind == "program" and .name == "postern-ctl" and (.reason | test("signal 9"))'
wait_for 15 world_is_settled
it "which starts anew" eval '[ "$(told ".kind == \"start\"" | jq -s length)" = 2 ]'

on fw nft flush ruleset
it "drift, with who did it" wait_for 10 told '.kind == "drift" and .name == "nft"'
it "and its repair" wait_for 10 told '.kind == "repair"'

alerts_are_judged 198.18.0.1
feed=$(world_pid postern-feed)
kill -STOP "$feed"
alert 198.18.1.0+5
rm "$WORLD_DIR/eve.json"
alert 198.18.2.1
kill -KILL "$feed"
it "a gap in what an IDS wrote, with the feed" wait_for 10 told \
	'.kind == "gap" and .name == "suricata" and .file == "eve.json"'

# More than the sensor's ring holds, while it does not read.
serve dmz 192.0.2.25 25
wait_for 10 eval '[ "$(number ".sensors[0].live")" = true ]'
sensor=$(world_pid postern-sensor)
kill -STOP "$sensor"
on inet timeout 20 python3 - <<'EOT'
import socket
for host in range(6000):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    s.settimeout(0.2)
    s.bind(("198.19.%d.%d" % (host // 250, host % 250 + 1), 0))
    try:
        s.connect(("192.0.2.25", 25))
    except OSError:
        pass
    s.close()
EOT
kill -CONT "$sensor"
it "drops, with the sensor and how many frames" wait_for 15 told \
	'.kind == "gap" and .name == "outside" and .count > 0'

set_clock 3600
alerts_are_judged 198.18.3.1
it "a clock that was set ahead, and by how much" wait_for 5 told \
	'.kind == "clock" and .name == "ahead" and .count >= 3599000 and .count <= 3601000'
set_clock -600
alerts_are_judged 198.18.3.2
it "and one that was set back" wait_for 5 told \
	'.kind == "clock" and .name == "back" and .count >= 4199000 and .count <= 4201000'
# An export closes and seals.
sealed() {
	postern --config "$WORLD_DIR/postern.conf" export --reason seal \
		--class custody >/dev/null
}
sealed
set_clock 18000
alerts_are_judged 198.18.3.3
sealed
set_clock -600
alerts_are_judged 198.18.3.4
it "hours without a seal are told by verify" says "a gap in the hours" \
	"$WORLD_BIN/postern-verify" "$WORLD_DIR/state/records"
wait_for 5 eval '[ "$(told ".kind == \"clock\"" | jq -s length)" = 4 ]'
world_stop
it "an end that was asked for" told '.kind == "stop" and .id > 0'
it "is the newest of the decider" eval \
	'[ "$(told ".id" | jq -s "max_by(.id).kind")" = "\"stop\"" ]'
set_clock -7200
start
it "a clock that was set while nothing ran" wait_for 5 told \
	'.kind == "clock" and .name == "back" and .count >= 6500000 and .count <= 6601000'
steps() {
	# Segments that were closed may be packed by now.
	postern --config "$WORLD_DIR/postern.conf" log --class system \
		--kind clock --json | jq -r .count
}
it "without it no step is told" eval \
	'steps; [ "$(steps | wc -l)" = 5 ]'
it "what a person asks for" says "clock was set" postern --config \
	"$WORLD_DIR/postern.conf" log --class system --kind clock
world_stop
it "and all of it is proven" "$WORLD_BIN/postern-verify" \
	"$WORLD_DIR/state/records"

summary
