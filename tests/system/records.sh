#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The life of records in the running program: what is over goes and leaves a
# word, what is held or young stays, a wrong clock deletes nothing; a disk that
# fills, that is read-only, that belongs to somebody else.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25
world_begin
RECORDS=$WORLD_DIR/small/records
mkdir "$WORLD_DIR/small"
mount -t tmpfs -o size=40m,mode=755 small "$WORLD_DIR/small"
trap 'umount -l "$WORLD_DIR/small"; world_end' EXIT
configure <<EOF2
policy { sign "ids-alert" { points = 1 }  terms = {"1h"} }
records { path = "$RECORDS"  seal = "60s" }
EOF2
serve dmz $MX 25
reader() {
	postern --config "$WORLD_DIR/postern.conf" "$@"
}
# All of them, protected as they are.
forget() {
	chattr -Rf -a "$RECORDS"
	rm -rf "$RECORDS"
	world_forget
}
# old DAYS AGE [hold]: begin with such records.
old() {
	forget
	ANCHOR=$("$WORLD_BIN/makeold" "$RECORDS" "$@")
	chown -R postern-records "$RECORDS"
	rm -f "$WORLD_DIR/eve.json"
	world_start
	# The newest segment of a class always stays.
	alert 198.18.9.9
}
disposed() {
	reader log --class custody --kind disposed --json | jq -r .file | sort
}
gone() {
	[ "$(disposed | wc -l)" = "$1" ]
}
proves() {
	"$WORLD_BIN/postern-verify" --key "$ANCHOR" "$RECORDS"
}

old 400 10
sleep 7 # more than from a start to its chores
it "a clock a year ahead of the seals deletes nothing" gone 0
it "and all is proven" proves
world_stop

old 100 100
it "what is over is deleted, each class's segment" wait_for 20 gone 2
it "with a word for each that names it, its time and its period" eval \
	'reader log --class custody --kind disposed --json | jq -se "length == 2 and all(.count == 100 and .since and .before and (.reason | startswith(\"kept for 92 days\")))"'
it "the rest is proven, and what went is accounted for" proves
it "records that nobody ever evaluated wait since they began, whoever was started anew" \
	wait_for 5 says "to evaluate them (postern summary, review sign) since $(date -u -d "-100 days" +%F)" \
	postern status
postern review sign --reason "nothing unusual" >/dev/null
it_not "until somebody did" says "evaluate them" postern status
it "the file is gone" eval '! ls "$RECORDS"/acts/*00000001.jsonl*'
world_stop
chattr -Rf -a "$RECORDS"
rm "$RECORDS"/custody/*
it_not "without that word it is not whole" proves

old 100 100 hold
it "a hold keeps what is in its scope, and nothing else" wait_for 20 gone 1
sleep 1
it "the events are all there" eval \
	'[ "$(reader log --class events --json | jq -s length)" -ge 200 ]'
number=$(reader hold list --json | jq .id)
it "it is lifted" reader hold lift "$number" --reason settled
world_stop
world_start
it "and what it kept goes" wait_for 20 gone 2
world_stop

# A day's records, and room for some more such days: not for 92.
old 1 1
dd if=/dev/zero of="$WORLD_DIR/small/fill" bs=64k count=430 2>/dev/null
alert 198.18.0.0+2000
sees_it_coming() {
	alert 198.18.9.9 # the disk is looked at while records are written
	reader log --class alarms --kind alarm |
		grep -E "will be full on 20[0-9-]* if as much is written"
}
it "a disk that will be full within days is an alarm before it is" \
	wait_for 25 sees_it_coming
it "and status says when" says "The disk of the records will be full on" \
	postern status
it "while everything is still kept" eval \
	'[ "$(reader log --kind gap --json | jq -s length)" = 0 ]'
world_stop
rm "$WORLD_DIR/small/fill"

forget
rm -f "$WORLD_DIR/eve.json"
world_start
alert 198.18.0.0+300
counted() {
	local count
	count=$(reader log --kind event --json | jq -s length)
	test "$count" "$1" "$2"
}
it "with room every event is kept" wait_for 5 counted = 300
dd if=/dev/zero of="$WORLD_DIR/small/fill" bs=64k count=610 2>/dev/null
sleep 10
alert 198.18.2.0+1
it "a disk that is nearly full is an alarm" wait_for 5 eval \
	'reader log --class alarms | grep "one in ten is kept"'
alert 198.18.4.0+200
sleep 1
it "of what led to nothing one in ten is kept" counted -le 330
it "the rest is counted, and on record" wait_for 20 eval \
	'[ "$(reader log --kind gap --json | jq -s "map(.count) | add")" -ge 170 ]'
postern ban 203.0.113.9 --for 1h >/dev/null
it "acts are kept as ever" wait_for 5 says 203.0.113.9 \
	reader log --kind ban
rm "$WORLD_DIR/small/fill"

world_stop
mount -o remount,ro "$WORLD_DIR/small"
world_start
it "on a disk that is read-only a command says so" \
	says "Read-only file system" postern ban 203.0.113.10 --for 1h
it "and is in force" says "read back just now" postern why 203.0.113.10
# Its processes have a view of the mounts of their own (ip-netns(8)).
nsenter -t "$(world_pid postern-records)" -m \
	mount -o remount,rw "$WORLD_DIR/small"
mount -o remount,rw "$WORLD_DIR/small"
it "it is on record later" wait_for 5 says 203.0.113.10 \
	reader log --kind ban
world_stop

refusal() {
	: >"$WORLD_DIR/log"
	start_on fw "$WORLD_BIN/posternd" -c "$WORLD_DIR/postern.conf" \
		2>>"$WORLD_DIR/log"
	wait_for 5 grep -q "cannot keep records" "$WORLD_DIR/log"
	stop_pid "${WORLD_PIDS[-1]}"
	cat "$WORLD_DIR/log"
}
chown root "$RECORDS/acts"
it "records of somebody else are refused, and what to do is said" \
	says "chown -R" refusal
chown postern-records "$RECORDS/acts"
chmod g+w "$RECORDS/acts"
it "those that others may write to, too" says "chmod -R go-w" refusal
chmod g-w "$RECORDS/acts"
world_start
it "then it goes on where it was" says 203.0.113.10 reader log --kind ban
world_stop

summary
