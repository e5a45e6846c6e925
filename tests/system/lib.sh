# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the system tests share: the world of scripts/world.sh, sentences that
# are checked, and a summary that fails when one of them was false.

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../../scripts/world.sh
. "$TESTS/../scripts/world.sh"

PASSED=0
FAILED=0

# it SENTENCE COMMAND...: the command succeeds.
it() {
	local sentence=$1
	shift
	if "$@" >"$WORLD_DIR/it.out" 2>&1; then
		PASSED=$((PASSED + 1))
		printf 'ok    %s\n' "$sentence"
	else
		FAILED=$((FAILED + 1))
		printf 'FALSE %s\n' "$sentence"
		sed 's/^/      /' "$WORLD_DIR/it.out" | tail -n 15
	fi
}

# it_not SENTENCE COMMAND...: the command fails.
it_not() {
	local sentence=$1
	shift
	it "$sentence" fails "$@"
}

fails() {
	! "$@"
}

# exits STATUS COMMAND...
exits() {
	local wanted=$1 got=0
	shift
	"$@" || got=$?
	[ "$got" = "$wanted" ] || {
		echo "exit status $got instead of $wanted"
		return 1
	}
}

# says TEXT COMMAND...: its output, either kind, has TEXT in it.
says() {
	local text=$1 out
	shift
	out=$("$@" 2>&1)
	printf '%s\n' "$out"
	[[ $out == *"$text"* ]]
}

same() {
	[ "$1" = "$2" ] || {
		printf '"%s" instead of "%s"\n' "$1" "$2"
		return 1
	}
}

tcp() {
	local ns=$1
	shift
	on "$ns" "$TESTS/support/talk" tcp "$@"
}

udp() {
	local ns=$1
	shift
	on "$ns" "$TESTS/support/talk" udp "$@"
}

raw() {
	local ns=$1
	shift
	on "$ns" "$TESTS/support/talk" raw "$@"
}

# serve NS ADDRESS PORT...: wait until it answers.
serve() {
	local ns=$1 out
	shift
	out=$(mktemp -p "$WORLD_DIR")
	start_on "$ns" "$TESTS/support/talk" serve "$@" >"$out"
	wait_for 5 grep -q ready "$out" || world_die "no server at $*"
}

alert() {
	"$TESTS/support/alert" --file "$WORLD_DIR/eve.json" "$@"
}

# A configuration with a feed; more lines on standard input.
configure() {
	{
		world_config
		echo "feed \"suricata\" { path = \"$WORLD_DIR/eve.json\" }"
		cat
	} >"$WORLD_DIR/postern.conf"
}

is_banned() {
	# jq 1.6 exits with 0 where there is no input at all.
	postern bans --json | jq --arg p "$1" 'select(.prefix == $p)' |
		grep .
}

bans_are() {
	same "$(postern bans --json | jq -r .prefix | sort | xargs)" "$*"
}

count_bans() {
	postern status --json | jq .bans
}

# A number out of `status --json`: number .kernel
number() {
	postern status --json | jq "$1"
}

packets() {
	number ".counters[\"$1\"].packets"
}

records() {
	cat "$WORLD_DIR"/state/records/{acts,system}/*.jsonl
}

# has_record FILTER: a record that the jq filter selects is on disk.
has_record() {
	records | jq -e "select($1)" | grep -q .
}

summary() {
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}
