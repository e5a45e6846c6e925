/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field: knows what Suricata means; knows no JSON.
 */
#include "feeds/field.h"

#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "ctl/core/clock.h"

static const struct {
	const char *name;
	uint8_t number;
} protos[] = {
	{ "TCP", IPPROTO_TCP },	  { "UDP", IPPROTO_UDP },
	{ "ICMP", IPPROTO_ICMP }, { "IPv6-ICMP", IPPROTO_ICMPV6 },
	{ "SCTP", IPPROTO_SCTP }, { "GRE", IPPROTO_GRE },
	{ "ESP", IPPROTO_ESP },	  { "AH", IPPROTO_AH },
	{ "IGMP", IPPROTO_IGMP }, { "IPv6", IPPROTO_IPV6 },
};

static bool is_word(struct slice text, const char *word)
{
	size_t len = strlen(word);

	return text.len == len && strncasecmp(text.at, word, len) == 0;
}

static bool is_same(struct slice text, const char *word)
{
	size_t len = strlen(word);

	return text.len == len && memcmp(text.at, word, len) == 0;
}

static bool take_time(void *to, struct slice text)
{
	return clock_parse(to, text.at, text.len) == 0;
}

static bool take_address(void *to, struct slice text)
{
	return prefix_parse_address(to, text.at, text.len) == 0;
}

static bool take_event_type(void *to, struct slice text)
{
	*(bool *)to = is_same(text, "alert");
	return true;
}

static bool take_action(void *to, struct slice text)
{
	*(bool *)to = is_same(text, "blocked");
	return true;
}

/* What has no name of its own is written in three digits; 0: neither. */
static uint8_t parse_digits(struct slice text)
{
	unsigned int value = 0;

	if (text.len != 3)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return 0;
		value = value * 10 + (unsigned int)(text.at[i] - '0');
	}
	return value <= UINT8_MAX ? (uint8_t)value : 0;
}

static bool take_proto(void *to, struct slice text)
{
	uint8_t *number = to;

	for (size_t i = 0; i < sizeof(protos) / sizeof(protos[0]); i++) {
		if (is_word(text, protos[i].name)) {
			*number = protos[i].number;
			return true;
		}
	}
	*number = parse_digits(text);
	return true;
}

static bool take_way(void *to, struct slice text)
{
	uint8_t *way = to;

	if (is_same(text, "to_server"))
		*way = EVE_WAY_TO_SERVER;
	else if (is_same(text, "to_client"))
		*way = EVE_WAY_TO_CLIENT;
	return true;
}

static bool take_confidence(void *to, struct slice text)
{
	uint8_t *confidence = to;

	if (is_word(text, "High"))
		*confidence = CONFIDENCE_HIGH;
	else if (is_word(text, "Medium"))
		*confidence = CONFIDENCE_MEDIUM;
	else if (is_word(text, "Low"))
		*confidence = CONFIDENCE_LOW;
	return true;
}

static bool take_id(void *to, int64_t value)
{
	if (value < 0)
		return false;
	*(uint64_t *)to = (uint64_t)value;
	return true;
}

static bool take_number(void *to, int64_t value)
{
	if (value < 0 || value > UINT32_MAX)
		return false;
	*(uint32_t *)to = (uint32_t)value;
	return true;
}

static bool take_port(void *to, int64_t value)
{
	if (value < 0 || value > UINT16_MAX)
		return false;
	*(uint16_t *)to = (uint16_t)value;
	return true;
}

static bool take_severity(void *to, int64_t value)
{
	uint8_t *severity = to;

	if (value < 1)
		*severity = 1;
	else
		*severity = value > UINT8_MAX ? UINT8_MAX : (uint8_t)value;
	return true;
}

#define NAMED(text)   .name = (text), .len = sizeof(text) - 1
#define PLACE(member) .offset = offsetof(struct eve, member)
#define STRING(text, member, take)                                \
	{                                                         \
		NAMED(text), PLACE(member), .type = FIELD_STRING, \
					    .take_string = (take) \
	}
#define INTEGER(text, member, take)                                \
	{                                                          \
		NAMED(text), PLACE(member), .type = FIELD_INTEGER, \
					    .take_integer = (take) \
	}
#define TEXT(text, member)                                        \
	{                                                         \
		NAMED(text), PLACE(member),                       \
			.type = FIELD_TEXT,                       \
			.size = sizeof(((struct eve *)0)->member) \
	}
#define OBJECT(text, shape)                                          \
	{                                                            \
		NAMED(text), .type = FIELD_OBJECT, .inside = (shape) \
	}
#define SHAPE(fields)                                          \
	{                                                      \
		(fields), sizeof(fields) / sizeof((fields)[0]) \
	}

static const struct field attacker_fields[] = {
	STRING("ip", attacker, take_address),
};
static const struct field victim_fields[] = {
	STRING("ip", victim, take_address),
};
static const struct shape attacker_shape = SHAPE(attacker_fields);
static const struct shape victim_shape = SHAPE(victim_fields);

/* A rule's author writes here what he likes. */
static const struct field metadata_fields[] = {
	{ NAMED("confidence"), PLACE(confidence), .type = FIELD_WORDS,
	  .lenient = true, .take_string = take_confidence },
};
static const struct shape metadata_shape = SHAPE(metadata_fields);

static const struct field alert_fields[] = {
	STRING("action", blocked, take_action),
	INTEGER("gid", gid, take_number),
	INTEGER("signature_id", sid, take_number),
	INTEGER("rev", rev, take_number),
	TEXT("signature", text),
	TEXT("category", category),
	INTEGER("severity", severity, take_severity),
	OBJECT("source", &attacker_shape),
	OBJECT("target", &victim_shape),
	{ NAMED("metadata"), .type = FIELD_OBJECT, .lenient = true,
	  .inside = &metadata_shape },
};
static const struct shape alert_shape = SHAPE(alert_fields);

static const struct field flow_fields[] = {
	STRING("src_ip", initiator, take_address),
};
static const struct shape flow_shape = SHAPE(flow_fields);

static const struct field record_fields[] = {
	{ NAMED("timestamp"), PLACE(time_ns), .type = FIELD_STRING,
	  .has = EVE_HAS_TIME, .take_string = take_time },
	INTEGER("flow_id", flow_id, take_id),
	STRING("event_type", is_alert, take_event_type),
	STRING("src_ip", source, take_address),
	INTEGER("src_port", source_port, take_port),
	STRING("dest_ip", dest, take_address),
	INTEGER("dest_port", dest_port, take_port),
	STRING("proto", ip_proto, take_proto),
	INTEGER("tx_id", tx_id, take_id),
	{ NAMED("alert"), .type = FIELD_OBJECT, .has = EVE_HAS_ALERT,
	  .inside = &alert_shape },
	TEXT("app_proto", app_proto),
	STRING("direction", way, take_way),
	OBJECT("flow", &flow_shape),
};
_Static_assert(sizeof(record_fields) / sizeof(record_fields[0]) <=
		       FIELD_MEMBERS_MAX,
	       "the most members");
const struct shape field_record = SHAPE(record_fields);

void *field_place(const struct field *field, struct eve *eve)
{
	return (char *)eve + field->offset;
}

unsigned int shape_find(const struct shape *shape, struct slice key,
			unsigned int guess)
{
	const struct field *f = shape->fields;

	if (guess < shape->count && f[guess].len == key.len &&
	    memcmp(f[guess].name, key.at, key.len) == 0)
		return guess;
	for (unsigned int i = 0; i < shape->count; i++) {
		if (f[i].len == key.len &&
		    memcmp(f[i].name, key.at, key.len) == 0)
			return i;
	}
	return shape->count;
}
