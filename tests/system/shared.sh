#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared senders: by list, and by what their domain says; never banned, and said
# when they attack.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25

world_begin
echo "203.0.113.64/26  # a provider's gateways" >"$WORLD_DIR/provider.list"
cat >"$WORLD_DIR/zone" <<EOF
dead.example TXT silence
example.net TXT v=spf1 ip4:198.18.20.0/24 include:_spf.example.net mx -all
example.net MX mail.example.net
mail.example.net A 198.18.21.5
long.example TXT v=spf1$(printf ' ip4:198.18.30.%d' {0..59}) ip4:198.18.31.0/24 -all
_spf.example.net TXT v=spf1 ip6:2001:db8:a001::/48 ip4:0.0.0.0/0 ~all
EOF
configure <<EOF
shared {
	files = {"$WORLD_DIR/provider.list"}
	domains = {"dead.example", "example.net", "long.example"}
	resolvers = {"127.0.0.1"}
	resolver_port = 5353
	every = "60s"
}
EOF
serve dmz $MX 25
world_start
postern ban 198.18.20.7 >/dev/null
it "who is on a list is refused at once" exits 4 postern ban 203.0.113.71
it "a name server that does not answer is said" wait_for 15 \
	says "SPF of example.net" postern status
out=$(mktemp -p "$WORLD_DIR")
start_on fw "$TESTS/support/nameserver" 127.0.0.1 5353 "$WORLD_DIR/zone" >"$out"
wait_for 5 grep -q ready "$out" || world_die "no name server"
world_kill postern-resolve
it "what the record names is never banned: the ban is lifted" wait_for 30 \
	fails is_banned 198.18.20.7
it "and a domain that is not answered is said" wait_for 5 says \
	"SPF of dead.example: no answer came; nobody is spared for it yet" \
	postern status
it "a new one is refused" exits 4 postern ban 198.18.20.0/25
it "with the reason" says "a shared sender" postern ban 198.18.20.9
it "its mail hosts, too" exits 4 postern ban 198.18.21.5
it "and what it includes" exits 4 postern ban 2001:db8:a001:7::/64
it "a record that is too long for a datagram counts, too" wait_for 5 \
	exits 4 postern ban 198.18.31.5
it "but not the whole Internet" postern ban 203.0.113.9
postern ack --all >/dev/null
mkfifo "$WORLD_DIR/fifo" "$WORLD_DIR/other"
on inet "$TESTS/support/talk" hold 198.18.20.7 $MX 25 "$WORLD_DIR/fifo" 40763 \
	>"$WORLD_DIR/held" &
WORLD_PIDS+=($!)
on inet "$TESTS/support/talk" hold 198.18.20.7 $MX 25 "$WORLD_DIR/other" 40764 \
	>"$WORLD_DIR/held2" &
WORLD_PIDS+=($!)
exec 8>"$WORLD_DIR/other" 9>"$WORLD_DIR/fifo"
wait_for 3 grep -q held "$WORLD_DIR/held"
wait_for 3 grep -q held "$WORLD_DIR/held2"
for _ in 1 2 3 4 5; do alert 198.18.20.7; done
it "who attacks from there is an alarm" wait_for 5 \
	says "spared: 198.18.20.0/24, a shared sender" postern status
echo >&9
echo >&8
it "another session of it goes on" wait_for 8 grep -q answer "$WORLD_DIR/held2"
it_not "the one that attacked is cut" grep -q answer "$WORLD_DIR/held"
it "by the kernel" wait_for 3 eval '[ "$(packets cut)" -gt 0 ]'
it_not "and not banned" is_banned 198.18.20.7
it "it passes" tcp inet 198.18.20.7 $MX 25
sed -i 's/^example.net TXT.*/example.net TXT silence/' "$WORLD_DIR/zone"
world_kill postern-ctl
wait_for 15 world_is_settled
it "what was known stays over the death of the decider" wait_for 10 \
	exits 4 postern ban 198.18.20.9
postern ack --all >/dev/null
world_kill postern-resolve
it "and over that of who asks: the name server is silent" wait_for 40 \
	says "SPF of example.net: no answer came; its answer of 2" \
	postern status
it "its senders are spared all the time" exits 4 postern ban 198.18.20.9
world_stop
world_start
it "also after all programs ended" wait_for 10 exits 4 postern ban 198.18.20.9
echo nonsense >"$WORLD_DIR/state/senders/spf"
world_kill postern-resolve
wait_for 15 world_is_settled
it "a damaged file is said" wait_for 5 grep -q \
	"cannot read the answers that .*/senders keeps" "$WORLD_DIR/log"
it "and takes nobody's protection" exits 4 postern ban 198.18.20.9

summary
