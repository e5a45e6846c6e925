#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Alerts that are old when they come: of a backlog, and of a clock that is slow.
. "$(dirname "$0")/lib.sh"

feed_is() {
	same "$(number ".feeds[0]$1")" "$2"
}
alarms() {
	number '[.alarms[] | select(.kind == "feed")] | length'
}

world_begin
configure </dev/null
alert --ago 3600 --count 20 203.0.113.10
world_start
it "a backlog is read" wait_for 5 feed_is .late 20
it "it is called what it is" says "old lines" postern status
it "how old it was is said" says "the last by 1h" postern status
it "no clock is blamed for it" feed_is .tardy false
it "and nobody alarmed" same "$(alarms)" 0

# What is written from now on is new: the feed has told that it read all.
wait_for 5 feed_is .files[0].behind 0 || world_die "the backlog was not read"
tell_late() {
	alert --ago 3600 --count 20 203.0.113.20
	feed_is .tardy true
}
it "a clock that is an hour slow is noticed" wait_for 10 tell_late
it "nobody is banned by it" same "$(count_bans)" 0
it "an alarm says so" same "$(alarms)" 1
it "with the feed's name" says "suricata: its alerts come 1h late" \
	postern status
it "the feed, too" says "is its clock right?" postern status
it "so does the doctor" says "suricata reports 1h late" postern doctor
it "and why, at the event" \
	says "(faded: it was 1h old when it came)" postern why 203.0.113.20
it "for programs as well" same "$(postern why --json 203.0.113.20 |
	jq '[.events[] | .late >= 3600] | all')" true
alert --ago 360000 203.0.113.30
it "why knows of what came too late to count at all" wait_for 5 \
	says "was 4d" postern why 203.0.113.30

# The count of an alarm outlives what counted.
the_alarm() {
	number '.alarms[0] | [.number, .count, .first, .last] | @text'
}
alarm_is() {
	same "$(the_alarm)" "$1"
}
before=$(the_alarm)
world_stop
world_start
it "after a restart the alarm is the same" wait_for 5 alarm_is "$before"

alert --count 3 203.0.113.40
it "when it is set, all is well" wait_for 5 feed_is .tardy false
it "and bans are made" wait_for 5 is_banned 203.0.113.40
it_not "the doctor has nothing to say" \
	says "suricata reports" postern doctor

summary
