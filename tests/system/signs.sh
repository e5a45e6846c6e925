#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every sign, live: real servers (Postfix, Exim, OpenSMTPD, Dovecot), clients as
# attackers have them (swaks, curl, openssl, Python's libraries), and for what
# no program does by itself a scripted peer (support/signs).  Of each sign its
# event must be on record, of an attacker's the ban in force.
. "$(dirname "$0")/lib.sh"

LAB=$TESTS/../scripts/lab.d
P4=192.0.2.25 P6=2001:db8:2::25 # Postfix and Dovecot
E4=192.0.2.26 E6=2001:db8:2::26 # Exim
O4=192.0.2.27 O6=2001:db8:2::27 # OpenSMTPD
SILENT=192.0.2.28               # accepts, and says nothing
SINK=198.51.100.25              # somebody else's server
PROXY4=203.0.113.200 PROXY6=2001:db8:600d::200 # speak for others

signs() {
	local ns=$1
	shift
	on "$ns" "$TESTS/support/signs" "$@"
}
# mail NS SOURCE SERVER WORD...: one mail by swaks, or what WORDs make of it.
mail() {
	local ns=$1 source=$2 server=$3
	shift 3
	on "$ns" timeout 20 swaks --silent 3 --timeout 2 \
		--helo friend.example.net --local-interface "$source" \
		--server "$server" --from a@example.net --to anna@example.org \
		"$@"
}
# times N COMMAND...: N times, or until the attacker among its words is out.
times() {
	local n=$1 i who
	shift
	who=$(printf '%s\n' "$@" | grep -m 1 -E '^(198\.1[89]|2001:db8:bad)')
	for ((i = 0; i < n; i++)); do
		"$@"
		! is_out "$who" >/dev/null || break
	done
}

# at_once N COMMAND...: N of it side by side: within a minute on any machine.
at_once() {
	local n=$1 i running=()
	shift
	for ((i = 0; i < n; i++)); do
		"$@" >/dev/null 2>&1 &
		running+=($!)
	done
	wait "${running[@]}"
}
# tls NS SOURCE ADDRESS:PORT WORD...: an openssl client, what it is to say on
# its standard input.  It prints what the server answers.
tls() {
	local ns=$1 source=$2 to=$3
	shift 3
	on "$ns" timeout 8 openssl s_client -quiet -verify_quiet \
		-bind "$source" -connect "$to" "$@" 2>/dev/null
}
fetch() {
	on inet timeout 8 curl -s -k -m 8 --interface "$@"
}

events() {
	jq -c --arg s "$1" 'select(.kind == "event" and .sign == $s)' \
		"$WORLD_DIR"/state/records/events/*.jsonl 2>/dev/null
}
is_told() {
	events "$1" | jq -e --arg a "$2" \
		'select(.source == $a or .target == $a)' | grep -q .
}
# alarm_for SIGN: somebody is told.
is_alarmed() {
	grep -hs '"kind":"alarm"' "$WORLD_DIR"/state/records/acts/*.jsonl |
		grep -q "\"reason\":\"$1: "
}
SEEN=' '
# bans SIGN SOURCE HOW: an attacker's sign, on record, and he is out.
bans() {
	local sign=$1 source=$2 how=$3
	SEEN+="$sign "
	it "$sign: $how" wait_for 8 is_told "$sign" "$source"
	it "  and the source is banned" wait_for 5 is_out "$source"
}
is_out() {
	case $1 in
	*:*) postern bans --json | jq -r .prefix | grep -q "^${1%%::*}::" ;;
	*) is_banned "$1" ;;
	esac
}
# tells SIGN ADDRESS HOW [alarm]: a sign of one's own side.
tells() {
	local sign=$1 address=$2 how=$3
	SEEN+="$sign "
	it "$sign: $how" wait_for 8 is_told "$sign" "$address"
	[ -z "${4:-}" ] || it "  and an alarm says so" wait_for 3 is_alarmed "$sign"
}

# ----------------------------------------------------------------- the servers
start_servers() {
	"$LAB/mail-server" "$WORLD_DIR/mail"
	local conf=$WORLD_DIR/mail/postfix
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 \
		-subj /CN=mx1.example.org -keyout "$WORLD_DIR/key" \
		-out "$WORLD_DIR/cert" 2>/dev/null
	postconf -c "$conf" -e "inet_interfaces = $P4, $P6, 127.0.0.1" \
		"smtpd_tls_cert_file = $WORLD_DIR/cert" \
		"smtpd_tls_key_file = $WORLD_DIR/key" \
		"smtpd_tls_security_level = may" \
		"smtpd_authorized_xclient_hosts = $PROXY4, [$PROXY6]" \
		"smtpd_authorized_xforward_hosts = $PROXY4" \
		"local_recipient_maps = inline:{ {anna=1} {ben=1} {ghost=1} {info=1} {postmaster=1} }"
	echo 'info:{PLAIN}lab::::::' >>"$WORLD_DIR/mail/users"
	sed -i 's/^protocols = .*/protocols = imap pop3 lmtp sieve/
		s/^ssl = no/ssl = yes/' "$WORLD_DIR/mail/dovecot.conf"
	printf 'ssl_cert = <%s\nssl_key = <%s\n' "$WORLD_DIR/cert" \
		"$WORLD_DIR/key" >>"$WORLD_DIR/mail/dovecot.conf"
	on dmz postfix -c "$conf" start >/dev/null 2>&1
	start_on dmz dovecot -F -c "$WORLD_DIR/mail/dovecot.conf"
	start_on dmz "$LAB/exim-server" "$WORLD_DIR/exim" $E4 $E6 \
		>"$WORLD_DIR/exim.log" 2>&1
	start_on dmz "$LAB/opensmtpd-server" "$WORLD_DIR/opensmtpd" $O4 $O6 \
		>"$WORLD_DIR/opensmtpd.log" 2>&1
	start_on dmz "$LAB/attack" sink $SILENT >/dev/null 2>&1
	stopped=$!
	start_on inet "$LAB/attack" sink $SINK >"$WORLD_DIR/sink" 2>&1
}
world_last_words() {
	kill -KILL "$stopped" 2>/dev/null
	on dmz postfix -c "$WORLD_DIR/mail/postfix" stop >/dev/null 2>&1
}
start_suricata() {
	mkdir "$WORLD_DIR/suricata"
	cat "$LAB/mail.rules" /etc/suricata/rules/app-layer-events.rules \
		/etc/suricata/rules/smtp-events.rules \
		>"$WORLD_DIR/suricata/rules"
	start_on fw suricata -c /etc/suricata/suricata.yaml \
		-S "$WORLD_DIR/suricata/rules" -i eth0 -k none \
		-l "$WORLD_DIR/suricata" \
		--pidfile "$WORLD_DIR/suricata.pid" \
		--set "vars.address-groups.HOME_NET=[192.0.2.0/24,2001:db8:2::/64]" \
		--set vars.address-groups.EXTERNAL_NET=any \
		>"$WORLD_DIR/suricata.log" 2>&1
}
services() {
	for name in smtp submission imap imaps pop3 pop3s sieve; do
		echo "service \"$name\" { from = {\"outside\", \"inside\"} }"
	done
	echo 'egress "smtp" { to = {"outside"} }'
}
configure_all() {
	cat <<-END
	state = "$WORLD_DIR/state"
	control { socket = "$WORLD_DIR/run/control.sock" }
	zone "outside" { interfaces = {"eth0"} }
	zone "dmz"     { interfaces = {"eth1"} }
	zone "inside"  { interfaces = {"eth2"}  networks = {"10.0.0.0/16", "fd00::/8"} }
	server "mx1" { addresses = {"$P4", "$P6"}  zone = "dmz"
	               domains = {"example.org"}  $(services) }
	server "mx2" { addresses = {"$E4", "$E6"}  zone = "dmz"
	               domains = {"example.org"}  $(services) }
	server "mx3" { addresses = {"$O4", "$O6"}  zone = "dmz"
	               domains = {"example.org"}  $(services) }
	server "mx4" { addresses = {"$SILENT"}  zone = "dmz"
	               domains = {"example.org"}  service "smtp" { from = {"outside", "inside"} } }
	feed "suricata"  { path = "$WORLD_DIR/suricata/eve.json" }
	sensor "outside" { interface = "eth0"  ring = 16 }
	sensor "drops"   { interface = "nflog:25" }
	mail { lists = {"$WORLD_DIR/drop.txt"}  proxies = {"$PROXY4", "$PROXY6"} }
	policy {
	    subnet { ipv4 = {} ipv6 = {} }
	    # Worth less or nothing by itself, as postern.conf is shipped:
	    sign "backscatter"     { points = 25 }
	    sign "sender-spoof"    { points = 50 }
	    sign "active-content"  { points = 50 }
	    sign "slow-session"    { points = 100 }
	    sign "encrypted-guess" { points = 100 }
	    sign "flood"           { points = 50 }
	    sign "distributed-guess" { points = 50 }
	    sign "server-silent"   { from = 3 }
	}
	END
}

world_begin
world_address dmz b0 $E4/24 $O4/24 $SILENT/24 $E6/64 $O6/64
start_suricata
start_servers
configure_all >"$WORLD_DIR/postern.conf"
echo '198.18.18.0/24 ; SBL1' >"$WORLD_DIR/drop.txt"
world_start
for at in "$P4 25" "$P4 110" "$P4 993" "$P4 995" "$P4 4190" "$E4 25" "$O4 25" "$SILENT 25"; do
	# shellcheck disable=SC2086
	wait_for 10 on in nc -z -w 2 $at || world_die "nobody serves at $at"
done
wait_for 20 grep -q 'Engine started' "$WORLD_DIR/suricata/suricata.log" ||
	world_die "Suricata does not come up"
wait_for 10 eval '[ "$(number ".sensors[0].live")" = true ]' ||
	world_die "the sensor does not come up"

# Nobody is at home, and the one who waits for an answer waits on.
kill -STOP $stopped
signs inet patient 198.18.90.1 $SILENT 600 &
patient=$!
WORLD_PIDS+=("$patient")
signs inet slow 198.18.91.1 $P4 &

# ---------------------------------------------------------------- clean traffic
it "an honest mail to Postfix, plain" mail inet 203.0.113.9 $P4
it "over IPv6, with STARTTLS" mail inet 2001:db8:600d::9 $P6 --tls
it "to Exim, with STARTTLS" mail inet 203.0.113.9 $E4 --tls
it "to OpenSMTPD, over IPv6" mail inet 2001:db8:600d::9 $O6
it "by curl, with STARTTLS, to Exim" on inet timeout 8 curl -s -k -m 8 --ssl-reqd \
	--interface 203.0.113.9 --mail-from a@example.net \
	--mail-rcpt anna@example.org -T "$LAB/mail.rules" "smtp://$E4"
it "a submission inside TLS" mail inet 203.0.113.9 $P4 --port 587 --tls \
	--auth PLAIN --auth-user anna --auth-password lab --to b@example.net
it "mail read by curl inside TLS" says INBOX \
	fetch 203.0.113.9 --user anna:lab "imaps://$P4/" -X 'LIST "" *'
it "over IPv6, with STARTTLS" says INBOX fetch 2001:db8:600d::9 --ssl-reqd \
	--user anna:lab "imap://[$P6]/" -X 'LIST "" *'
it "by POP3 inside TLS, over IPv6" \
	fetch 2001:db8:600d::9 --user anna:lab "pop3s://[$P6]/"
it "by POP3 with STLS" fetch 203.0.113.9 --ssl-reqd --user anna:lab "pop3://$P4/"
it "by openssl inside TLS" says "a OK" eval '
	{ sleep 0.5; printf "a LOGIN anna lab\r\n"; sleep 0.5; printf "b LOGOUT\r\n"; } |
	tls inet 203.0.113.9 "$P4:993"'
it "and with STARTTLS, over IPv6" says "a OK" eval '
	{ sleep 0.5; printf "a LOGIN anna lab\r\n"; sleep 0.5; printf "b LOGOUT\r\n"; } |
	tls inet "[2001:db8:600d::9]:0" "[$P6]:143" -starttls imap'
it "a mail by curl to Postfix, over IPv6" on inet timeout 8 curl -s -k -m 8 \
	--interface 2001:db8:600d::9 --mail-from a@example.net \
	--mail-rcpt anna@example.org -T "$LAB/mail.rules" "smtp://[$P6]"
it "one by curl that proves who it is, with STARTTLS" on inet timeout 8 curl -s \
	-k -m 8 --ssl-reqd --user anna:lab --interface 203.0.113.9 \
	--mail-from anna@example.org --mail-rcpt b@example.net \
	-T "$LAB/mail.rules" "smtp://$P4:587"
it "a proxy's client brings a mail" mail inet $PROXY4 $P4 \
	--xclient-addr 203.0.113.9
sleep 1
it_not "nobody is blamed for it" eval \
	'cat "$WORLD_DIR"/state/records/events/*.jsonl |
	jq -e "select(.kind == \"event\" and .culprit == \"source\" and
		(.source == \"203.0.113.9\" or .source == \"2001:db8:600d::9\"))" |
	grep .'

# ------------------------------------------------------------------- attackers
for name in anna ben carla dora; do
	on inet timeout 3 curl -s -m 2 --interface 198.18.1.1 "smtp://$P4" -X "VRFY $name"
done
bans ids-alert 198.18.1.1 "curl asks Postfix for users, Suricata sees it"
signs inet early 198.18.2.1 $P4
tells ids-engine 198.18.2.1 "Suricata on a client that talks early"

times 11 mail inet 198.18.3.1 $P4 --auth PLAIN --auth-user anna --auth-password no
bans auth-failure 198.18.3.1 "swaks guesses at Postfix"
signs inet login 2001:db8:bad:3::1 $P6 imap anna no 11
bans auth-failure 2001:db8:bad:3::1 "imaplib at Dovecot, over IPv6"
signs inet login 198.18.3.2 $P4 pop3 anna no 11
bans auth-failure 198.18.3.2 "poplib at Dovecot"
signs inet login 198.18.3.3 $P4 sieve anna no 11
bans auth-failure 198.18.3.3 "a script at Dovecot's ManageSieve"
times 11 mail inet 198.18.3.4 $E4 --auth PLAIN --auth-user anna --auth-password no
bans auth-failure 198.18.3.4 "swaks at Exim"

at_once 14 mail inet 198.18.4.1 $P4 --port 587 --tls --auth PLAIN \
	--auth-user anna --auth-password no
bans encrypted-guess 198.18.4.1 "swaks inside TLS, at Postfix"

at_once 14 fetch 198.18.4.2 --user anna:no "imaps://$P4/"
bans encrypted-guess 198.18.4.2 "curl inside TLS, at Dovecot"
at_once 14 fetch 2001:db8:bad:4::1 --ssl-reqd --user anna:no "pop3://[$P6]/"
bans encrypted-guess 2001:db8:bad:4::1 "with STLS, over IPv6"
guess_by_openssl() {
	{ sleep 0.5; printf 'a LOGIN anna no\r\n'; sleep 2; } |
		tls inet 198.18.4.3 "$P4:143" -starttls imap
}
at_once 14 guess_by_openssl
bans encrypted-guess 198.18.4.3 "openssl, with STARTTLS"

for i in 1 2 3 4 5 6 7 8; do
	times 1 mail inet 198.19.$i.5 $P4 --auth PLAIN --auth-user ben --auth-password no
done
tells distributed-guess 198.19.8.5 "eight sources, one account"
for i in 1 2; do
	times 1 mail inet 198.19.8.5 $P4 --auth PLAIN --auth-user ben --auth-password no
done
it "  and who goes on is banned" wait_for 5 is_out 198.19.8.5

on inet timeout 3 curl -s -m 2 --interface 2001:db8:bad:5::1 "smtp://[$P6]" \
	-X 'VRFY anna'
for name in ben carla dora emil franz; do
	on inet timeout 3 curl -s -m 2 --interface 2001:db8:bad:5::1 "smtp://[$P6]" \
		-X "VRFY $name"
done
bans user-probe 2001:db8:bad:5::1 "curl asks Postfix, over IPv6"
for name in staff all sales root list; do
	on inet timeout 3 curl -s -m 2 --interface 198.18.5.2 "smtp://$E4" -X "EXPN $name"
done
bans user-probe 198.18.5.2 "curl asks Exim to expand lists"
on inet timeout 3 curl -s -m 2 --interface 203.0.113.11 "smtp://$E4" \
	-X 'VRFY anna@example.org'
tells user-disclosed $E4 "Exim answers such a question" alarm

signs inet recipients 198.18.6.1 $P4 9 example.org x@example.net
bans recipient-harvest 198.18.6.1 "smtplib tries names at Postfix"
signs inet recipients 2001:db8:bad:6::1 $E6 9 example.org x@example.net
bans recipient-harvest 2001:db8:bad:6::1 "and at Exim, over IPv6"
signs inet recipients 198.18.6.2 $O4 9 example.org x@example.net
bans recipient-harvest 198.18.6.2 "and at OpenSMTPD"

times 6 mail inet 198.18.7.1 $P4 --to victim@example.com
bans relay-attempt 198.18.7.1 "swaks at Postfix"
times 6 mail inet 198.18.7.2 $E4 --to victim@example.com
bans relay-attempt 198.18.7.2 "swaks at Exim"
times 6 mail inet 2001:db8:bad:7::1 $O6 --to victim@example.com
bans relay-attempt 2001:db8:bad:7::1 "swaks at OpenSMTPD, over IPv6"
mail inet 203.0.113.12 $E4 --to x@relayed.example
tells relay-accepted $E4 "Exim takes mail for a domain that is not declared" alarm

times 8 signs inet early 198.18.8.1 $P4
bans early-talk 198.18.8.1 "a scripted client"
times 3 signs inet smuggle 198.18.9.1 $P4 lf
bans smuggling 198.18.9.1 "a script sends LF . CRLF to Postfix"
it "  which took it, and an alarm says so" wait_for 5 is_alarmed smuggling
times 3 signs inet smuggle 198.18.9.2 $E4 cr
bans smuggling 198.18.9.2 "and CRLF . CR to Exim"
times 6 on inet timeout 3 curl -s -m 2 --interface 198.18.10.1 "http://$P4:25/"
bans protocol-abuse 198.18.10.1 "curl speaks HTTP to Postfix"
times 6 signs inet behind 198.18.10.2 $E4
bans protocol-abuse 198.18.10.2 "a script hides a command behind STARTTLS"

times 6 on inet timeout 3 curl -s -m 2 --interface 198.18.10.3 "smtp://$P4" \
	-X 'XCLIENT ADDR=198.18.10.9'
bans protocol-abuse 198.18.10.3 "curl says XCLIENT, and is no proxy"
it_not "  whose words blame nobody" is_told protocol-abuse 198.18.10.9

times 11 mail inet $PROXY4 $P4 --xclient-addr 198.18.19.1 --auth PLAIN \
	--auth-user anna --auth-password no
bans auth-failure 198.18.19.1 "behind a proxy that says XCLIENT"
times 11 mail inet $PROXY6 $P6 --xclient-addr IPV6:2001:db8:bad:19::1 \
	--auth PLAIN --auth-user anna --auth-password no
bans auth-failure 2001:db8:bad:19::1 "and over IPv6"

signs inet smtp 198.18.11.1 $P4 70
bans flood 198.18.11.1 "smtplib: seventy sessions in a minute"
times 5 mail inet 198.18.12.1 $P4 --from '<>'
times 5 mail inet 198.18.12.1 $P4 --from '<>'
bans backscatter 198.18.12.1 "swaks: ten mails without a sender"
times 2 mail inet 198.18.13.1 $E4 --from boss@example.org
times 1 mail inet 198.18.13.1 $E4 --from boss@example.org
bans sender-spoof 198.18.13.1 "swaks uses our domain at Exim"

times 1 mail inet 198.18.18.1 $P4
bans listed 198.18.18.1 "somebody on a block list, by one connection"
it_not "  and nobody else is said to be on it" is_told listed 203.0.113.9

on inet nc -z -w 1 -s 198.18.17.1 $P4 3306
tells refused 198.18.17.1 "nc knocks at a port that is no service"

# ------------------------------------------------------------------- in the mail
printf 'MZ, but not really a program' >"$WORLD_DIR/invoice.exe"
printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' \
	'ANTIVIRUS-TEST-FILE!$H+H*' >"$WORLD_DIR/eicar.txt"
python3 - "$WORLD_DIR" <<'END'
import sys, zipfile
folder = sys.argv[1]
with zipfile.ZipFile(folder + "/report.docm", "w") as z:
    z.writestr("word/document.xml", "<w/>")
    z.writestr("word/vbaProject.bin", "macro")
with zipfile.ZipFile(folder + "/plain.zip", "w") as z:
    z.writestr("secret.txt", "hidden")
data = bytearray(open(folder + "/plain.zip", "rb").read())
for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
    data[data.index(mark) + at] |= 1
open(folder + "/sealed.zip", "wb").write(data)
END
times 4 mail inet 198.18.14.1 $P4 --attach "@$WORLD_DIR/invoice.exe"
times 1 mail inet 198.18.14.1 $P4 --attach "@$WORLD_DIR/invoice.exe"
bans dangerous-attachment 198.18.14.1 "swaks sends a program to Postfix"
times 5 signs inet forward $PROXY4 $P4 198.18.19.2 "$WORLD_DIR/invoice.exe"
it "  one that a filter hands on is told of its sender" wait_for 8 is_told \
	dangerous-attachment 198.18.19.2
it_not "  who is not blamed twice" is_out 198.18.19.2
times 5 signs inet bdat 2001:db8:bad:14::1 $E6 "$WORLD_DIR/invoice.exe"
bans dangerous-attachment 2001:db8:bad:14::1 "a script, in chunks, to Exim"
times 3 mail inet 198.18.15.1 $O4 --attach "@$WORLD_DIR/eicar.txt"
bans malware 198.18.15.1 "swaks sends EICAR to OpenSMTPD"
times 3 mail inet 198.18.16.1 $P4 --attach "@$WORLD_DIR/report.docm"
bans active-content 198.18.16.1 "swaks sends macros"
mail inet 203.0.113.13 $P4 --attach "@$WORLD_DIR/sealed.zip"
tells sealed-attachment 203.0.113.13 "swaks sends an encrypted archive"

# ------------------------------------------------------------------ our own side
mail inet 203.0.113.14 $E4
tells weak-banner $E4 "Exim greets with its version" alarm
signs inet login 203.0.113.15 $P4 imap anna lab
tells cleartext-login $P4 "imaplib logs in to Dovecot in clear" alarm
signs inet login 203.0.113.15 $P4 pop3 info lab
tells default-account $P4 "somebody is \"info\"" alarm
mail inet 203.0.113.15 $P4 --to ben@example.org
mail inet 203.0.113.15 $P4 --auth PLAIN --auth-user ben --auth-password lab \
	--quit-after AUTH
tells guessable-login $P4 "ben's login name is his address"
on inet openssl s_client -connect $E4:25 -starttls smtp -bind 203.0.113.16 \
	-tls1 -cipher DEFAULT@SECLEVEL=0 </dev/null >/dev/null 2>&1
tells weak-tls $E4 "openssl gets TLS 1.0 from Exim" alarm

on dmz swaks --silent 3 --local-interface $P4 --server $SINK \
	--from anna@example.org --to ben@example.org
tells internal-leak $P4 "mail between own users goes over the outside" alarm
on dmz swaks --silent 3 --local-interface $E4 --server $SINK \
	--from x@example.net --to y@example.com
tells foreign-sender $E4 "a sender leaves that is not ours" alarm
on dmz swaks --silent 3 --local-interface $E4 --server $SINK \
	--from anna@example.org --to y@example.com --header "X-Autoreply: yes"
tells auto-reply $E4 "an automatic reply with a sender, without its mark"
mail inet 203.0.113.17 $P4 --to ghost@example.org
tells bounce-sent $P4 "Postfix cannot deliver, and says so outside"
signs dmz recipients $O4 $SINK 1001 example.com anna@example.org
tells outbound-spike $O4 "a thousand recipients from one server" alarm
on in swaks --silent 3 --local-interface 10.0.0.5 --server $SINK \
	--from x@example.net --to y@example.com
tells undeclared-sender 10.0.0.5 "a desk inside sends mail itself" alarm
it "  of which no server is told" eval \
	'events undeclared-sender | jq -e "select(.server == \"\" or .server == null)" | grep .'

postconf -c "$WORLD_DIR/mail/postfix" -e 'queue_minfree = 9000000000000000' \
	'smtpd_tls_security_level = none'
on dmz postfix -c "$WORLD_DIR/mail/postfix" reload >/dev/null 2>&1
sleep 1
mail inet 203.0.113.18 $P4
tells storage-low $P4 "Postfix has no room" alarm
tells starttls-stripped $P4 "and offers STARTTLS no longer" alarm

bans slow-session 198.18.91.1 "a script sends a byte a second"
tells server-silent $SILENT "nobody greets for three seconds" alarm
it "  which is told while somebody still waits" kill -0 $patient

# ---------------------------------------------------------------------- and that
not_shown=$(sed -n 's/^\.It Cm //p' "$TESTS/../sensors/dialogue/postern-signs.7" |
	while read -r sign; do
		[[ $SEEN == *" $sign "* ]] || echo "$sign"
	done)
it "every sign of postern-signs(7) was shown" same "$not_shown" ""
it "no event was lost" same "$(number '.sensors[0].unsaid')" 0
it "a proxy is blamed for nothing" eval '
	! cat "$WORLD_DIR"/state/records/events/*.jsonl |
	jq -c --arg a $PROXY4 --arg b $PROXY6 "select(.kind == \"event\" and
		.culprit == \"source\" and (.source == \$a or .source == \$b))" | grep .'
it "nobody honest is banned" eval \
	'! postern bans --json | jq -r .prefix | grep -E "^(203\.0\.113|198\.51\.100|2001:db8:600d|10\.|fd00)"'
summary
