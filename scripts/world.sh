# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# world: a small internet in network namespaces of its own, for the lab, the
# system tests and the benchmarks.  To be sourced, by root.
#
#   inet                      fw                      dmz
#   203.0.113.0/24 ...  a0 -- eth0        eth1 -- b0  192.0.2.25  mx1
#   2001:db8:bad::/48         100.64.0.1              2001:db8:2::25
#   (any address of          eth2                     192.0.2.80  other host
#   the nets below)            \-- c0  in 10.0.0.5, fd00::5
#
# Nothing happens in the machine's own namespace.  Everything is removed at the
# end, also after a failure or Ctrl-C.

WORLD_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WORLD_BIN=${POSTERN_BIN:-$WORLD_TOP/build/release/bin}
WORLD_ID=pn$$
WORLD_NETS4=(203.0.113.0/24 198.51.100.0/24 198.18.0.0/15 10.64.0.0/10)
WORLD_NETS6=(2001:db8:bad::/48 2001:db8:600d::/48 2001:db8:a000::/36)
WORLD_PIDS=()

world_die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# Run a command in a namespace: on inet ping ...
on() {
	local ns=$1
	shift
	ip netns exec "$WORLD_ID-$ns" "$@"
}

# Start a command there in the background; its pid is in $!.
start_on() {
	local ns=$1
	shift
	ip netns exec "$WORLD_ID-$ns" "$@" &
	WORLD_PIDS+=($!)
}

# End what was started, wait until it is gone.
stop_pid() {
	local pid=$1 i
	kill "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 600; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.01
	done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	return 0
}

# Wait up to LIMIT seconds until a command succeeds.
wait_for() {
	local limit=$1 end
	shift
	end=$(($(date +%s%N) + limit * 1000000000))
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s%N)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# What a script wants to do before its world ends, it defines anew.
world_last_words() {
	:
}

world_end() {
	local status=$? pid ns
	trap - EXIT INT TERM
	set +e
	world_last_words
	for pid in "${WORLD_PIDS[@]}"; do
		stop_pid "$pid"
	done
	for ns in inet fw dmz in; do
		# Whoever still runs in there was started by us.
		ip netns pids "$WORLD_ID-$ns" 2>/dev/null | while read -r pid; do
			kill -KILL "$pid" 2>/dev/null
		done
		ip netns del "$WORLD_ID-$ns" 2>/dev/null
	done
	# Records are append-only.
	[ -n "${WORLD_KEEP_FOLDER:-}" ] || {
		chattr -Rf -a "$WORLD_DIR"
		rm -rf "$WORLD_DIR"
	}
	exit "$status"
}

world_link() {
	local left=$1 left_if=$2 right=$3 right_if=$4
	ip -n "$WORLD_ID-$left" link add "$left_if" type veth \
		peer name "$right_if" netns "$WORLD_ID-$right"
	ip -n "$WORLD_ID-$left" link set "$left_if" up
	ip -n "$WORLD_ID-$right" link set "$right_if" up
}

world_address() {
	local ns=$1 dev=$2 address
	shift 2
	for address in "$@"; do
		case $address in
		*:*) ip -n "$WORLD_ID-$ns" addr add "$address" dev "$dev" nodad ;;
		*) ip -n "$WORLD_ID-$ns" addr add "$address" dev "$dev" ;;
		esac
	done
}

# Make the namespaces.  $WORLD_DIR is a folder for everything.
world_begin() {
	local ns net
	[ "$(id -u)" = 0 ] || world_die "be root: this makes network namespaces"
	WORLD_DIR=$(mktemp -d "${TMPDIR:-/tmp}/postern-world.XXXXXX")
	chmod 755 "$WORLD_DIR"
	trap world_end EXIT
	trap 'exit 130' INT TERM
	for ns in inet fw dmz in; do
		ip netns add "$WORLD_ID-$ns"
		on "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.accept_ra=0
		ip -n "$WORLD_ID-$ns" link set lo up
	done
	world_link inet a0 fw eth0
	world_link dmz b0 fw eth1
	world_link in c0 fw eth2
	world_address fw eth0 100.64.0.1/24 2001:db8:64::1/64
	world_address fw eth1 192.0.2.1/24 2001:db8:2::1/64
	world_address fw eth2 10.0.0.1/24 fd00::1/64
	world_address inet a0 100.64.0.2/24 2001:db8:64::2/64
	world_address dmz b0 192.0.2.25/24 192.0.2.80/24 2001:db8:2::25/64 \
		2001:db8:2::80/64
	world_address in c0 10.0.0.5/24 10.0.9.5/24 fd00::5/64
	on fw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
	for net in "${WORLD_NETS4[@]}"; do
		ip -n "$WORLD_ID-inet" route add local "$net" dev lo
		ip -n "$WORLD_ID-fw" route add "$net" via 100.64.0.2
	done
	for net in "${WORLD_NETS6[@]}"; do
		ip -n "$WORLD_ID-inet" -6 route add local "$net" dev lo
		ip -n "$WORLD_ID-fw" -6 route add "$net" via 2001:db8:64::2
	done
	on inet sysctl -qw net.ipv6.ip_nonlocal_bind=1
	ip -n "$WORLD_ID-inet" route add default via 100.64.0.1
	ip -n "$WORLD_ID-inet" -6 route add default via 2001:db8:64::1
	ip -n "$WORLD_ID-dmz" route add default via 192.0.2.1
	ip -n "$WORLD_ID-dmz" -6 route add default via 2001:db8:2::1
	ip -n "$WORLD_ID-in" route add default via 10.0.0.1
	ip -n "$WORLD_ID-in" -6 route add default via fd00::1
	ip -n "$WORLD_ID-fw" route add 10.0.9.0/24 dev eth2
}

# The configuration that most scenes use; more lines come from the caller.
world_config() {
	cat <<-EOF
	state = "$WORLD_DIR/state"
	zone "outside" { interfaces = {"eth0"}  smtp_out = "servers" }
	zone "dmz"     { interfaces = {"eth1"} }
	zone "inside"  { interfaces = {"eth2"}  networks = {"10.0.0.0/16", "fd00::/8"} }
	server "mx1" {
	    addresses = {"192.0.2.25", "2001:db8:2::25"}
	    zone      = "dmz"
	    domains   = {"example.org"}
	    service "smtp"       { from = {"outside", "inside"} }
	    service "submission" { from = {"outside", "inside"} }
	    service "imap"       { from = {"inside"} }
	    egress  "smtp"       { to = {"outside"} }
	}
	admin     = {"10.0.9.0/24"}
	never_ban = {"198.51.100.99"}
	control { socket = "$WORLD_DIR/run/control.sock" }
	EOF
}

postern() {
	POSTERN_SOCKET=$WORLD_DIR/run/control.sock on fw "$WORLD_BIN/postern" \
		"$@"
}

# is_true FILTER: it is true of the JSON on standard input.  (jq 1.6 itself ends
# well where there is no input at all.)
is_true() {
	[ "$(jq "$@" 2>/dev/null)" = true ]
}

world_is_settled() {
	postern status --json 2>/dev/null | is_true .settled
}

# Start posternd with $WORLD_DIR/postern.conf and wait until it guards.
world_start() {
	start_on fw "$WORLD_BIN/posternd" -c "$WORLD_DIR/postern.conf" \
		2>>"$WORLD_DIR/log"
	WORLD_POSTERND=${WORLD_PIDS[-1]}
	wait_for "${1:-15}" world_is_settled && return
	cat "$WORLD_DIR/log" >&2
	world_die "posternd does not come up"
}

# Remove what it keeps: records are append-only.
world_forget() {
	chattr -Rf -a "$WORLD_DIR/state"
	rm -rf "$WORLD_DIR/state"
}

world_stop() {
	stop_pid "$WORLD_POSTERND"
}

# The pid of one of its programs: world_pid postern-nft [INDEX]
world_pid() {
	postern status --json | jq -e --arg name "$1" --argjson i "${2:-0}" \
		'.programs[] | select(.name == $name and .index == $i and
			.pid > 0) | .pid' | grep .
}

# Kill them as nothing else would: world_kill postern-nft postern-ctl
world_kill() {
	local name pids=()
	for name in "$@"; do
		wait_for 10 world_pid "$name" || world_die "$name does not run"
		pids+=("$(world_pid "$name")")
	done
	kill -KILL "${pids[@]}"
}
