#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Omitted networks: who is out although his mail was good and his name leads
# back to him is shown, with the command that lets him in, which does.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25 MX6=2001:db8:2::25
FRIEND=203.0.113.9           # sends good mail, and has a name
FRIEND6=2001:db8:600d::9     # the same over IPv6, inside TLS
LIAR=203.0.113.10            # good mail, too, and a name that is another's
ONCE=203.0.113.12            # one mail, no name
STRANGER=198.18.1.1          # never sent any mail

mail() {
	local source=$1 server=$2
	shift 2
	on inet timeout 20 swaks --silent 3 --timeout 5 \
		--helo friend.example.net --local-interface "$source" \
		--server "$server" --from a@example.net --to anna@example.org \
		"$@"
}
omitted() {
	postern omitted --json | jq -c --arg p "$1" 'select(.prefix == $p)' |
		grep .
}
field() {
	omitted "$1" | jq -r "$2"
}
arpa6() {
	python3 -c 'import ipaddress, sys
print(ipaddress.ip_address(sys.argv[1]).reverse_pointer)' "$1"
}

world_begin
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mx1.example.org \
	-keyout "$WORLD_DIR/key" -out "$WORLD_DIR/cert" 2>/dev/null
chmod 644 "$WORLD_DIR/key"
cat >"$WORLD_DIR/zone" <<END
9.113.0.203.in-addr.arpa PTR mail.example.net
mail.example.net A $FRIEND
$(arpa6 $FRIEND6) PTR mail6.example.net
mail6.example.net AAAA $FRIEND6
10.113.0.203.in-addr.arpa PTR mail.example.net
END
configure <<END
sensor "outside" { interface = "eth0"  ring = 16 }
sensor "drops"   { interface = "nflog:25" }
server "mx2" {
    addresses = {"2001:db8:2::80"}  zone = "dmz"
    service "smtp" { from = {"outside"}  rate = "1/minute"  burst = 2 }
}
mail { names = true }
shared { resolvers = {"127.0.0.1"}  resolver_port = 5353 }
policy { subnet { ipv4 = {} ipv6 = {} } }
END
out=$(mktemp -p "$WORLD_DIR")
start_on fw "$TESTS/support/nameserver" 127.0.0.1 5353 "$WORLD_DIR/zone" >"$out"
wait_for 5 grep -q ready "$out" || world_die "no name server"
"$TESTS/../scripts/lab.d/mail-server" "$WORLD_DIR/mail"
conf=$WORLD_DIR/mail/postfix
postconf -c "$conf" -e "inet_interfaces = $MX, $MX6, 127.0.0.1" \
	"smtpd_tls_cert_file = $WORLD_DIR/cert" \
	"smtpd_tls_key_file = $WORLD_DIR/key" "smtpd_tls_security_level = may"
on dmz postfix -c "$conf" start >/dev/null 2>&1
start_on dmz dovecot -F -c "$WORLD_DIR/mail/dovecot.conf" # knows the logins
world_last_words() {
	on dmz postfix -c "$conf" stop >/dev/null 2>&1
}
world_start
wait_for 10 on in nc -z -w 2 $MX 25 || world_die "nobody serves at $MX"
wait_for 10 eval '[ "$(number ".sensors[0].live")" = true ]' ||
	world_die "the sensor does not come up"

it "with nobody banned nobody is omitted" says "nobody whose mail" postern omitted
head -c 3000 /dev/zero | tr '\0' 'x' | fold -w 70 >"$WORLD_DIR/body"
it "a good sender's mail is taken" mail $FRIEND $MX
it "and the other ones', too" eval \
	'for who in $FRIEND $FRIEND $LIAR $LIAR $LIAR $ONCE; do mail $who $MX || break; done'
it "also inside TLS" mail $FRIEND6 $MX6 --tls --body "@$WORLD_DIR/body"
mail $STRANGER $MX --to nobody@example.org
it_not "a good sender who is not banned is not omitted" omitted $FRIEND

# A limit is none of a ban's: no pardon is above it.
for _ in 1 2 3 4 5; do on inet nc -z -w 1 -s $FRIEND6 2001:db8:2::80 25; done
it "a good sender who meets a limit is omitted" wait_for 5 \
	omitted 2001:db8:600d::/64
it "as held up, and not banned" eval \
	'[ "$(field 2001:db8:600d::/64 "(.limited > 0) and .ban == null")" = true ]'
it "which no pardon would change" same \
	"$(field 2001:db8:600d::/64 .command)" null

# Whether the sensor has told of all by now is seen from the count.
for _ in 1 2 3 4 5; do alert $FRIEND; done
for who in $LIAR $ONCE $STRANGER; do
	postern ban $who --for 1h --reason "by hand" >/dev/null
done
postern ban 2001:db8:600d::/64 --for 1h >/dev/null
it "alerts ban the good sender" wait_for 5 is_banned $FRIEND
it "who is now omitted" wait_for 5 omitted $FRIEND
it "with the three mails that were taken" wait_for 5 eval \
	'[ "$(field $FRIEND .mails)" = 3 ]'
it "his name, which leads back to him" same \
	"$(field $FRIEND '.name + " " + .name_verdict')" \
	"mail.example.net confirmed"
it "and what bans him" same "$(field $FRIEND .ban.prefix)" $FRIEND
it "over IPv6 inside TLS a session as long as a mail counts" wait_for 5 \
	omitted 2001:db8:600d::/64
it "  as that, and not as a mail that was taken" same \
	"$(field 2001:db8:600d::/64 '[.mails, .encrypted] | join(" ")')" "0 1"
it "  with the name of the address" same \
	"$(field 2001:db8:600d::/64 .name_verdict)" confirmed
it_not "a name that is another's is no good sign" omitted $LIAR
it_not "one mail is no history" omitted $ONCE
it_not "who never sent a mail is not omitted" omitted $STRANGER
it "people are told the same" says "its name leads back to it: mail.example.net" \
	postern omitted
it "in 80 columns" eval \
	'! postern omitted | grep -v "is banned" | grep -E ".{81}"'

# The decider dies: the sensor knows.
world_kill postern-ctl
wait_for 15 world_is_settled
it "the history outlives the decider" wait_for 10 eval \
	'[ "$(field $FRIEND .mails)" = 3 ]'
echo "9.113.0.203.in-addr.arpa PTR silence" >"$WORLD_DIR/zone"
it "and a name that is known needs no answer" same \
	"$(field $FRIEND .name_verdict)" confirmed

command=$(field $FRIEND .command)
reach() {
	on inet nc -z -w 2 -s "$1" "$2" 25
}
it_not "the sender is out" reach $FRIEND $MX
it "the command that is shown works" eval "$command"
it "it lets him in" reach $FRIEND $MX
it_not "and he is omitted no more" omitted $FRIEND
it "the /64 is let in by its command, too" eval \
	"$(field 2001:db8:600d::/64 .command)"
it "so that its mail passes" mail $FRIEND6 $MX6

summary
