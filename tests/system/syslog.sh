#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Records through the local rsyslog to that of another machine, by RELP over
# TLS, with the example that is installed: whoever is killed meanwhile, every
# record arrives.
. "$(dirname "$0")/lib.sh"

RSYSLOGD=$(PATH=$PATH:/usr/sbin command -v rsyslogd) ||
	{ echo "no rsyslogd: see scripts/setup" >&2; exit 1; }

world_begin
RECORDS=$WORLD_DIR/state/records
FAR=$WORLD_DIR/far
NEAR=$WORLD_DIR/near
mkdir "$FAR" "$NEAR"
configure <<EOT
policy { sign "ids-alert" { points = 1 } subnet { ipv4 = {} ipv6 = {} } }
records { seal = "60s" }
EOT

(
	cd "$WORLD_DIR" || exit
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj /CN=authority -keyout ca.key -out ca.pem
	for name in here far; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
			-subj "/CN=$name.example.org" \
			-addext "subjectAltName=DNS:$name.example.org" \
			-keyout $name.key -out $name.csr
		openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key \
			-days 2 -copy_extensions copy -out $name.pem
	done
) >"$WORLD_DIR/certificates" 2>&1

{
	echo "global(workDirectory=\"$NEAR\")"
	sed "s#log.example.org\" port#10.0.0.5\" port#
		s#log.example.org#far.example.org#
		s#/etc/rsyslog.d#$WORLD_DIR#" "$TESTS/../scripts/rsyslog.conf"
} >"$NEAR/rsyslog.conf"
cat >"$FAR/rsyslog.conf" <<EOT
global(workDirectory="$FAR")
module(load="imrelp")
ruleset(name="postern" queue.type="Direct") {
	action(type="omfile" file="$FAR/records"
		template="RSYSLOG_SyslogProtocol23Format")
}
input(type="imrelp" port="2514" ruleset="postern" tls="on"
	tls.caCert="$WORLD_DIR/ca.pem" tls.myCert="$WORLD_DIR/far.pem"
	tls.myPrivKey="$WORLD_DIR/far.key" tls.authMode="name"
	tls.permittedPeer=["here.example.org"])
EOT

listens() {
	on "$1" ss -Hltn "sport = :2514" | grep -q .
}
# start_syslog NS FOLDER: its pid is in SYSLOG_PID.
start_syslog() {
	start_on "$1" "$RSYSLOGD" -n -f "$2/rsyslog.conf" -i "$2/pid" \
		>>"$2/log" 2>&1
	SYSLOG_PID=${WORLD_PIDS[-1]}
	wait_for 10 listens "$1" || world_die "rsyslogd does not come up"
}
# The command of the installed unit, as systemd would run it, as far as that
# goes without systemd: a user of no name in the group postern, no capability,
# none to be gained, no memory both written to and run, a file system that is
# read-only but for its own folder, an environment with nothing of ours.
UNIT=$TESTS/../scripts/systemd/postern-export.service
EXPORT=$WORLD_DIR/export
mkdir -m 700 "$EXPORT"
chown 64321:64321 "$EXPORT"
cat >"$WORLD_DIR/confine.py" <<'EOT'
import ctypes
import os
import subprocess
import sys

folder, socket, command = sys.argv[1], sys.argv[2], sys.argv[3:]
subprocess.run(["mount", "--bind", folder, folder], check=True)
with open("/proc/self/mounts") as mounts:
    points = [line.split()[1] for line in mounts]
for point in points:
    if point != folder and not point.startswith(("/proc", "/sys", "/dev")):
        subprocess.run(["mount", "-o", "remount,bind,ro", point], check=True)
PR_SET_MDWE = 65
if ctypes.CDLL(None).prctl(PR_SET_MDWE, 1, 0, 0, 0):
    sys.exit("PR_SET_MDWE")
os.execvpe("setpriv", ["setpriv", "--reuid", "64321", "--regid", "64321",
                       "--groups", "postern", "--bounding-set", "-all",
                       "--inh-caps", "-all", "--no-new-privs"] + command,
           {"PATH": os.environ["PATH"], "POSTERN_SOCKET": socket})
EOT
start_export() {
	local command
	command=$(sed -n 's/^ExecStart=//p' "$UNIT" |
		sed "s#@BINDIR@/postern#& --config $WORLD_DIR/postern.conf#
			s#@BINDIR@#$WORLD_BIN#
			s#/var/lib/postern-export#$EXPORT#")
	eval "start_on fw unshare --mount python3 $WORLD_DIR/confine.py \
		$EXPORT $WORLD_DIR/run/control.sock $command" \
		>>"$WORLD_DIR/export.log" 2>&1
	EXPORT_PID=${WORLD_PIDS[-1]}
}
has_no_rights() {
	[ "$(awk '/^Cap(Eff|Prm|Bnd|Inh)/ { print $2 }' "/proc/$1/status" |
		sort -u)" = 0000000000000000 ] &&
		grep -q "^NoNewPrivs:[[:space:]]*1" "/proc/$1/status" &&
		[ "$(awk '/^Uid:/ { print $2 }' "/proc/$1/status")" = 64321 ]
}
end_by() {
	kill "-$1" "$2"
	wait "$2" 2>/dev/null
}
# What ends a record and what is told of one, both as "class seq hash".
here() {
	for file in "$RECORDS"/*/*.jsonl*; do
		case $file in
		*.index) ;;
		*.zst) zstdcat "$file" ;;
		*) cat "$file" ;;
		esac
	done | jq -r '"\(.class) \(.seq) \(.hash)"' | sort -u
}
there() {
	sed -n 's/.* seq="\([0-9]*\)".* class="\([a-z]*\)".* hash="\([0-9a-f]*\)"\].*/\2 \1 \3/p' \
		"$FAR/records" | sort -u
}
missing() {
	comm -23 <(here) <(there)
}
all_is_there() {
	[ -s "$FAR/records" ] && [ -z "$(missing)" ]
}
some_more() {
	alert "$1+300"
	wait_for 20 eval \
		'[ "$(postern status --json | jq .events)" -ge "'"$2"'" ]'
}

world_start
start_syslog in "$FAR"
far=$SYSLOG_PID
start_syslog fw "$NEAR"
near=$SYSLOG_PID
start_export
some_more 198.18.0.0 300
it "every record arrives, seals and checkpoints with them" \
	wait_for 30 all_is_there
it "by who has no right but to read them" has_no_rights "$EXPORT_PID"
it "over TLS, with a name that was asked for" eval \
	'[ "$(on in ss -Htn "sport = :2514" | wc -l)" -ge 1 ] && ! grep -i "tls.*error" "$NEAR/log"'
it "the export is on record, with who and where to" wait_for 5 eval \
	'postern --config "$WORLD_DIR/postern.conf" log --class custody --json | jq -e "select(.kind == \"export\" and .uid == 64321 and .reason == \"to the syslog daemon\")"'
it "a seal is told whole: who has it can prove by it" eval \
	'sed -n "s/.*\] {\"seq\"/{\"seq\"/p" "$FAR/records" | grep "\"class\":\"seals\"" | tail -n 1 | "$WORLD_BIN/postern-verify" --seal - "$RECORDS"'

some_more 198.18.16.0 600
end_by KILL "$near"
some_more 198.18.32.0 900
start_syslog fw "$NEAR"
near=$SYSLOG_PID
it "the rsyslog of this machine is killed: nothing is missing" \
	wait_for 60 all_is_there

alert 198.18.48.0+300
end_by KILL "$far"
some_more 198.18.64.0 1500
start_syslog in "$FAR"
far=$SYSLOG_PID
it "that of the other one, too" wait_for 60 all_is_there

alert 198.18.80.0+300
end_by TERM "$near"
end_by TERM "$far"
some_more 198.18.96.0 2100
end_by KILL "$EXPORT_PID"
world_kill postern-records
start_syslog in "$FAR"
start_syslog fw "$NEAR"
near=$SYSLOG_PID
start_export
it "both are restarted, the export is killed, and postern-records" \
	wait_for 60 all_is_there

world_stop
alert 198.19.0.0+500
world_start
some_more 198.19.16.0 800
it "postern itself is restarted" wait_for 60 all_is_there
# What is on its way is not what is sent again.
is_still() {
	local before
	lines=$(wc -l <"$FAR/records")
	before=$(cat "$EXPORT/cursor")
	sleep 0.5
	[ "$(wc -l <"$FAR/records")" = "$lines" ] &&
		[ "$(cat "$EXPORT/cursor")" = "$before" ]
}
wait_for 20 is_still
end_by TERM "$EXPORT_PID"
start_export
sent_again() {
	echo "sent again: $(($(wc -l <"$FAR/records") - lines))"
	[ $(($(wc -l <"$FAR/records") - lines)) -le 600 ]
}
it "an export that is started again begins where it was, but for some" eval \
	"wait_for 5 all_is_there && sent_again"
it "the cursor says where" grep -Eq '^events [1-9][0-9]*$' "$EXPORT/cursor"

# A daemon that takes one message of each connection, and no other.
on fw python3 -u - >"$WORLD_DIR/refusals" 2>&1 <<'EOT' &
import socket
import time

server = socket.create_server(("127.0.0.1", 2515))
print("ready")
while True:
    end, _ = server.accept()
    print("%.3f" % time.monotonic())
    stream = end.makefile("rwb", buffering=0)
    for number in range(1, 4):
        head = b""
        while head.count(b" ") < 3:
            head += stream.read(1)
        left = int(head.split()[2]) + 1
        while left:
            left -= len(stream.read(left))
        text = (b"200 OK\nrelp_version=0\ncommands=syslog", b"200 OK",
                b"500 too long")[number - 1]
        stream.write(b"%d rsp %d %s\n" % (number, len(text), text))
    end.close()
EOT
WORLD_PIDS+=($!)
wait_for 5 grep -q ready "$WORLD_DIR/refusals"
start_on fw "$WORLD_BIN/postern" --config "$WORLD_DIR/postern.conf" export \
	--path "$RECORDS" --format syslog --to relp:127.0.0.1:2515 \
	--cursor "$WORLD_DIR/refused" --follow 2>"$WORLD_DIR/refused.log"
refusing=${WORLD_PIDS[-1]}
later_and_later() {
	awk '/^[0-9]/ { if (n++) print $1 - last; last = $1 }' \
		"$WORLD_DIR/refusals" |
		awk 'NR > 1 && $1 < 1.5 * last { exit 1 } { last = $1 }
			END { exit NR < 3 }'
}
it "one that refuses a record is asked less and less often" \
	wait_for 20 later_and_later
it "and that is one alarm, with the record" eval \
	'[ "$(grep -c "alarm: relp:127.0.0.1:2515 refuses record [0-9]* of [a-z]*" "$WORLD_DIR/refused.log")" = 1 ]'
end_by TERM "$refusing"

it "an address that is none is refused" exits 2 postern --config \
	"$WORLD_DIR/postern.conf" export --format syslog --to relp:somewhere
it "one that does not answer fails at once, without --follow" says \
	"Connection refused" postern --config "$WORLD_DIR/postern.conf" \
	export --format syslog --to relp:127.0.0.1:9 --cursor "$WORLD_DIR/none"

summary
