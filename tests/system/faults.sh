#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The disk is full, the kernel refuses: each gets a clear word, the rest goes
# on, nothing is lost.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

world_begin
mkdir "$WORLD_DIR/small"
mount -t tmpfs -o size=8m,mode=755 small "$WORLD_DIR/small"
trap 'umount -l "$WORLD_DIR/small" "$WORLD_DIR/kept" 2>/dev/null; world_end' EXIT
configure <<EOF
policy { sign "ids-alert" { points = 100 }  terms = {"1h"}
         subnet { ipv4 = {} ipv6 = {} } }
records { path = "$WORLD_DIR/small/records" }
capacity = 3000
EOF
serve dmz $MX 25
world_start

alert 198.18.0.0+100
wait_for 5 eval 'same "$(count_bans)" 100'
dd if=/dev/zero of="$WORLD_DIR/small/fill" bs=4k 2>/dev/null
alert 198.18.1.0+50
it "a full disk: attackers are banned all the same" \
	wait_for 5 eval 'same "$(count_bans)" 150'
it "a command says that its act is not on disk" \
	says "not on disk: No space left on device" \
	postern ban 203.0.113.7 --for 1h
it "but is in force" says "read back just now" postern why 203.0.113.7
it "status says so" says "The records cannot be written" postern status
it "doctor, too" says "No space left on device" postern doctor
it_not "and get nothing" tcp inet 198.18.1.5 $MX 25
rm "$WORLD_DIR/small/fill"
small_records() {
	cat "$WORLD_DIR"/small/records/acts/*.jsonl
}
all_kept() {
	[ "$(small_records | jq -c 'select(.kind == "ban")' | wc -l)" = 151 ]
}
it "with room again everything comes onto the disk" wait_for 10 all_kept
it "in order, without a gap" same \
	"$(small_records | jq .seq | awk '$1 != NR { print "gap at " NR; exit }')" ""
it "status is calm again" wait_for 5 eval \
	'! says "cannot be written" postern status >/dev/null'
world_kill postern-ctl postern-records postern-nft
wait_for 15 world_is_settled
it "and known after a crash" same "$(count_bans)" 151

# The file system of the records vanishes below the daemon, and comes back.
# Its processes have a view of the mounts of their own (ip-netns(8)).
in_its_view() {
	nsenter -t "$(world_pid postern-ctl)" -m "$@"
}
mkdir "$WORLD_DIR/kept"
mount --bind "$WORLD_DIR/small" "$WORLD_DIR/kept"
in_its_view mount --bind "$WORLD_DIR/small" "$WORLD_DIR/kept"
in_its_view umount -l "$WORLD_DIR/small"
alert 198.18.2.0+20
it "the file system vanishes: attackers are banned all the same" \
	wait_for 5 eval 'same "$(count_bans)" 171'
it "a command says that its act is not on disk" \
	says "not on disk: No such file or directory" \
	postern ban 203.0.113.17 --for 1h
it "and is in force" says "read back just now" postern why 203.0.113.17
it "status says so" says "The records cannot be written" postern status
in_its_view mount --bind "$WORLD_DIR/kept" "$WORLD_DIR/small"
kept_after() {
	[ "$(small_records | jq -c 'select(.kind == "ban")' | wc -l)" = "$1" ]
}
it "it is an alarm" wait_for 5 eval \
	'postern status --json | jq -e ".alarms | .. | select(.kind? == \"records\")"'
it "it is back: everything comes onto the disk" wait_for 10 kept_after 172
it "in order, without a gap" same \
	"$(small_records | jq .seq | awk '$1 != NR { print "gap at " NR; exit }')" ""
has_gap() {
	cat "$WORLD_DIR"/small/records/system/*.jsonl |
		jq -e "select(.kind == \"gap\" and .name == \"$1\")" | grep .
}
it "and that nothing could be written is on record" wait_for 5 eval \
	'has_gap records | grep "nothing could be written"'

# Another folder stands at its place: an empty disk.
in_its_view mount -t tmpfs -o size=8m,mode=755 other "$WORLD_DIR/small"
in_its_view mkdir "$WORLD_DIR/small/records"
in_its_view chown postern-records: "$WORLD_DIR/small/records"
there() {
	in_its_view sh -c "cat $WORLD_DIR/small/records/$1/*.jsonl"
}
alert 198.18.3.0+20
it "an empty disk in its place: attackers are banned" \
	wait_for 5 eval 'same "$(count_bans)" 192'
it "records begin anew there, with the word that others are missing" \
	wait_for 20 eval 'there system | jq -e "select(.kind == \"gap\" and .name == \"journal\" and .count > 170)" | grep .'
it "and all bans, as a checkpoint" wait_for 20 eval \
	'there acts | jq -se "map(select(.kind == \"checkpointed\"))[-1].count >= 191"'
it "a command is on disk again" eval \
	'postern ban 203.0.113.18 --for 1h && there acts | grep 203.0.113.18'
world_kill postern-ctl postern-records postern-nft
wait_for 15 world_is_settled
it "a crash then loses no ban" same "$(count_bans)" 193
in_its_view umount -l "$WORLD_DIR/small"
it "the old disk is there again: its records go on" wait_for 20 eval \
	'postern ban 203.0.113.19 --for 1h && small_records | grep 203.0.113.19'
it "with the word that some are missing" wait_for 5 eval 'has_gap journal'
it "what is there is whole" "$WORLD_BIN/postern-verify" \
	"$WORLD_DIR/small/records"
for i in 17 18 19; do
	postern unban 203.0.113.$i >/dev/null
done
postern unban 198.18.2.0/24 >/dev/null
postern unban 198.18.3.0/24 >/dev/null

# A disk that is slow: from now on each fdatasync(2) of the records takes
# SECONDS more, until quick.
slow() {
	start_on fw strace -f -p "$(world_pid postern-records)" -o /dev/null \
		-e trace=fdatasync -e "inject=fdatasync:delay_enter=$1s" \
		2>"$WORLD_DIR/slow"
	slow=${WORLD_PIDS[-1]}
	wait_for 5 grep -q attached "$WORLD_DIR/slow" ||
		world_die "strace does not come up"
}
quick() {
	kill "$slow"
	wait "$slow" 2>/dev/null
}
# lasts MS COMMAND...: it succeeds, and not before that.
lasts() {
	local least=$1 begin took
	shift
	begin=$(date +%s%N)
	"$@" || return
	took=$((($(date +%s%N) - begin) / 1000000))
	echo "after $took ms"
	[ "$took" -ge "$least" ]
}
bans=$(count_bans)
# Of the bans below; older segments may have been packed.
slow_bans() {
	postern --config "$WORLD_DIR/postern.conf" log --kind ban --json |
		grep -Ec '"prefix":"(198\.18\.4[12]\.[0-9]+|203\.0\.113\.4[01])"'
}
slow 1
it "a disk that takes a second: a command waits until its act is on it" eval \
	'lasts 1000 postern ban 203.0.113.40 && small_records | grep 203.0.113.40'
quick
slow 60
alert 198.18.41.0+20
it "a disk that takes a minute: attackers are banned at once" \
	wait_for 5 eval 'same "$(count_bans)" '$((bans + 21))
it_not "and get nothing" tcp inet 198.18.41.7 $MX 25
it "a command says what it waited for in vain" says \
	"in force, but not on disk: postern-records does not answer" \
	postern ban 203.0.113.41
it "and is in force" says "read back just now" postern why 203.0.113.41
it "the ban of an attacker is not held up by that" eval \
	'alert 198.18.42.1 && wait_for 5 is_banned 198.18.42.1'
it "doctor sees what waits" says "more wait for it" postern doctor
quick
it "quick again it takes everything" wait_for 20 eval 'same "$(slow_bans)" 23'
it "in order, and proven" "$WORLD_BIN/postern-verify" "$WORLD_DIR/small/records"
for i in 203.0.113.40 203.0.113.41 198.18.41.0/24 198.18.42.1; do
	postern unban "$i" >/dev/null
done

# The table of bans is full.
alert 198.18.16.0+2849
wait_for 10 eval 'same "$(count_bans)" 3000'
it "a full table is said" says "the table of bans is full (capacity = 3000)" \
	postern ban 203.0.113.8
alert 203.0.113.9
it "an attacker who finds no place is on record" wait_for 5 eval \
	'small_records | jq -e "select(.kind == \"refused\" and .prefix == \"203.0.113.9\")" | grep .'
it "the others stay" says "read back just now" postern why 198.18.16.7
it "unban makes room" eval \
	'postern unban 198.18.0.5 && postern ban 203.0.113.8'

# A program that runs and says nothing is not taken for a sound one.
hung=$(world_pid postern-nft)
kill -STOP "$hung"
it "doctor finds a program that hangs" exits 1 postern doctor
it "and names it" says "postern-nft does not answer" postern doctor
it "status does not speak for the kernel then" \
	says "what the kernel does is not known" postern status
kill -CONT "$hung"
it "awake again it is sound" wait_for 5 \
	fails says "does not answer" postern doctor
hung=$(world_pid postern-records)
kill -STOP "$hung"
(postern unban 203.0.113.8 >/dev/null &)
it "doctor sees what waits for a disk that hangs" wait_for 5 \
	says "more wait for it" postern doctor
kill -CONT "$hung"
it "until it was written" wait_for 5 fails says "more wait" postern doctor

# The disk of everything is full, and programs die: whom to ban is decided by
# what is in memory, and reaches the kernel.
world_stop
umount -l "$WORLD_DIR/small"
mount -t tmpfs -o size=8m,mode=755 small "$WORLD_DIR/small"
sed -i "s#^state = .*#state = \"$WORLD_DIR/small/state\"#; /^records/d" \
	"$WORLD_DIR/postern.conf"
rm "$WORLD_DIR/eve.json"
world_start
alert 198.18.0.0+20
wait_for 5 eval 'same "$(count_bans)" 20'
dd if=/dev/zero of="$WORLD_DIR/small/fill" bs=4k 2>/dev/null
world_kill postern-nft
wait_for 15 world_is_settled
alert 198.18.2.1
it "a full disk of the state: an attacker is banned" \
	wait_for 5 is_banned 198.18.2.1
it_not "and gets nothing" tcp inet 198.18.2.1 $MX 25
postern panic --reason drill >/dev/null 2>&1
it_not "panic shuts the gate" tcp inet 198.18.3.1 $MX 25
it "doctor says what is not kept" says "could not be kept for the next boot" \
	postern doctor
rm "$WORLD_DIR/small/fill"
it "with room it is kept again" wait_for 5 eval \
	'! says "could not be kept" postern doctor >/dev/null'

summary
