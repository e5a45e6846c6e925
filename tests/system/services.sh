#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Only the declared mail services, to and from the declared servers; what is
# not theirs goes by.  A forwarding firewall, IPv4 and IPv6 alike.
. "$(dirname "$0")/lib.sh"

MX=192.0.2.25
MX6=2001:db8:2::25
OTHER=192.0.2.80
FAR=203.0.113.7
FAR6=2001:db8:bad::7

world_begin
configure <<EOF
server "monitor" {
    addresses = {"10.0.0.5", "fd00::5"}
    zone      = "inside"
    send_only = {"mx1"}
}
EOF
serve dmz $MX 25 587 143 22 80
serve dmz $MX6 25 587 143 22 80
serve dmz $OTHER 80 25
serve inet $FAR 25 587 80
serve inet $FAR6 25 80
serve in 10.0.0.5 25 80
serve in 10.0.9.5 80

it "before the start everything passes" tcp inet $FAR $MX 22
world_start
it "no state folder of another version was needed" \
	test -s "$WORLD_DIR/state/skeleton/skeleton.nft"

it "smtp passes from outside" tcp inet $FAR $MX 25
it "smtp passes from outside, IPv6" tcp inet $FAR6 $MX6 25
it "submission passes from inside" tcp in 10.0.0.5 $MX 587
it_not "imap does not pass from outside" tcp inet $FAR $MX 143
it_not "imap does not pass from outside, IPv6" tcp inet $FAR6 $MX6 143
it_not "ssh does not pass from outside" tcp inet $FAR $MX 22
it_not "ssh does not pass from inside" tcp in 10.0.0.5 $MX 22
it_not "http does not pass, IPv6" tcp inet $FAR6 $MX6 80
it_not "udp does not pass" udp inet $FAR $MX 25
it "an administrator reaches every port" tcp in 10.0.9.5 $MX 22
it "what was refused is counted" test "$(packets refused_in_mx1)" -gt 5

it "the server sends mail outward" tcp dmz $MX $FAR 25
it "the server sends mail outward, IPv6" tcp dmz $MX6 $FAR6 25
it_not "the server does nothing else outward" tcp dmz $MX $FAR 80
it_not "the server reaches no inside host" tcp dmz $MX 10.0.0.5 80
it_not "the server reaches no administrator" tcp dmz $MX 10.0.9.5 80
it "what it tried is counted" test "$(packets refused_out_mx1)" -gt 2

it "another host's web server is reached" tcp inet $FAR $OTHER 80
it "another host's port 25 is reached" tcp inet $FAR $OTHER 25
it "another host gets out" tcp dmz $OTHER $FAR 80
it_not "but not on port 25" tcp dmz $OTHER $FAR 25
it_not "nor do clients inside" tcp in 10.0.9.5 $FAR 25
it "clients inside reach the web" tcp in 10.0.9.5 $FAR 80
it "mail past the servers is counted" test "$(packets refused_smtp_out)" -gt 1
it "the firewall itself sends no mail either" \
	fails on fw "$TESTS/support/talk" tcp 100.64.0.1 $FAR 25

it "a send-only host reaches its primary" tcp in 10.0.0.5 $MX 25
it_not "a send-only host sends nowhere else" tcp in 10.0.0.5 $FAR 587
it_not "nobody sends to a send-only host" tcp dmz $OTHER 10.0.0.5 25
it "its other services are its own business" tcp dmz $OTHER 10.0.0.5 80

it "ping is answered" on inet ping -q -c 1 -W 1 -I $FAR $MX
it "ping is answered, IPv6" on inet ping -q -c 1 -W 1 -I $FAR6 $MX6

before=$(packets refused_in_mx1)
for flags in A FA SF SR FPA F; do
	raw inet $FAR $MX 25 $flags
done
it "a TCP session begins with a clean SYN and nothing else" \
	test "$(packets refused_in_mx1)" -ge $((before + 6))

before=$(packets forged_source)
raw inet 10.0.9.5 $MX 22 S
raw inet 192.0.2.80 $MX 25 S
raw inet $MX $OTHER 80 S
it "an address of ours from outside is forged" \
	test "$(packets forged_source)" -ge $((before + 2))

summary
