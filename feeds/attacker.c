/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attacker: knows the declared servers and what Suricata's fields are worth.
 */
#include "feeds/attacker.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Suricata's own rules about its decoding, streams and protocol parsers. */
#define ENGINE_GID     1u
#define ENGINE_SID_MIN 2200000u
#define ENGINE_SID_MAX 2299999u

struct attacker_entry {
	struct prefix address;
	uint8_t server;
};

/* The two ends of an alert, sorted out. */
struct ends {
	const struct prefix *peer;
	const struct prefix *ours;
	uint16_t peer_port;
	uint16_t our_port;
	uint8_t server;
	bool from_peer; /* the packet went from the peer to the server */
};

static int compare_entries(const void *a, const void *b)
{
	const struct attacker_entry *left = a, *right = b;

	return prefix_compare(&left->address, &right->address);
}

static void add_addresses(struct attacker *a, const struct prefix *list,
			  uint8_t count, uint8_t server)
{
	for (uint8_t i = 0; i < count; i++)
		a->entries[a->count++] = (struct attacker_entry){
			.address = list[i],
			.server = server,
		};
}

int attacker_init(struct attacker *a, const struct config *config,
		  bool unproven)
{
	size_t room = 1;

	*a = (struct attacker){ .config = config, .unproven = unproven };
	for (uint8_t i = 0; i < config->server_count; i++)
		room += (size_t)config->servers[i].address_count +
			config->servers[i].public_count;
	a->entries = calloc(room, sizeof(*a->entries));
	if (!a->entries)
		return -ENOMEM;
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		add_addresses(a, server->addresses, server->address_count, i);
		add_addresses(a, server->publics, server->public_count, i);
	}
	qsort(a->entries, a->count, sizeof(*a->entries), compare_entries);
	return 0;
}

void attacker_fini(struct attacker *a)
{
	free(a->entries);
	a->entries = NULL;
}

static bool is_service_port(const struct server *server, uint16_t port)
{
	for (uint8_t i = 0; i < server->service_count; i++) {
		if (server->services[i].port == port)
			return true;
	}
	return false;
}

/*
 * The server at ADDRESS, or NULL.  Where several stand behind one public
 * address, the one that serves PORT.
 */
static const struct attacker_entry *find_server(const struct attacker *a,
						const struct prefix *address,
						uint16_t port)
{
	const struct attacker_entry *end = a->entries + a->count;
	struct attacker_entry wanted = { .address = *address };
	struct attacker_entry *first;

	if (address->family == 0)
		return NULL;
	first = bsearch(&wanted, a->entries, a->count, sizeof(*a->entries),
			compare_entries);
	if (!first)
		return NULL;
	while (first > a->entries && prefix_equal(&first[-1].address, address))
		first--;
	for (struct attacker_entry *e = first;
	     e < end && prefix_equal(&e->address, address); e++) {
		if (is_service_port(&a->config->servers[e->server], port))
			return e;
	}
	return first;
}

static bool find_ends(const struct attacker *a, const struct eve *eve,
		      struct ends *out)
{
	const struct attacker_entry *source =
		find_server(a, &eve->source, eve->source_port);
	const struct attacker_entry *dest =
		find_server(a, &eve->dest, eve->dest_port);

	if (!source == !dest)
		return false;
	if (dest)
		*out = (struct ends){
			.peer = &eve->source,
			.ours = &eve->dest,
			.peer_port = eve->source_port,
			.our_port = eve->dest_port,
			.server = dest->server,
			.from_peer = true,
		};
	else
		*out = (struct ends){
			.peer = &eve->dest,
			.ours = &eve->source,
			.peer_port = eve->dest_port,
			.our_port = eve->source_port,
			.server = source->server,
		};
	return out->peer->family != 0;
}

static bool is_mail_port(uint16_t port)
{
	static const uint16_t ports[] = {
		25, 110, 143, 465, 587, 993, 995, 4190
	};

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

/* The peer's port is a client's, the server's is one that it serves: the
 * peer called, also where the flow was recorded the wrong way round. */
static bool is_call_to_service(const struct attacker *a,
			       const struct ends *ends)
{
	const struct server *server = &a->config->servers[ends->server];

	return ends->our_port != 0 && is_service_port(server, ends->our_port) &&
	       !is_service_port(server, ends->peer_port) &&
	       !is_mail_port(ends->peer_port);
}

/* Did the peer begin the conversation?  What cannot be told counts as no. */
static bool peer_began(const struct attacker *a, const struct eve *eve,
		       const struct ends *ends)
{
	if (is_call_to_service(a, ends))
		return true;
	if (eve->initiator.family != 0)
		return prefix_equal(&eve->initiator, ends->peer);
	if (eve->way != EVE_WAY_NONE)
		return ends->from_peer == (eve->way == EVE_WAY_TO_SERVER);
	return ends->our_port == 0 && ends->peer_port == 0 && ends->from_peer;
}

static enum culprit find_culprit(const struct attacker *a,
				 const struct eve *eve, const struct ends *ends)
{
	if (prefix_equal(&eve->attacker, ends->peer) &&
	    prefix_equal(&eve->victim, ends->ours))
		return CULPRIT_SOURCE;
	if (prefix_equal(&eve->attacker, ends->ours) &&
	    prefix_equal(&eve->victim, ends->peer))
		return CULPRIT_NONE;
	return peer_began(a, eve, ends) ? CULPRIT_SOURCE : CULPRIT_NONE;
}

/*
 * A protocol was found in the stream, or was looked for in vain ("failed"):
 * both need bytes that followed a whole handshake.  Counts of packets and
 * bytes prove nothing: a forged SYN, the server's answer to it and a blind
 * segment make the same ones.
 */
static enum proof find_proof(const struct attacker *a, const struct eve *eve)
{
	if (a->unproven || eve->ip_proto != IPPROTO_TCP || !eve->app_proto[0])
		return PROOF_NONE;
	return PROOF_HANDSHAKE;
}

static enum sign find_sign(const struct eve *eve)
{
	if (eve->gid == ENGINE_GID && eve->sid >= ENGINE_SID_MIN &&
	    eve->sid <= ENGINE_SID_MAX)
		return SIGN_IDS_ENGINE;
	if (strcmp(eve->category, "Unsuccessful User Privilege Gain") == 0)
		return SIGN_AUTH_FAILURE;
	return SIGN_IDS_ALERT;
}

bool attacker_judge(const struct attacker *a, const struct eve *eve,
		    struct event *out)
{
	struct ends ends;

	if (!find_ends(a, eve, &ends))
		return false;
	*out = (struct event){
		.time_ns = eve->time_ns,
		.sign = (uint8_t)find_sign(eve),
		.severity = eve->severity,
		.confidence = eve->confidence,
		.proof = (uint8_t)find_proof(a, eve),
		.culprit = (uint8_t)find_culprit(a, eve, &ends),
		.blocked = eve->blocked,
		.source = *ends.peer,
		.target = *ends.ours,
		.source_port = ends.peer_port,
		.target_port = ends.our_port,
		.server = ends.server,
		.ip_proto = eve->ip_proto,
		.flow_id = eve->flow_id,
		.tx_id = eve->tx_id,
		.gid = eve->gid,
		.sid = eve->sid,
		.rev = eve->rev,
	};
	memcpy(out->app_proto, eve->app_proto, sizeof(out->app_proto));
	memcpy(out->text, eve->text, sizeof(out->text));
	memcpy(out->category, eve->category, sizeof(out->category));
	return true;
}
