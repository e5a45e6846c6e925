#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files out of mails, shown to a real clamd: what it finds is a sign, what it
# cannot be shown is told, and mail does not wait for it.
. "$(dirname "$0")/lib.sh"

LAB=$TESTS/../scripts/lab.d
MX=192.0.2.25

world_begin
# A scanner that knows two files: EICAR, and one of ours.
mkdir "$WORLD_DIR/clam" "$WORLD_DIR/signatures"
printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' \
	'ANTIVIRUS-TEST-FILE!$H+H*' >"$WORLD_DIR/eicar.com"
head -c 200000 /dev/zero | tr '\0' 'p' >"$WORLD_DIR/bad.dat"
sum() {
	printf '%s:%s:%s\n' "$(md5sum <"$1" | cut -d' ' -f1)" \
		"$(stat -c %s "$1")" "$2"
}
{
	sum "$WORLD_DIR/eicar.com" Lab.Eicar
	sum "$WORLD_DIR/bad.dat" Lab.Worm
} >"$WORLD_DIR/signatures/lab.hdb"
chown -R clamav "$WORLD_DIR/clam" "$WORLD_DIR/signatures"
cat >"$WORLD_DIR/clamd.conf" <<END
LocalSocket $WORLD_DIR/clam/clamd.ctl
LocalSocketMode 666
DatabaseDirectory $WORLD_DIR/signatures
User clamav
Foreground true
LogFile $WORLD_DIR/clam/log
LogTime true
END
start_clamd() {
	start_on fw clamd -c "$WORLD_DIR/clamd.conf" >"$WORLD_DIR/clamd.out" 2>&1
	clamd=${WORLD_PIDS[-1]}
	wait_for 20 test -S "$WORLD_DIR/clam/clamd.ctl" || {
		cat "$WORLD_DIR/clamd.out"
		world_die "clamd does not come up"
	}
}

{
	world_config
	cat <<-END
	sensor "outside" { interface = "eth0"  ring = 16 }
	mail { scanner = "$WORLD_DIR/clam/clamd.ctl" }
	policy { sign "malware" { points = 100 } }
	END
} >"$WORLD_DIR/postern.conf"

mail() {
	on inet timeout 20 swaks --silent 3 --timeout 4 --helo a.example.net \
		--local-interface "$1" --server $MX --from a@example.net \
		--to anna@example.org "${@:2}"
}
sensor() {
	number ".sensors[0].$1"
}
finds() {
	jq -e --arg s "$1" --arg t "$2" 'select(.sign == "malware" and
		.source == $s and .text == $t)' \
		"$WORLD_DIR"/state/records/events/*.jsonl | grep -q .
}

on dmz "$LAB/attack" sink $MX >/dev/null 2>&1 &
WORLD_PIDS+=($!)
world_start
it "the scanner's program runs, as nobody" eval '
	pid=$(wait_for 5 world_pid postern-scan; world_pid postern-scan)
	[ "$(awk "/^Uid:/ { print \$2 }" /proc/$pid/status)" = "$(id -u postern-scan)" ] &&
	grep -q "^CapEff:[[:space:]]*0000000000000000" /proc/$pid/status'
it "without clamd, status says so" wait_for 5 says "cannot be reached" postern status
it "and doctor says what to do" \
	wait_for 5 says "does clamd" postern doctor
it "mail does not wait for it" mail 203.0.113.9 --attach "@$WORLD_DIR/bad.dat"

start_clamd
it "once it is there, that is told" wait_for 5 eval \
	'same "$(sensor scanner_error)" null'
it "and what waited is looked at" wait_for 5 finds 203.0.113.9 \
	'Lab.Worm.UNOFFICIAL in "bad.dat"'
it "whose sender is banned" wait_for 5 is_banned 203.0.113.9

mail 203.0.113.10 --attach "@$LAB/attack"
it "an honest file is shown, too" wait_for 5 eval '[ "$(sensor scanned)" -ge 2 ]'
it_not "and nobody is blamed" is_banned 203.0.113.10
mail 2>/dev/null 203.0.113.11 --attach-type application/zip --attach "@$WORLD_DIR/eicar.com"
it "another virus is named" wait_for 5 finds 203.0.113.11 \
	'Lab.Eicar.UNOFFICIAL in "eicar.com"'

stop_pid "$clamd"
rm -f "$WORLD_DIR/clam/clamd.ctl"
mail 203.0.113.12 --attach "@$WORLD_DIR/bad.dat"
it "clamd gone, the file waits" wait_for 5 eval \
	'[ "$(sensor scanner_error)" != null ]'
start_clamd
it "until it is back" wait_for 10 finds 203.0.113.12 \
	'Lab.Worm.UNOFFICIAL in "bad.dat"'

world_kill postern-scan
it "killed, the program is back" wait_for 10 world_pid postern-scan
it "and scans" eval 'sleep 0.5; mail 203.0.113.13 --attach "@$WORLD_DIR/bad.dat";
	wait_for 5 finds 203.0.113.13 "Lab.Worm.UNOFFICIAL in \"bad.dat\""'
world_kill postern-sensor
it "the sensor killed, both find each other" eval '
	wait_for 15 world_pid postern-sensor; sleep 1.5
	mail 203.0.113.14 --attach "@$WORLD_DIR/bad.dat"
	wait_for 5 finds 203.0.113.14 "Lab.Worm.UNOFFICIAL in \"bad.dat\""'

# More than may wait, and a scanner that does not read.
kill -STOP "$clamd"
head -c 20000000 /dev/urandom >"$WORLD_DIR/large.bin"
for _ in 1 2 3 4 5; do
	mail 203.0.113.20 --attach "@$WORLD_DIR/large.bin" --timeout 20
done
it "what finds no room is counted, and mail flows on" wait_for 8 eval \
	'[ "$(sensor unscanned)" -ge 1 ]'
kill -CONT "$clamd"
# A sanitizer keeps what was freed for a while: up to 256 MB.
most_kb=120000
# shellcheck disable=SC2034 # it is read by eval
ldd "$WORLD_BIN/postern-scan" | grep -q libasan && most_kb=400000
it "the memory for it is bounded" eval '
	[ "$(awk "/^VmHWM/ { print \$2 }" /proc/$(world_pid postern-scan)/status)" -lt $most_kb ]'

sed -i '/^mail/d' "$WORLD_DIR/postern.conf"
it "a reload without it ends it" eval '
	postern -c "$WORLD_DIR/postern.conf" reload &&
	wait_for 8 fails world_pid postern-scan'
it "and the sensor goes on" wait_for 10 eval '[ "$(sensor live)" = true ]'
summary
