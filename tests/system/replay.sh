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

# Each session by itself; the capture's client writes what it likes.
sessions() {
	"$WORLD_BIN/postern" replay --sessions "$@"
}
it "sessions are listed: who with whom" says "203.0.113.7 to 192.0.2.25" \
	sessions "$capture"
it "how it ended" says "smtp, port 25, 22.000 s, closed" sessions "$capture"
it "what was taken and refused" eval \
	'sessions "$capture" | grep -q "mails: 1 taken, 0 refused" &&
	sessions "$capture" | grep -q "login #[0-9a-f]*: 0 taken, 1 refused"'
it "and the signs, in place of the events" eval \
	'sessions "$capture" | grep -q "signs: auth-failure, early-talk, dangerous" &&
	! sessions "$capture" | grep -q "auth-failure: 203"'
it "in 80 columns" eval '! sessions "$capture" | grep -E ".{81}"'
it "a program gets an object for each" same \
	"$(sessions --json "$capture" |
		jq -c 'select(.session).session | [.mails, .ended, .signs[0]]')" \
	'[1,"closed","auth-failure"]'
it "the sums alone have none" eval \
	'! sessions --quiet "$capture" | grep -q "port 25,"'
it "a log has no sessions" exits 2 sessions "$TESTS/data/eve/suricata7.json"
# "EHLO a" with an escape in place of its letter, as a terminal would obey it.
python3 - "$capture" "$WORLD_DIR/escape" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"EHLO a\r\n") + 5
data[at] = 0x1b
open(sys.argv[2], "wb").write(data)
END
it "no byte of a peer reaches the terminal as it is" eval \
	'sessions "$WORLD_DIR/escape" | grep -q "helo .x1b" &&
	! sessions "$WORLD_DIR/escape" | grep -q "$(printf "\033")"'
summary
