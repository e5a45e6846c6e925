#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Network address translation beside postern: the IDS outside sees the public
# address, the forward chain the private one.
. "$(dirname "$0")/lib.sh"

world_begin
configure </dev/null
sed -i 's/addresses = {"192.0.2.25", "2001:db8:2::25"}/&\n    public = {"100.64.0.25"}/' \
	"$WORLD_DIR/postern.conf"
on fw nft -f - <<EOF
table ip nat {
	chain pre {
		type nat hook prerouting priority dstnat
		iifname "eth0" ip daddr 100.64.0.25 dnat to 192.0.2.25
	}
	chain post {
		type nat hook postrouting priority srcnat
		oifname "eth0" ip saddr 192.0.2.25 snat to 100.64.0.25
	}
}
EOF
ip -n "$WORLD_ID-fw" addr add 100.64.0.25/32 dev eth0
serve dmz 192.0.2.25 25 22
serve inet 203.0.113.7 25 80
world_start

it "smtp passes to the public address" tcp inet 203.0.113.7 100.64.0.25 25
it_not "ssh does not" tcp inet 203.0.113.7 100.64.0.25 22
it "the server's mail goes out" tcp dmz 192.0.2.25 203.0.113.7 25
it_not "and nothing else" tcp dmz 192.0.2.25 203.0.113.7 80
alert --count 3 --server 100.64.0.25 203.0.113.8
it "an alert about the public address bans the attacker" \
	wait_for 2 is_banned 203.0.113.8
it_not "who gets nothing" tcp inet 203.0.113.8 100.64.0.25 25
it "the public address is never banned" \
	exits 4 postern ban 100.64.0.25
it "the other table was left alone" \
	says "dnat to 192.0.2.25" on fw nft list table ip nat

summary
