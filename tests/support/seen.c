/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/seen.h"

#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"

struct sighting seen_event(uint64_t number)
{
	uint64_t mixed = number * 0x9e3779b97f4a7c15u;
	uint32_t source = (uint32_t)(mixed >> 40) % (mixed >> 60 ? 20000 : 300);
	struct sighting s = {
		.number = number,
		.name = "suricata",
		.file = "eve.json",
		.server = "mx1",
		.event = {
			.time_ns = clock_calendar_ns() / 1000 * 1000,
			.sign = SIGN_IDS_ALERT,
			.severity = 2,
			.proof = PROOF_HANDSHAKE,
			.culprit = CULPRIT_SOURCE,
			.source = { .family = PREFIX_IP4, .length = 32 },
			.target = { .family = PREFIX_IP4,
				    .length = 32,
				    .addr = { 192, 0, 2, 25 } },
			.source_port = (uint16_t)(mixed >> 20),
			.target_port = 25,
			.ip_proto = 6,
			.app_proto = "smtp",
			.flow_id = mixed >> 13,
			.gid = 1,
			.sid = 2024897 + (uint32_t)(mixed >> 59),
			.rev = 3,
			.text = "ET SCAN SMTP password guessing",
			.category = "Attempted User Privilege Gain",
			.position = { .device = 65024,
				      .inode = 1234567,
				      .head_hash = 0x123456789abcdef,
				      .head_len = 512,
				      .offset = number * 900 },
			.length = 800 + (uint32_t)(mixed >> 56),
		},
	};

	source = source * 2654435761u;
	memcpy(s.event.source.addr, &source, 4);
	s.event.source.addr[0] = 11;
	return s;
}

struct original seen_line(const struct sighting *event)
{
	const struct event *e = &event->event;
	struct original row = {
		.time_ns = e->time_ns,
		.offset = e->position.offset,
		.source = e->source,
		.name = "suricata",
		.file = "eve.json",
	};
	char time[CLOCK_TEXT_SIZE];
	const uint8_t *from = e->source.addr;

	clock_format(e->time_ns, time);
	row.length = (uint32_t)snprintf(
		row.line, sizeof(row.line),
		"{\"timestamp\":\"%.26s+0000\",\"flow_id\":%llu,\"in_iface\":"
		"\"eth0\",\"event_type\":\"alert\",\"src_ip\":\"%u.%u.%u.%u\","
		"\"src_port\":%u,\"dest_ip\":\"192.0.2.25\",\"dest_port\":25,"
		"\"proto\":\"TCP\",\"pkt_src\":\"wire/pcap\",\"tx_id\":0,"
		"\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":%u,"
		"\"rev\":3,\"signature\":\"%s\",\"category\":\"%s\","
		"\"severity\":2},\"smtp\":{\"helo\":\"mail.example.net\"},"
		"\"app_proto\":\"smtp\",\"direction\":\"to_server\",\"flow\":"
		"{\"pkts_toserver\":7,\"pkts_toclient\":6,\"bytes_toserver\":"
		"%u,\"bytes_toclient\":494,\"start\":\"%.26s+0000\","
		"\"src_ip\":\"%u.%u.%u.%u\",\"dest_ip\":\"192.0.2.25\","
		"\"src_port\":%u,\"dest_port\":25}}",
		time, (unsigned long long)e->flow_id, from[0], from[1], from[2],
		from[3], e->source_port, e->sid, e->text, e->category,
		e->length, time, from[0], from[1], from[2], from[3],
		e->source_port);
	return row;
}
