/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailmix: text of words, pages of tags and words, files of their first bytes
 * and noise, each in the encoding that mail programs choose for it.
 */
#include "tests/bench/mailmix.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAIL_MAX (3u << 20)
#define LINE_LEN 76

struct writer {
	char text[MAIL_MAX];
	size_t len;
	struct random *random;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	w->len += (size_t)vsnprintf(w->text + w->len, MAIL_MAX - w->len, format,
				    args);
	va_end(args);
}

static uint32_t between(struct writer *w, uint32_t least, uint32_t most)
{
	return least + random_below(w->random, most - least);
}

static const char *word(struct writer *w)
{
	static const char *const words[] = {
		"the",	    "and",	"of",	    "meeting", "please",
		"figures",  "attached", "tomorrow", "we",      "you",
		"invoice",  "number",	"a",	    "to",      "with.",
		"regards,", "order",	"delivery", "is",      "not",
	};

	return words[random_below(w->random, sizeof(words) / sizeof(words[0]))];
}

static void put_text(struct writer *w, size_t len)
{
	size_t end = w->len + len, line = 0;

	while (w->len < end) {
		const char *next = word(w);

		put(w, "%s%s", next, line > 60 ? "\r\n" : " ");
		line = line > 60 ? 0 : line + strlen(next) + 1;
	}
	put(w, "\r\n");
}

/* Quoted-printable, as most mail programs send pages. */
static void put_page(struct writer *w, size_t len)
{
	static const char *const tags[] = {
		"<td style=3D\"padding:0 8px\">",
		"</td>",
		"<p>",
		"</p>",
		"<a href=3D\"https://www.example.net/news/",
		"\">",
		"</a>",
		"<img src=3D\"cid:part1\" width=3D\"600\">",
		"<tr>",
		"</tr>",
		"<span class=3D\"x\">",
		"</span>",
		"=C3=BC",
	};
	size_t end = w->len + len, line = 0;

	put(w, "<!DOCTYPE html><html><head><meta charset=3Dutf-8></head>\r\n");
	while (w->len < end) {
		size_t before = w->len;

		put(w, "%s%s ",
		    tags[random_below(w->random,
				      sizeof(tags) / sizeof(tags[0]))],
		    word(w));
		line += w->len - before;
		if (line > 44)
			put(w, line % 3 ? "=\r\n" : "\r\n");
		line = line > 44 ? 0 : line;
	}
	put(w, "</html>\r\n");
}

/* Base64 in whole lines: what a file begins with, and noise. */
static void put_file(struct writer *w, const char *begin, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				      "klmnopqrstuvwxyz0123456789+/";
	size_t at = strlen(begin);

	put(w, "%s", begin);
	for (; at < len; at += 4) {
		uint64_t bits = random_u64(w->random);

		if (at % LINE_LEN < 4 && at > 4)
			put(w, "\r\n");
		for (int i = 0; i < 4; i++)
			w->text[w->len++] = letters[bits >> i * 6 & 63];
	}
	put(w, "\r\n");
}

static void put_head(struct writer *w, const char *type)
{
	put(w,
	    "Received: from client.example.net (client.example.net "
	    "[203.0.113.7])\r\n\tby mail.example.net (Postfix) with ESMTPS id "
	    "4XyZ%08x\r\n\tfor <b@example.org>; Sat, 21 Nov 2026 10:00:00 "
	    "+0000 (UTC)\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;"
	    " d=example.net;\r\n\ts=mail; t=1795000000;\r\n\tbh=",
	    (unsigned int)random_u64(w->random));
	put_file(w, "", 300);
	put(w,
	    "Message-ID: <%016llx@example.net>\r\nDate: Sat, 21 Nov 2026 "
	    "10:00:00 +0000\r\nFrom: Some Body <somebody@example.net>\r\n"
	    "To: b@example.org\r\nSubject: the figures\r\nMIME-Version: 1.0\r\n"
	    "User-Agent: Mozilla Thunderbird\r\nContent-Type: %s\r\n",
	    (unsigned long long)random_u64(w->random), type);
}

static void put_alternative(struct writer *w, size_t len)
{
	put(w, "--alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
	put_text(w, len / 5);
	put(w, "--alt\r\nContent-Type: text/html; charset=utf-8\r\n"
	       "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	put_page(w, len * 4 / 5);
	put(w, "--alt--\r\n");
}

/* The first bytes of the types that are sent most, in base64. */
static const struct {
	const char *type;
	const char *name;
	const char *begin;
} files[] = {
	{ "application/pdf", "figures.pdf", "JVBERi0xLjQK" },
	{ "application/vnd.openxmlformats-officedocument."
	  "wordprocessingml.document",
	  "letter.docx",
	  /* An entry [Content_Types].xml */
	  "UEsDBBQABgAIAAAAIQAAAAAAAAAAAAAAAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbA==" },
	{ "image/jpeg", "photo.jpg", "/9j/4AAQSkZJRgABAQEASABIAAD/" },
	{ "image/png", "logo.png", "iVBORw0KGgoAAAANSUhEUgAA" },
	{ "application/zip", "papers.zip",
	  "UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAJAAAAcGFnZTEudHh0" },
	{ "text/calendar", "invite.ics", "QkVHSU46VkNBTEVOREFS" },
};

static void put_attachments(struct writer *w, size_t len, unsigned int count)
{
	put_head(w, "multipart/mixed; boundary=\"mix\"\r\n");
	put(w, "--mix\r\nContent-Type: multipart/alternative; "
	       "boundary=\"alt\"\r\n\r\n");
	put_alternative(w, 6000);
	for (unsigned int i = 0; i < count; i++) {
		size_t n = random_below(w->random,
					sizeof(files) / sizeof(files[0]));

		put(w,
		    "\r\n--mix\r\nContent-Type: %s;\r\n name=\"%s\"\r\n"
		    "Content-Disposition: attachment; filename=\"%s\"\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n",
		    files[n].type, files[n].name, files[n].name);
		put_file(w, files[n].begin, len / count);
	}
	put(w, "--mix--\r\n");
}

static void put_short(struct writer *w)
{
	put_head(w, "text/plain; charset=utf-8\r\n");
	put_text(w, between(w, 200, 3000));
}

/* KIND: in a hundred. */
static void put_mail(struct writer *w, uint32_t kind)
{
	if (kind < 38) {
		put_short(w);
	} else if (kind < 71) {
		put_head(w, "multipart/alternative; boundary=\"alt\"\r\n");
		put_alternative(w, between(w, 8000, 60000));
	} else if (kind < 83) {
		put_attachments(w, between(w, 60000, 400000), between(w, 1, 4));
	} else {
		put_attachments(w, between(w, 1000000, 2000000),
				between(w, 1, 4));
	}
	put(w, ".\r\n");
}

static void say_mail(struct scene *s, const struct writer *w)
{
	scene_say_text(s, SCENE_CLIENT,
		       "MAIL FROM:<somebody@example.net>\r\n"
		       "RCPT TO:<b@example.org>\r\nDATA\r\n");
	scene_say_text(s, SCENE_SERVER,
		       "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go on\r\n");
	for (size_t at = 0; at < w->len; at += 2 * s->mss)
		scene_say(s, SCENE_CLIENT, w->text + at,
			  w->len - at < 2 * s->mss ? w->len - at : 2 * s->mss);
	scene_say_text(s, SCENE_SERVER, "250 2.0.0 Ok: queued\r\n");
}

size_t mailmix_session(struct scene *s, enum mailmix mix, struct random *random)
{
	static struct writer w;
	uint32_t kind = random_below(random, 100);

	w.random = random;
	w.len = 0;
	scene_open(s);
	scene_say_text(s, SCENE_SERVER, "220 mx1.example.org ESMTP\r\n");
	scene_say_text(s, SCENE_CLIENT, "EHLO client.example.net\r\n");
	scene_say_text(s, SCENE_SERVER,
		       "250-mx1.example.org\r\n250-PIPELINING\r\n"
		       "250-SIZE 50000000\r\n250-AUTH PLAIN LOGIN\r\n"
		       "250 8BITMIME\r\n");
	if (mix == MAILMIX_SHORT) {
		put_short(&w);
		put(&w, ".\r\n");
		say_mail(s, &w);
	} else if (kind < 8) {
		scene_say_text(s, SCENE_CLIENT,
			       "AUTH PLAIN AGFubmEAc2VzYW1l\r\n");
		scene_say_text(s, SCENE_SERVER,
			       "535 5.7.8 Error: authentication failed\r\n");
	} else if (kind < 15) {
		scene_say_text(s, SCENE_CLIENT,
			       "MAIL FROM:<somebody@example.net>\r\n"
			       "RCPT TO:<nobody@example.org>\r\n");
		scene_say_text(s, SCENE_SERVER,
			       "250 2.1.0 Ok\r\n550 5.1.1 User unknown\r\n");
	} else {
		put_mail(&w, kind - 15);
		say_mail(s, &w);
	}
	scene_say_text(s, SCENE_CLIENT, "QUIT\r\n");
	scene_say_text(s, SCENE_SERVER, "221 2.0.0 Bye\r\n");
	scene_close(s);
	return w.len;
}
