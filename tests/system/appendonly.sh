#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The append-only attribute: set where the file system has it, lifted for what
# the records themselves must do, and declared where it is missing.
. "$(dirname "$0")/lib.sh"

world_begin
SMALL=$WORLD_DIR/small
mkdir "$SMALL"
trap 'chattr -Rf -a "$SMALL"; umount -l "$SMALL"; world_end' EXIT
# on_a TYPE: a new file system of that type for the records.
on_a() {
	umount -l "$SMALL" 2>/dev/null
	mount -t "$1" -o mode=755 small "$SMALL"
}
RECORDS=$SMALL/records
configure <<EOT
policy { sign "ids-alert" { points = 100 }  terms = {"1h"}
         subnet { ipv4 = {} ipv6 = {} } }
records { path = "$RECORDS"  seal = "60s" }
EOT
reader() {
	postern --config "$WORLD_DIR/postern.conf" "$@"
}
segments() {
	find "$RECORDS" -name '*.jsonl*' "$@"
}
# What has a name of a record and not the attribute.
open_files() {
	segments -exec lsattr {} + | awk '$1 !~ /a/'
}
all_are_closed() {
	[ "$(segments | wc -l)" -ge 4 ] && [ -z "$(open_files)" ]
}
caps() {
	awk '/^CapPrm/ { print $2 }' "/proc/$(world_pid "$1")/status"
}

on_a tmpfs
world_start
alert 198.18.0.1
wait_for 5 is_banned 198.18.0.1
it "every file of records is append-only" wait_for 5 all_are_closed
newest=$(find "$RECORDS/acts" -name '*.jsonl' | sort | tail -n 1)
it_not "root itself does not write over it" dd if=/dev/zero of="$newest" \
	bs=1 count=1 conv=notrunc
it_not "nor cut it" truncate -s 10 "$newest"
it_not "nor remove it" rm -f "$newest"
it_not "nor put another in its place" mv "$newest" "$newest.old"
it "doctor says so" says "appended to alone" reader doctor
it "it is the one right of postern-records" same "$(caps postern-records)" \
	"0000000000000200"
it "which no other has" eval '! for name in postern-ctl postern-feed; do
	caps $name; done | grep -v "^0*$"'

# An export closes all segments; the newest of a class is never packed.
for host in 2 3; do
	reader export --class custody --reason "closes all" >/dev/null
	alert 198.18.0.$host
	wait_for 5 is_banned 198.18.0.$host
done
packed() {
	[ -e "$RECORDS/events/events-00000000000000000001.jsonl.zst" ] &&
		[ ! -e "$RECORDS/events/events-00000000000000000001.jsonl" ]
}
it "what is closed is packed all the same" wait_for 20 packed
it "and protected as well" wait_for 5 all_are_closed
it "with its index" eval 'lsattr "$RECORDS"/*/*.index | awk "\$1 !~ /a/ { exit 1 }"'

world_kill postern-records
wait_for 15 world_is_settled
world_stop
newest=$(find "$RECORDS/acts" -name '*.jsonl' | sort | tail -n 1)
printf '{"seq":99,"time":"2026-' >>"$newest"
world_start
it "a torn end is cut off, and declared" wait_for 5 eval \
	'reader log --kind torn --json | jq -e ".count == 23"'
it "the file is append-only again" wait_for 5 all_are_closed
it "and bans came back from it" is_banned 198.18.0.1
it "nothing else is told to be unprotected" same \
	"$(reader log --class system --kind exposed | wc -l)" 0
it "and all of it is proven" "$WORLD_BIN/postern-verify" "$RECORDS"
world_stop

on_a tmpfs
"$WORLD_BIN/makeold" "$RECORDS" 100 100 >/dev/null
chown -R postern-records "$RECORDS"
segments -exec chattr +a {} +
world_forget
rm -f "$WORLD_DIR/eve.json"
world_start
alert 198.18.9.9
it "what is over is deleted by the schedule alone" wait_for 20 eval \
	'[ "$(reader log --class custody --kind disposed --json | wc -l)" = 2 ]'
world_stop

# ramfs has no attributes.
on_a ramfs
world_forget
world_start
it "a file system without it is told of in a record" wait_for 5 says \
	"no such attribute" reader log --class system --kind exposed
it "by doctor, too" says "not append-only" reader doctor
postern ban 203.0.113.9 --for 1h >/dev/null
it "and records are kept as ever" wait_for 5 says 203.0.113.9 \
	reader log --kind ban
world_stop

summary
