#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same on the mail server itself: input and output.
. "$(dirname "$0")/lib.sh"

world_begin
cat >"$WORLD_DIR/postern.conf" <<EOF
state = "$WORLD_DIR/state"
zone "outside" { interfaces = {"eth0"} }
zone "inside"  { interfaces = {"eth2"}  networks = {"10.0.0.0/8", "fd00::/8"} }
server "self" {
    addresses = {"100.64.0.1", "2001:db8:64::1"}
    zone      = "host"
    service "smtp" { from = {"outside", "inside"} }
    service "imap" { from = {"inside"} }
    egress  "smtp" { to = {"outside"} }
}
admin = {"203.0.113.99"}
feed "suricata" { path = "$WORLD_DIR/eve.json" }
control { socket = "$WORLD_DIR/run/control.sock" }
EOF
serve fw 100.64.0.1 25 143 22
serve fw 2001:db8:64::1 25 143
serve fw 127.0.0.1 22
serve inet 203.0.113.7 25 80
world_start

it "smtp reaches this machine" tcp inet 203.0.113.7 100.64.0.1 25
it "smtp reaches this machine, IPv6" tcp inet 2001:db8:bad::7 2001:db8:64::1 25
it_not "ssh does not" tcp inet 203.0.113.7 100.64.0.1 22
it "but for the administrator" tcp inet 203.0.113.99 100.64.0.1 22
it_not "imap does not from outside" tcp inet 203.0.113.7 100.64.0.1 143
it_not "imap does not from outside, IPv6" \
	tcp inet 2001:db8:bad::7 2001:db8:64::1 143
it "imap does from inside" tcp in 10.0.0.5 100.64.0.1 143
it "this machine sends mail" tcp fw 100.64.0.1 203.0.113.7 25
it_not "and nothing else" tcp fw 100.64.0.1 203.0.113.7 80
it "it speaks with itself" tcp fw 127.0.0.1 127.0.0.1 22
on fw ip -6 neigh flush dev eth0
it "neighbours find each other, IPv6" \
	tcp inet 2001:db8:bad::7 2001:db8:64::1 25

alert --count 3 --server 100.64.0.1 203.0.113.7
wait_for 2 is_banned 203.0.113.7
it_not "a banned source gets nothing" tcp inet 203.0.113.7 100.64.0.1 25
it "its neighbour does" tcp inet 203.0.113.8 100.64.0.1 25
postern panic --all --reason test >/dev/null
it_not "panic shuts all" tcp inet 203.0.113.8 100.64.0.1 25
it_not "panic shuts all outward" tcp fw 100.64.0.1 203.0.113.7 25
it "but not the administrator's way in" tcp inet 203.0.113.99 100.64.0.1 22
postern resume >/dev/null
it "resume opens" tcp inet 203.0.113.8 100.64.0.1 25

summary
