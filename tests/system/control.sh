#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line and the control socket: what people ask for, what they may
# not, and what a hostile client can do, which is nothing.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

world_begin
configure </dev/null
serve dmz $MX 25 22
verbs=$(postern help | sed -n 's/^  \([a-z]*\) .*/\1/p')
helps() {
	local verb
	for verb in $verbs; do
		postern "$verb" --help | grep -q "^usage: postern $verb" || return
	done
}
it "there are verbs" test "$(wc -w <<<"$verbs")" -gt 20
it "each verb tells how it is used, and nothing more" helps
it "so does help" says "usage: postern ban PREFIX" postern help ban
it "without a daemon: exit 3" exits 3 postern status
it "and a hint" says "is posternd running" postern status
world_start

it "a ban by hand" says "203.0.113.7 is banned for 2h" \
	postern ban 203.0.113.7 --for 2h --reason "guesses passwords"
it "is in force" says "read back just now" postern why 203.0.113.7
it "with who and why on record" has_record \
	'.kind == "ban" and .reason == "guesses passwords" and .uid == 0 and .origin == "person"'
it "a network between rungs" postern ban 203.0.112.0/23 --for 1h
it "is in force throughout" says "with all of 203.0.112.0/23" \
	postern why 203.0.112.200
it "for ever" says "until it is unbanned" postern ban 2001:db8:bad::/48 \
	--for forever
it "which status says" says "1 without a term" postern status
it "IPv6 in force" says "read back just now" postern why 2001:db8:bad:5::1
it "unban" says "lifted" postern unban 203.0.113.7
it "who is still in a network is told so" \
	says "still out: 203.0.112.0/23 is banned" \
	eval 'postern ban 203.0.113.9; postern unban 203.0.113.9'
it "unban of a part of a network names the network" \
	says "unban that" postern unban 203.0.113.200
it "unban of everybody within a prefix" \
	eval 'postern ban 198.18.5.1 && postern ban 198.18.5.2 && says "2 bans are lifted" postern unban 198.18.5.0/24'
it "unban of nobody fails" exits 1 postern unban 198.18.9.9
it "unban --all" says "bans are lifted" postern unban --all
it "leaves nobody" bans_are ""
it "in the kernel either" says "is not banned" postern why 203.0.112.200

it "never: everything" exits 4 postern ban 0.0.0.0/0
it "never: everything, IPv6" exits 4 postern ban ::/0
it "never: an administrator" exits 4 postern ban 10.0.9.5
it "never: a network around an administrator" exits 4 postern ban 10.0.0.0/16
it "never: a server" exits 4 postern ban $MX
it "never: a network around a server" exits 4 postern ban 192.0.2.0/24
it "never: our own address" exits 4 postern ban 100.64.0.1
it "never: our own address, IPv6" exits 4 postern ban 2001:db8:64::1
it "never: the never_ban list" exits 4 postern ban 198.51.100.0/24
it "never: loopback" exits 4 postern ban 127.0.0.1
it "never: multicast" exits 4 postern ban ff02::1
it "with the reason" says "overlaps 192.0.2.25, which is protected" \
	postern ban 192.0.2.0/24
it "too wide a cover names the nearest" says "a /64 and a /120" \
	postern ban 2001:db8:bad::/70
it "host bits are told apart" says "write 203.0.113.0/24" \
	postern ban 203.0.113.7/24
it "as a usage error" exits 2 postern ban 203.0.113.7/24
it "a term beyond the guard's" exits 4 postern ban 203.0.113.7 --for 91d
it "no address" exits 2 postern ban example.org
it "no term" exits 2 postern ban 203.0.113.7 --for soon
it "an unknown verb" exits 2 postern bun 203.0.113.7
it "an unknown option" exits 2 postern ban 203.0.113.7 --fro 2h
it "nothing of that banned anybody" bans_are ""
it "hostile words are shown harmless" \
	says 'x1b[2J' postern ban $'\x1b[2J'
postern ban 203.0.113.7 --reason $'\x1b[31m$(reboot) "quoted"\n' >/dev/null
it "and kept harmless" says '\x1b[31m$(reboot) "quoted"\x0a' postern bans
it "on record, too" has_record \
	'.reason == "\u001b[31m$(reboot) \"quoted\"\n"'
postern ban 203.0.113.7 --reason $'\x9b31m' >/dev/null
it "a control byte above 127 is not even in JSON" \
	says '"reason":"\u009B31m"' postern bans --json
for verb in status doctor "why 203.0.113.7" "why 2001:db8::1"; do
	# shellcheck disable=SC2086
	it "$verb --json is JSON" eval "postern $verb --json | jq -e . | grep -q ."
done
it "status counts who had to be forgotten: nobody" same "$(number .evicted)" 0
it_not "and is silent about it" says "least suspicious" postern status
it "check --json is JSON" eval \
	'postern check --json -c "$WORLD_DIR/postern.conf" | is_true .good'
it "ruleset --json is JSON" eval \
	'postern ruleset --json -c "$WORLD_DIR/postern.conf" | jq -r .ruleset | on fw nft -c -f -'
it "bans --json is JSON" eval 'postern bans --json | jq -e . | grep -q .'
postern ban 2001:db8:bad:7::1 >/dev/null
completed() {
	POSTERN_SOCKET=$WORLD_DIR/run/control.sock PATH=$WORLD_BIN:$PATH \
		on fw "$TESTS/support/complete" "$@"
}
it "bash completes an address behind its colons" \
	says "bad:7::1" completed unban 2001:db8:b
it "and a verb" says "unban" completed unb
it "every screen is at most 80 columns wide" eval \
	'{ postern status; postern help; postern why 203.0.113.8; postern rules; postern doctor; postern bans; } | awk "length > 80 { print; bad = 1 } END { exit bad }"'

it "panic wants a reason" exits 2 postern panic --in
it "panic --in" postern panic --in --reason "a drill"
it_not "shuts smtp" tcp inet 203.0.113.8 $MX 25
it "not for administrators" tcp in 10.0.9.5 $MX 22
it "status says so" says "PANIC: the mail gate is shut (panic-in)" postern status
it "and why" says "a drill" postern status
world_kill postern-nft postern-ctl
wait_for 15 world_is_settled
it_not "it survives a restart" tcp inet 203.0.113.8 $MX 25
world_stop
on fw nft delete table inet postern
world_start
it_not "and a reboot" tcp inet 203.0.113.8 $MX 25
it "with its reason" says "a drill" postern status
it "resume" says "open again" postern resume --reason "drill over"
it "opens smtp" tcp inet 203.0.113.8 $MX 25
it "both are on record" eval \
	'has_record ".kind == \"panic\"" && has_record ".kind == \"resume\""'

it "watch shows acts as they happen" eval \
	'(timeout 5 "$WORLD_BIN/postern" --socket "$WORLD_DIR/run/control.sock" watch --json >"$WORLD_DIR/watch" &) ; wait_for 3 eval "postern ban 203.0.113.31 >/dev/null; grep -q 203.0.113.31 $WORLD_DIR/watch"'

it "hostile clients are hung up and harm nobody" \
	"$TESTS/support/hostile" "$WORLD_DIR/run/control.sock"
it "the daemon is still the same" same "$(number \
	'.programs[] | select(.name == "postern-ctl") | .restarts')" 0
sed "s#^state = .*#state = \"$WORLD_DIR/second\"#; s#control.sock#second.sock#" \
	"$WORLD_DIR/postern.conf" >"$WORLD_DIR/second.conf"
repairs=$(number .repairs)
it "a second posternd does not fight for the table, whatever its state" \
	says "another posternd works in this network namespace" \
	on fw timeout 5 "$WORLD_BIN/posternd" -c "$WORLD_DIR/second.conf"
it "and has changed nothing" same "$(number .repairs)" "$repairs"
chmod 666 "$WORLD_DIR/run/control.sock"
it "a stranger is refused even where the socket's mode lets him in" \
	exits 3 setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$WORLD_BIN/postern" --socket "$WORLD_DIR/run/control.sock" status
it "a member of the group is not" \
	setpriv --reuid 65534 --regid 65534 --groups \
	"$(getent group postern | cut -d: -f3)" \
	"$WORLD_BIN/postern" --socket "$WORLD_DIR/run/control.sock" status

world_stop
it "no lock of a namespace is left behind" fails test -e \
	"/run/postern-net-$(on fw stat -Lc %i /proc/self/ns/net).lock"

summary
