#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A capture is replayed from a file, from the standard input, and through a
# pipe: it tells the same, and needs no right.
. "$(dirname "$0")/lib.sh"

WORLD_DIR=$(mktemp -d)
chmod 755 "$WORLD_DIR"
trap 'rm -rf "$WORLD_DIR"' EXIT
capture=$TESTS/fuzz/seeds/pcapfile/ethernet
cat >"$WORLD_DIR/postern.conf" <<-EOF
	zone "outside" { interfaces = {"eth0"} }
	server "mx1" { addresses = {"192.0.2.25"}  zone = "outside"
	               service "smtp" { from = {"outside"} } }
	sensor "outside" { interface = "eth0" }
EOF
# The mark of a name is another one in each life.
replay() {
	"$WORLD_BIN/postern" replay "$@" | sed 's/#.*//'
}
judge() {
	"$WORLD_BIN/postern" -c "$WORLD_DIR/postern.conf" replay "$@" |
		sed 's/#.*//'
}

replay "$capture" >"$WORLD_DIR/file"
it "a capture is understood" grep -q "connections read" "$WORLD_DIR/file"
it "on the standard input as well" eval '
	replay - <"$capture" | diff "$WORLD_DIR/file" -'
it "and through a pipe" eval 'cat "$capture" | replay - | diff "$WORLD_DIR/file" -'
judge "$capture" >"$WORLD_DIR/file" 2>/dev/null
it "with a configuration it is judged, too" \
	grep -q "What the policy makes of it" "$WORLD_DIR/file"
it "which reads the pipe twice" eval '
	cat "$capture" | judge - 2>/dev/null | diff "$WORLD_DIR/file" -'
it "two policies are compared on it" eval '
	cat "$capture" | judge --diff "$WORLD_DIR/postern.conf" - 2>/dev/null |
		grep -q "0 otherwise"'
it "lines of an IDS come through a pipe, too" says "lines" eval '
	cat "$TESTS/data/eve/suricata7.json" | judge -'
summary
