#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A million events through the running programs: the memory of postern-records
# stays what it was, and every one is on record.
. "$(dirname "$0")/lib.sh"

MOST_KB=$((32 * 1024))
EACH=65000
ROUNDS=16

world_begin
configure <<EOT
policy { mode = "observe"  subnet { ipv4 = {} ipv6 = {} } }
EOT
peak() { # in kB
	awk '/^VmHWM/ { print $2 }' "/proc/$(world_pid postern-records)/status"
}
recorded() {
	[ "$(postern status --json | jq .events)" -ge "$1" ]
}

world_start
pid=$(world_pid postern-records)
for ((round = 1; round <= ROUNDS; round++)); do
	alert 198.18.0.0+$EACH
	wait_for 60 recorded $((round * EACH)) || world_die "too slow"
done
it "a million events are judged" recorded 1000000
on_record() {
	[ "$("$WORLD_BIN/postern-read" --path "$WORLD_DIR/state/records" \
		--class events --kind event --json log | wc -l)" = $((ROUNDS * EACH)) ]
}
it "and on record, each of them" wait_for 30 on_record
it "postern-records is the one that began" same "$(world_pid postern-records)" "$pid"
it "which never had more than 32 MB of memory" [ "$(peak)" -le $MOST_KB ]
echo "      it had $(peak) kB"
world_kill postern-records
it "nor has the one that starts on them" wait_for 15 eval \
	'world_is_settled && [ "$(world_pid postern-records)" != "$pid" ] && [ "$(peak)" -le $MOST_KB ]'
echo "      it had $(peak) kB"
world_stop

summary
