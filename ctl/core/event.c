/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: the words of the closed lists, and what makes an event sound.
 */
#include "ctl/core/event.h"

#include <string.h>

static const char *const sign_names[SIGN_COUNT] = {
	[SIGN_NONE] = "none",
	[SIGN_IDS_ALERT] = "ids-alert",
	[SIGN_IDS_ENGINE] = "ids-engine",
	[SIGN_AUTH_FAILURE] = "auth-failure",
	[SIGN_USER_PROBE] = "user-probe",
	[SIGN_RECIPIENT_HARVEST] = "recipient-harvest",
	[SIGN_RELAY_ATTEMPT] = "relay-attempt",
	[SIGN_RELAY_ACCEPTED] = "relay-accepted",
	[SIGN_EARLY_TALK] = "early-talk",
	[SIGN_SMUGGLING] = "smuggling",
	[SIGN_PROTOCOL_ABUSE] = "protocol-abuse",
	[SIGN_FLOOD] = "flood",
	[SIGN_DANGEROUS_ATTACHMENT] = "dangerous-attachment",
	[SIGN_MALWARE] = "malware",
	[SIGN_CLEARTEXT_LOGIN] = "cleartext-login",
	[SIGN_WEAK_BANNER] = "weak-banner",
	[SIGN_BACKSCATTER] = "backscatter",
	[SIGN_SENDER_SPOOF] = "sender-spoof",
	[SIGN_INTERNAL_LEAK] = "internal-leak",
	[SIGN_LISTED] = "listed",
	[SIGN_DISTRIBUTED_GUESS] = "distributed-guess",
	[SIGN_USER_DISCLOSED] = "user-disclosed",
	[SIGN_STARTTLS_STRIPPED] = "starttls-stripped",
	[SIGN_SLOW_SESSION] = "slow-session",
	[SIGN_ENCRYPTED_GUESS] = "encrypted-guess",
	[SIGN_DEFAULT_ACCOUNT] = "default-account",
	[SIGN_GUESSABLE_LOGIN] = "guessable-login",
	[SIGN_ACTIVE_CONTENT] = "active-content",
	[SIGN_SEALED_ATTACHMENT] = "sealed-attachment",
	[SIGN_FOREIGN_SENDER] = "foreign-sender",
	[SIGN_UNDECLARED_SENDER] = "undeclared-sender",
	[SIGN_BOUNCE_SENT] = "bounce-sent",
	[SIGN_AUTO_REPLY] = "auto-reply",
	[SIGN_OUTBOUND_SPIKE] = "outbound-spike",
	[SIGN_STORAGE_LOW] = "storage-low",
	[SIGN_SERVER_SILENT] = "server-silent",
	[SIGN_WEAK_TLS] = "weak-tls",
	[SIGN_REFUSED] = "refused",
};

static const char *const proof_names[PROOF_COUNT] = {
	[PROOF_NONE] = "none",
	[PROOF_HANDSHAKE] = "handshake",
	[PROOF_DIALOGUE] = "dialogue",
};

const char *sign_name(enum sign sign)
{
	return sign < SIGN_COUNT ? sign_names[sign] : "none";
}

enum sign sign_by_name(const char *name)
{
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++) {
		if (strcmp(sign_names[i], name) == 0)
			return (enum sign)i;
	}
	return SIGN_NONE;
}

const char *proof_name(enum proof proof)
{
	return proof < PROOF_COUNT ? proof_names[proof] : "none";
}

bool event_is_valid(const struct event *event)
{
	if (event->sign == SIGN_NONE || event->sign >= SIGN_COUNT)
		return false;
	if (event->proof >= PROOF_COUNT || event->culprit >= CULPRIT_COUNT ||
	    event->confidence >= CONFIDENCE_COUNT)
		return false;
	if (!prefix_is_valid(&event->source) ||
	    !prefix_is_address(&event->source))
		return false;
	return prefix_is_valid(&event->target) &&
	       prefix_is_address(&event->target);
}

bool event_has_server(const struct event *event, unsigned int count)
{
	return event->server < count || (event->server == EVENT_SERVER_NONE &&
					 event->culprit == CULPRIT_NONE);
}
