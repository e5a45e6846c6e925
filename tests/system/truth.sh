#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The default policy, fed with recorded alerts of real attacks and real mail,
# bans no legitimate host, and every attacker that was named often enough.
. "$(dirname "$0")/lib.sh"

DATA=${POSTERN_DATA:-$TESTS/../../shared/data}
if [ ! -d "$DATA" ]; then
	echo "no recorded scenarios beside this checkout: nothing to compare"
	echo "0 passed, 0 failed"
	exit 0
fi

read_all() {
	[ "$(number '.feeds[0].files[0].offset')" = "$(stat -c %s "$WORLD_DIR/eve.json")" ]
}

judged() {
	postern bans --json | jq -r .prefix >"$WORLD_DIR/bans"
	"$TESTS/support/truth" judge "$DATA" "$1" "$WORLD_DIR/bans"
}

world_begin
while read -r name ip4 ip6; do
	{
		cat <<-EOF
		state = "$WORLD_DIR/state"
		zone "outside" { interfaces = {"eth0"} }
		zone "dmz"     { interfaces = {"eth1"} }
		server "mx" {
		    addresses = {"$ip4", "$ip6"}
		    zone      = "dmz"
		    service "smtp"        { from = {"outside"} }
		    service "submission"  { from = {"outside"} }
		    service "submissions" { from = {"outside"} }
		    service "imap"        { from = {"outside"} }
		    service "imaps"       { from = {"outside"} }
		    service "pop3"        { from = {"outside"} }
		    service "pop3s"       { from = {"outside"} }
		}
		admin = {"10.99.0.1"}
		feed "suricata" { path = "$WORLD_DIR/eve.json" }
		control { socket = "$WORLD_DIR/run/control.sock" }
		EOF
	} >"$WORLD_DIR/postern.conf"
	world_forget
	"$TESTS/support/truth" eve "$DATA" "$name" >"$WORLD_DIR/eve.json"
	world_start
	wait_for 10 read_all || world_die "$name is not read to its end"
	it "$name" judged "$name"
	tail -n 1 "$WORLD_DIR/it.out" | sed 's/^/      /'
	world_stop
	on fw nft delete table inet postern
done < <("$TESTS/support/truth" list "$DATA")

summary
