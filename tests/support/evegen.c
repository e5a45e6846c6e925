/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/evegen.h"

#include <stdarg.h>
#include <stdio.h>

/* Of a thousand lines. */
static const uint32_t shares[EVEGEN_KINDS] = {
	[EVEGEN_ALERT] = 30, [EVEGEN_FLOW] = 440, [EVEGEN_SMTP] = 200,
	[EVEGEN_DNS] = 140,  [EVEGEN_TLS] = 80,	  [EVEGEN_FILEINFO] = 60,
	[EVEGEN_STATS] = 50,
};

/* A text that grows. */
struct text {
	char *at;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->len += (size_t)vsnprintf(t->at + t->len, EVEGEN_LINE_SIZE - t->len,
				    format, args);
	va_end(args);
}

enum evegen_kind evegen_pick(struct random *r)
{
	uint32_t at = random_below(r, 1000);
	uint32_t kind = 0;

	while (at >= shares[kind])
		at -= shares[kind++];
	return (enum evegen_kind)kind;
}

static void add_time(struct text *t, struct random *r, uint32_t number)
{
	add(t, "2026-11-21T%02u:%02u:%02u.%06u+0000", number / 3600000 % 24,
	    number / 60000 % 60, number / 1000 % 60, random_below(r, 1000000));
}

static void add_peer(struct text *t, uint32_t number)
{
	add(t, "\"203.%u.%u.%u\"", number >> 16 & 0xff, number >> 8 & 0xff,
	    number & 0xff);
}

static void add_head(struct text *t, struct random *r, const char *type,
		     uint32_t number, bool reply)
{
	uint32_t port = 1024 + random_below(r, 60000);

	add(t, "{\"timestamp\":\"");
	add_time(t, r, number);
	add(t,
	    "\",\"flow_id\":%u,\"in_iface\":\"eth0\",\"event_type\":\"%s\","
	    "\"src_ip\":",
	    number, type);
	if (reply)
		add(t, "\"" EVEGEN_SERVER "\",\"src_port\":25,\"dest_ip\":");
	add_peer(t, number);
	if (reply)
		add(t, ",\"dest_port\":%u", port);
	else
		add(t,
		    ",\"src_port\":%u,\"dest_ip\":\"" EVEGEN_SERVER
		    "\",\"dest_port\":25",
		    port);
	add(t, ",\"proto\":\"TCP\",\"pkt_src\":\"wire/pcap\"");
}

static void add_words(struct text *t, struct random *r, uint32_t count)
{
	static const char *const words[] = { "the",   "gate",	 "opens",
					     "for",   "letters", "and",
					     "shuts", "before",	 "strangers" };

	while (count-- > 0)
		add(t, "%s ", words[random_below(r, 9)]);
}

static void add_flow(struct text *t, struct random *r, uint32_t number)
{
	add(t,
	    ",\"flow\":{\"pkts_toserver\":%u,\"pkts_toclient\":%u,"
	    "\"bytes_toserver\":%u,\"bytes_toclient\":%u,\"start\":\"",
	    random_below(r, 90), random_below(r, 90), random_below(r, 90000),
	    random_below(r, 90000));
	add_time(t, r, number);
	add(t, "\"");
}

static void make_alert(struct text *t, struct random *r, uint32_t number)
{
	bool reply = random_below(r, 2);

	add_head(t, r, "alert", number, reply);
	add(t,
	    ",\"metadata\":{\"flowints\":{\"smtp.anomaly.count\":%u}},"
	    "\"tx_id\":%u,\"alert\":{\"action\":\"allowed\",\"gid\":1,"
	    "\"signature_id\":%u,\"rev\":2,\"signature\":\"MAIL login "
	    "failure on the mail server %u\",\"category\":\"Unsuccessful "
	    "User Privilege Gain\",\"severity\":%u,\"metadata\":{"
	    "\"confidence\":[\"High\"]}},\"smtp\":{\"helo\":\"",
	    random_below(r, 9), random_below(r, 9),
	    9000000 + random_below(r, 90), random_below(r, 9),
	    1 + random_below(r, 3));
	add_words(t, r, 4);
	add(t, "\"},\"app_proto\":\"smtp\",\"direction\":\"%s\"",
	    reply ? "to_client" : "to_server");
	add_flow(t, r, number);
	add(t, ",\"src_ip\":");
	add_peer(t, number);
	add(t,
	    ",\"dest_ip\":\"" EVEGEN_SERVER "\",\"src_port\":%u,"
	    "\"dest_port\":25}}\n",
	    1024 + random_below(r, 60000));
}

static void make_flow(struct text *t, struct random *r, uint32_t number)
{
	add_head(t, r, "flow", number, false);
	add(t, ",\"app_proto\":\"smtp\"");
	add_flow(t, r, number);
	add(t, ",\"end\":\"");
	add_time(t, r, number);
	add(t,
	    "\",\"age\":%u,\"state\":\"closed\",\"reason\":\"timeout\","
	    "\"alerted\":%s},\"community_id\":\"1:%08x%08x=\",\"tcp\":{"
	    "\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1b\","
	    "\"tcp_flags_tc\":\"1b\",\"syn\":true,\"fin\":true,"
	    "\"psh\":true,\"ack\":true,\"state\":\"closed\","
	    "\"ts_max_regions\":1,\"tc_max_regions\":1}}\n",
	    random_below(r, 90), random_below(r, 4) ? "false" : "true",
	    (uint32_t)random_u64(r), (uint32_t)random_u64(r));
}

static void make_smtp(struct text *t, struct random *r, uint32_t number)
{
	add_head(t, r, "smtp", number, false);
	add(t,
	    ",\"tx_id\":0,\"smtp\":{\"helo\":\"mail%u.example.net\","
	    "\"mail_from\":\"<a%u@example.net>\",\"rcpt_to\":["
	    "\"<b%u@example.org>\"]},\"email\":{\"status\":"
	    "\"PARSE_DONE\",\"from\":\"<a@example.net>\",\"subject\":\"",
	    number, number, number);
	add_words(t, r, 24);
	add(t, "\",\"attachment\":[\"plan \\\"%u\\\".pdf\"]}}\n", number);
}

static void make_dns(struct text *t, struct random *r, uint32_t number)
{
	add_head(t, r, "dns", number, false);
	add(t,
	    ",\"dns\":{\"version\":2,\"type\":\"answer\",\"id\":%u,"
	    "\"flags\":\"8180\",\"qr\":true,\"rd\":true,\"ra\":true,"
	    "\"rrname\":\"mail%u.example.net\",\"rrtype\":\"A\",\"ttl\":"
	    "300,\"rdata\":\"192.0.2.1\"}}\n",
	    random_below(r, 65536), number);
}

static void make_tls(struct text *t, struct random *r, uint32_t number)
{
	add_head(t, r, "tls", number, false);
	add(t,
	    ",\"tls\":{\"subject\":\"CN=mail%u.example.net\","
	    "\"issuerdn\":\"C=DE, O=Example\",\"serial\":\"%016llx\","
	    "\"version\":\"TLS 1.3\",\"notbefore\":\"2026-01-01T00:00:00\","
	    "\"ja3s\":{\"hash\":\"%08x\"},\"sni\":\"mx.example.org\"}}\n",
	    number, (unsigned long long)random_u64(r), (uint32_t)random_u64(r));
}

static void make_fileinfo(struct text *t, struct random *r, uint32_t number)
{
	add_head(t, r, "fileinfo", number, false);
	add(t,
	    ",\"smtp\":{\"helo\":\"mail.example.net\"},\"fileinfo\":{"
	    "\"filename\":\"report %u.doc\",\"gaps\":false,\"state\":"
	    "\"CLOSED\",\"stored\":false,\"size\":%u,\"tx_id\":0,"
	    "\"magic\":\"",
	    number, random_below(r, 900000));
	add_words(t, r, 8);
	add(t, "\"}}\n");
}

static void make_stats(struct text *t, struct random *r, uint32_t number)
{
	add(t, "{\"timestamp\":\"");
	add_time(t, r, number);
	add(t, "\",\"event_type\":\"stats\",\"stats\":{\"uptime\":%u", number);
	for (uint32_t i = 0; i < 150; i++)
		add(t, ",\"counter%03u\":{\"pkts\":%u,\"drops\":%u}", i,
		    random_below(r, 1000000), random_below(r, 100));
	add(t, "}}\n");
}

size_t evegen_line(struct random *r, enum evegen_kind kind, uint32_t number,
		   char out[EVEGEN_LINE_SIZE])
{
	static void (*const makers[EVEGEN_KINDS])(struct text *,
						  struct random *, uint32_t) = {
		[EVEGEN_ALERT] = make_alert, [EVEGEN_FLOW] = make_flow,
		[EVEGEN_SMTP] = make_smtp,   [EVEGEN_DNS] = make_dns,
		[EVEGEN_TLS] = make_tls,     [EVEGEN_FILEINFO] = make_fileinfo,
		[EVEGEN_STATS] = make_stats,
	};
	struct text t = { .at = out };

	makers[kind](&t, r, number);
	return t.len;
}
