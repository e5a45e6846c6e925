#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The records as evidence: an auditor's questions, an export that another
# machine proves with the anchor alone, and a changed copy that it refuses.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25
RECORDS=

world_begin
configure <<EOF
policy { sign "ids-alert" { points = 100 }  terms = {"1h"}
         subnet { ipv4 = {} ipv6 = {} } }
records { seal = "60s"  review = "7d"
          schedule "acts" { keep = "1095d" series = "Audit trails" } }
EOF
RECORDS=$WORLD_DIR/state/records
reader() {
	postern --config "$WORLD_DIR/postern.conf" "$@"
}
proves() {
	"$WORLD_BIN/postern-verify" "$@"
}

it "records can be made before the first start" reader records init
ANCHOR=$(reader records --json | jq -r .anchor)
it "and show their anchor" test ${#ANCHOR} = 64
it "which stays when they are made again" eval \
	'reader records init && [ "$(reader records --json | jq -r .anchor)" = "$ANCHOR" ]'
serve dmz $MX 25
world_start
it "the keys are for their owner alone" same \
	"$(stat -c %a "$RECORDS"/seals/key)" 600

alert 198.18.0.0+50
wait_for 5 eval 'same "$(count_bans)" 50'
postern ban 203.0.113.7 --for 1h --reason "called by phone" >/dev/null

has_event() {
	reader log --address 198.18.0.7 --json | jq -se "$1" >/dev/null
}
it "an event is recorded with what became of it" wait_for 5 has_event \
	'any(.kind == "event" and .outcome == "banned" and .source == "198.18.0.7" and .act > 0)'
it "and the ban that it led to" has_event \
	'any(.kind == "ban" and .prefix == "198.18.0.7" and .sign == "ids-alert")'
original() {
	reader log --kind original --address 198.18.0.7 --json | jq -r .line
}
it "the IDS's own line stands beside it, as it was" eval \
	'original | grep . && original | grep -Fxf - "$WORLD_DIR/eve.json"'
it "one address finds nothing of others" has_event \
	'all((.prefix // .source) == "198.18.0.7")'
it "what did you block, by whose decision?" says "203.0.113.7" \
	reader log --since 7d --kind ban
it "a person's ban bears who and why" eval \
	'reader log --kind ban --address 203.0.113.7 | grep "called by phone" | grep "by uid 0"'
it "one of the rules says that it is theirs, once whom it is for" eval \
	'reader log --kind ban --address 198.18.0.7 | grep -E "ban 198\.18\.0\.7 -> 192\.0\.2\.25 .*until [0-9-]{10} [0-9:]{8} .* suricata by the policy: ids-alert"'
it "and a terminal has no line wider than 80 columns" eval \
	'script -qec "stty cols 80; $WORLD_BIN/postern --config $WORLD_DIR/postern.conf log" /dev/null </dev/null | tr -d "\r" | awk "length(\$0) > 80 { exit 1 } END { exit NR < 50 }"'
it "a summary of the week says what got through" says \
	"0 events in which a server answered a banned source" \
	reader summary --week
it "a summary tells how many" eval \
	'[ "$(reader summary --json | jq ".events, .bans, .by_person" | xargs)" = "50 51 1" ]'
it "can you prove that the log is whole?" proves --key "$ANCHOR" "$RECORDS"
it "the same as a verb of postern" reader verify --key "$ANCHOR"
it_not "not by another anchor" proves --key "${ANCHOR//[0-4]/9}" "$RECORDS"

it "an export of a bag" reader export --format bagit --case 2026-7 \
	--reason "asked for by the auditor" --to "$WORLD_DIR/bag"
it "is itself on record" wait_for 5 eval \
	'reader log --class custody --json | jq -e "select(.kind == \"export\" and .name == \"2026-7\" and .uid == 0)"'
it "names the schedule" grep -q "Schedule-acts: 1095 days; series Audit trails" \
	"$WORLD_DIR/bag/bag-info.txt"
elsewhere() {
	on inet env -i "$WORLD_BIN/postern-verify" --key "$ANCHOR" "$1"
}
it "of each class, whether it was configured or not" eval \
	'[ "$(grep -c "^Schedule-[a-z]*: [0-9]* days; series .*; .*2\.4(3).*; then destroy$" "$WORLD_DIR/bag/bag-info.txt")" = 5 ]'
it "holds the public key, and a manifest names it" eval \
	'[ "$(cat "$WORLD_DIR/bag/public-key.txt")" = "$ANCHOR" ] && grep -q "  public-key.txt$" "$WORLD_DIR/bag/tagmanifest-sha512.txt"'
it "is proven by the anchor alone" elsewhere "$WORLD_DIR/bag"
it "with nothing behind its last seal" eval \
	'! says "not proven" elsewhere "$WORLD_DIR/bag"'
cp -r "$WORLD_DIR/bag" "$WORLD_DIR/forged"
victim=$(find "$WORLD_DIR/forged/data/acts" -type f | head -n 1)
if [[ $victim == *.zst ]]; then
	zstd -qdf --rm "$victim" -o "${victim%.zst}"
	victim=${victim%.zst}
fi
sed -i 's/"prefix":"198.18.0.7"/"prefix":"198.18.0.8"/' "$victim"
it "a changed copy is refused" says "was changed" elsewhere "$WORLD_DIR/forged"
# He makes the manifests anew, too.
manifest() {
	(
		cd "$1" || exit
		find data -type f -exec sha512sum {} + >manifest-sha512.txt
		sha512sum bag-info.txt bagit.txt how-to-verify.txt \
			public-key.txt manifest-sha512.txt \
			>tagmanifest-sha512.txt
	)
}
manifest "$WORLD_DIR/forged"
it_not "also with new manifests" elsewhere "$WORLD_DIR/forged"
it "and the record is named" says "was changed" elsewhere "$WORLD_DIR/forged"

# What is taken out whole leaves no line that is wrong: the sealed record of the
# export tells what a bag must hold.  Each export closes the segments.
postern ban 203.0.113.21 --for 1h >/dev/null
reader export --class system >/dev/null
end=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
postern ban 203.0.113.22 --for 1h >/dev/null
reader export --format bagit --case 2026-8 --to "$WORLD_DIR/all"
reader export --format bagit --since "$end" --to "$WORLD_DIR/since"
reader export --format bagit --until "$end" --to "$WORLD_DIR/until"
reader export --format bagit --class acts --to "$WORLD_DIR/acts"
other() {
	on inet python3 "$TESTS/support/verifier.py" "$1" "$ANCHOR"
}
for bag in all since until acts; do
	it "an honest bag is whole: $bag" elsewhere "$WORLD_DIR/$bag"
	it "so says the verifier of the page: $bag" other "$WORLD_DIR/$bag"
done
it "it tells what was asked for, by whom, and what of it is here" eval \
	'elsewhere "$WORLD_DIR/all" >"$WORLD_DIR/told" &&
	grep -q "an export of all of .*, by uid 0, for the case 2026-8 (record [0-9]* of custody)" "$WORLD_DIR/told" &&
	grep -Eq "^  acts +1 to ([0-9]+) of \1 sealed" "$WORLD_DIR/told"'
it "and so do the words in the bag" eval \
	'grep -q "^Postern-Since: ${end%.*}" "$WORLD_DIR/since/bag-info.txt" &&
	grep -q "^Postern-Uid: 0$" "$WORLD_DIR/since/bag-info.txt"'
it "a part of the records begins later than all of them" eval \
	'! elsewhere "$WORLD_DIR/since" | grep -E "^  acts +1 to"'
# without BAG WHICH-SEGMENTS-OF-ACTS
without() {
	rm -rf "$WORLD_DIR/cut"
	cp -r "$WORLD_DIR/$1" "$WORLD_DIR/cut"
	find "$WORLD_DIR/cut/data/acts" -name '*.jsonl*' | sort >"$WORLD_DIR/files"
	sed -n "$2p" "$WORLD_DIR/files" | xargs rm
	manifest "$WORLD_DIR/cut"
	! other "$WORLD_DIR/cut" && elsewhere "$WORLD_DIR/cut"
}
for bag in all since until acts; do
	it_not "without its first segment it is not: $bag" without $bag 1
	it "that is named: $bag" eval \
		'without $bag 1 | grep -E "acts/acts-.*(follows [0-9]+ records that are missing|is cut off)"'
	it "nor without the last: $bag" eval \
		'! without $bag "$" && without $bag "$" | grep "acts/acts-.*cut off"'
	it "nor without any: $bag" eval \
		'! without $bag "1,$" && without $bag "1,$" | grep "acts/acts-.*cut off: the export is of records up to"'
done
renumber() {
	rm -rf "$WORLD_DIR/cut"
	cp -r "$WORLD_DIR/all" "$WORLD_DIR/cut"
	sed -i "$1" "$WORLD_DIR/cut/bag-info.txt"
	manifest "$WORLD_DIR/cut"
	elsewhere "$WORLD_DIR/cut"
}
it "a bag that names no record of its own cannot tell" says \
	"were left out cannot be told" renumber '/^Postern-Export: /d'
it_not "one that names a record that is not there is not whole" renumber \
	's/^Postern-Export: .*/Postern-Export: 999999/'

it "csv has every event" eval \
	'[ "$(reader export --format csv --class events | grep -c "^events,")" = 50 ]'
it "and the lines of the IDS, and from what a ban is" eval \
	'reader export --format csv --kind original | grep -q "TEST attack" &&
	postern ban 203.0.113.8 --for 1h --scope mail >/dev/null &&
	reader export --format csv --kind ban --address 203.0.113.8 | grep ",mail," &&
	reader log --address 203.0.113.8 | grep "from mail"'
exported() {
	reader export "$@" | jq -r .kind | sort | uniq -c | xargs
}
it "of one kind, of one sign, as log takes them" eval \
	'[ "$(exported --kind ban --address 198.18.0.0/16)" = "50 ban" ] &&
	[ "$(exported --sign ids-alert --class events)" = "50 event" ] &&
	[ "$(exported --server mx1 --kind event)" = "50 event" ] &&
	[ "$(exported --sign auth-failure)" = "" ]'
it "a kind that is mistyped is not taken for silence" eval \
	'exits 2 reader log --kind bann && exits 2 reader export --kind bann &&
	says "the kinds are event original bans seal start ban " reader log --kind bann'
it "nor a sign" eval \
	'exits 2 reader log --sign ids-alerts && exits 2 reader export --sign ids-alerts &&
	says " ids-alert " reader export --sign ids-alerts'
it "every kind and sign that is there is one" eval \
	'for kind in $(reader export --class acts,events,system,alarms,custody | jq -r .kind | sort -u); do
		reader log --kind $kind >/dev/null || exit 1
	done && reader log --kind seal --sign none >/dev/null'
it "of a server that nobody knows it says so" eval \
	'says "no such record names a server mx9" reader log --server mx9 &&
	says "no such record names a server mx9" reader export --server mx9'
it_not "and not of one that it finds" says "no such record" \
	reader log --server mx1
it "a port that is none is not refused by a connection" eval \
	'for place in 127.0.0.1:99999 127.0.0.1:0 127.0.0.1: "[::1]:25x" 127.0.0.1; do
		exits 2 reader export --to "relp:$place" || exit 1
		says "with a port from 1 to 65535" reader export --to "relp:$place" || exit 1
	done'
it "a folder that is not there is not one without seals" eval \
	'exits 1 proves "$WORLD_DIR/nowhere" &&
	! says "NOT WHOLE" proves "$WORLD_DIR/nowhere" &&
	says "No such file" proves "$WORLD_DIR/nowhere"'
it_not "a bag is not made of a part of its segments" reader export \
	--format bagit --kind ban --to "$WORLD_DIR/part"
it "syslog, too" eval \
	'[ "$(reader export --format syslog --class events | grep -c "^<85>1 ")" = 50 ]'
it "ndjson is what was written" eval \
	'reader export --class events | jq -e . >/dev/null'
head -c 32 /dev/urandom >"$WORLD_DIR/hide"
# In acts stands the configuration, in events the lines of the IDS.
postern ban 2001:DB8:BAD::7 --for 1h \
	--reason "[::ffff:203.0.113.7] told joe@example.org" >/dev/null
hidden() {
	reader export --format "$1" --pseudonyms "$WORLD_DIR/hide" \
		--class acts,events,system,alarms,custody >"$WORLD_DIR/hidden"
	[ "$(wc -l <"$WORLD_DIR/hidden")" -gt 100 ] &&
		grep -q anon- "$WORLD_DIR/hidden" &&
		! grep -E "([0-9]{1,3}\.){3}[0-9]|2001:|joe@|[0-9a-f]::" \
			"$WORLD_DIR/hidden"
}
for format in ndjson csv syslog; do
	it "pseudonyms hide each address, in every text of $format" \
		hidden $format
done
one_name() {
	reader export --pseudonyms "$WORLD_DIR/hide" --class acts,events |
		jq -r 'select(.kind == "ban" and .origin == "person") |
			.prefix, .reason' | grep -o "anon-[0-9a-f]*" | sort | uniq -c
}
it "the same for the same, however it is spelt" eval \
	'[ "$(one_name | awk "\$1 == 2" | wc -l)" = 1 ]'

it "a hold" reader hold add --case 2026-7 --reason "litigation" --address 198.18.0.0/16
it "is listed" says "litigation" reader hold list
number=$(reader hold list --json | jq .id)
it "no other number is lifted" exits 1 reader hold lift 999999 --reason "mistyped"
it "and lifted by its number" reader hold lift "$number" --reason "settled"
it "then none is left" says "no record is held" reader hold list
it "a review is on record" eval \
	'reader review sign --since 7d --reason "nothing unusual" &&
	reader log --class custody | grep "nothing unusual"'
reviewed() {
	postern status --json | jq -r .records_reviewed
}
it "and all before it is evaluated" eval \
	'[[ $(reviewed) > $(date -u -d "1 minute ago" +%Y-%m-%dT%H:%M:%S) ]]'
it "but not one of what is still to come" exits 2 reader review sign \
	--until 2100-01-01
seal=$(reader records seal)
it "a seal that somebody else holds" eval \
	'printf "%s\n" "$seal" | proves --key "$ANCHOR" --seal - "$RECORDS"'
seal_that_is_not_here() {
	# One that this chain never had: of a machine that was put back.
	rm -rf "$WORLD_DIR/back"
	cp -r "$RECORDS" "$WORLD_DIR/back"
	for file in "$WORLD_DIR"/back/seals/*.jsonl; do
		sed -i '$d' "$file"
	done
	printf '%s\n' "$seal" |
		proves --key "$ANCHOR" --seal - "$WORLD_DIR/back"
}
it_not "one that is not here is found missing" seal_that_is_not_here
it_not "and nobody says that none was given" says "was given (--seal): whether" \
	seal_that_is_not_here
it "but that none of those given stands here" says \
	"no seal that was given (--seal) is the one" seal_that_is_not_here
many_seals() {
	local first
	first=$(head -n 1 "$RECORDS"/seals/*0001.jsonl)
	{
		yes "$first" | head -n 300
		printf '%s\n' "$seal"
	} | proves --key "$ANCHOR" --seal - "$1"
}
it "the newest of many seals counts" many_seals "$RECORDS"
it_not "and is missed where it is not here" many_seals "$WORLD_DIR/back"
it "one that does not exist is not" eval \
	'exits 1 reader witness 9999 --at moon && says "there is no seal 9999" reader witness 9999 --at moon'
it "its place is recorded" reader witness \
	"$(jq .seq <<<"$seal")" --at "records office"

it "status tells of seals and witnesses" eval \
	'says "witnessed" postern status | grep sealed'
it "by the time of the seal, not by that of the words" eval \
	'[ "$(postern status --json | jq -r .records_witnessed)" = "$(jq -r .time <<<"$seal")" ]'
it "and of an earlier one later nothing changes" eval \
	'reader witness 1 --at "records office" &&
	[ "$(postern status --json | jq -r .records_witnessed)" = "$(jq -r .time <<<"$seal")" ]'

while postern ban 203.0.113.99 --for 1h; do :; done >/dev/null 2>&1 &
busy=$!
while_writing() {
	for n in 1 2 3 4 5; do
		reader export --format bagit --to "$WORLD_DIR/busy$n" &&
			elsewhere "$WORLD_DIR/busy$n" || return 1
	done
}
it "an export while records are written is whole" while_writing
kill $busy

# A member of the group that may use postern reads, another does not.
it "the group may read" same "$(stat -c %a "$RECORDS"/acts)" 2750
world_stop
it "no daemon is needed to read" says "called by phone" reader log --kind ban
it "nor to prove" proves --key "$ANCHOR" "$RECORDS"
it "but an export is not without a record" exits 3 reader export --class acts
it "after an end all is proven" eval '! says "not proven" proves "$RECORDS"'

summary
