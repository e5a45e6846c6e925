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

# A packet's first half alone, and a header field of 3 000 bytes.
python3 - "$capture" "$WORLD_DIR/limits" <<'END'
import struct
import sys
data = open(sys.argv[1], "rb").read()
order = "<" if data[:1] in (b"\xd4", b"\x4d") else ">"


def packet(payload, offset, port, seq, ack, flags, ends):
    tcp = struct.pack("!HHIIBBHHH", *port, seq, ack, 0x50, flags, 65535, 0, 0)
    body = tcp + payload
    pseudo = ends + struct.pack("!HH", 6, len(body))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + body)) + tcp[18:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 7, offset, 60, 6,
                       0) + ends
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    frame = b"\0" * 12 + b"\x08\0" + head + tcp + payload
    return struct.pack(order + "IIII", 1700000000, 0, len(frame),
                       len(frame)) + frame


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


seq = [1000, 5000]
ports = (3000, 25)
ends = bytes((203, 0, 113, 5)), bytes((192, 0, 2, 25))
out = open(sys.argv[2], "wb")
out.write(data[:24])


def put(who, flags, payload=b""):
    out.write(packet(payload, 0, ports if who == 0 else ports[::-1], seq[who],
                     seq[1 - who], flags,
                     b"".join(ends if who == 0 else ends[::-1])))
    seq[who] += len(payload) + (1 if flags & 3 else 0)


put(0, 2)
put(1, 18)
put(0, 16)
for who, text in ((1, b"220 a\r\n"), (0, b"EHLO b\r\n"), (1, b"250 a\r\n"),
                  (0, b"MAIL FROM:<a@example.net>\r\n"), (1, b"250 a\r\n"),
                  (0, b"RCPT TO:<a@example.org>\r\n"), (1, b"250 a\r\n"),
                  (0, b"DATA\r\n"), (1, b"354 a\r\n"),
                  (0, b"Subject: " + b"x" * 3000), (0, b"\r\n\r\n.\r\n"),
                  (1, b"250 a\r\n")):
    put(who, 24, text)
    put(1 - who, 16)
out.write(packet(b"x" * 20, 0x2000, ports, 1, 1, 16, b"".join(ends)))
END
it "what could not be looked at is said" eval '
	replay "$WORLD_DIR/limits" >"$WORLD_DIR/out" &&
	grep -q "1 packets in fragments that never got whole" "$WORLD_DIR/out" &&
	grep -q "1 parts, fields or names passed over" "$WORLD_DIR/out"'
it "to a program as well" same "$(replay --json "$WORLD_DIR/limits" |
	jq -c 'select(.summary).summary | [.mails, .skipped, .fragments_lost]')" '[1,1,1]'

# As a new user would: without a configuration, and with what is no capture.
alone() {
	env -u POSTERN_CONFIG "$WORLD_BIN/postern" replay "$@"
}
if [ ! -e /etc/postern/postern.conf ]; then
	it "without a configuration it says what one would add" \
		says "postern -c FILE replay" alone "$capture"
	it "and how to see the sessions" says "--sessions" alone "$capture"
	it "in 80 columns" eval '! alone "$capture" | grep -E ".{81}"'
fi
{ printf XXXX; tail -c +5 "$capture"; } >"$WORLD_DIR/damaged.pcap"
head -c 20 "$capture" >"$WORLD_DIR/short.pcap"
head -c 300 "$capture" >"$WORLD_DIR/cut.pcap"
gzip -c "$capture" >"$WORLD_DIR/packed.pcap"
cp "$TESTS/data/eve/suricata7.json" "$WORLD_DIR/text.pcap"
: >"$WORLD_DIR/empty.pcap"
it "a damaged head is said to be one" says "its head is damaged" \
	alone "$WORLD_DIR/damaged.pcap"
it "a head that is cut, too" says "truncated" alone "$WORLD_DIR/short.pcap"
it "and where the rest is" says "damaged behind packet" alone "$WORLD_DIR/cut.pcap"
it "and a capture that is packed" says "compressed with gzip" \
	alone "$WORLD_DIR/packed.pcap"
gzip -c "$capture" >"$WORLD_DIR/packed.pcap.gz"
it "also where its name says so" says "compressed with gzip" \
	alone "$WORLD_DIR/packed.pcap.gz"
it "and one that is empty" says "it is empty" alone "$WORLD_DIR/empty.pcap"
it "and one that is not there" says "No such file" alone "$WORLD_DIR/none.pcap"
it "a log that is named as a capture is not read as a log" eval '
	says "is no capture" judge "$WORLD_DIR/text.pcap" &&
	fails grep -q "lines" "$WORLD_DIR/it.out"'
it "which is a failure" exits 1 "$WORLD_BIN/postern" -c "$WORLD_DIR/postern.conf" \
	replay "$WORLD_DIR/text.pcap"
summary
