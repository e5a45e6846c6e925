/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/turns.h"

#include "tests/support/test.h"

const struct turn turns[TURNS] = {
	{ SCENE_SERVER, "220 mx1.example.org ESMTP\r\n" },
	{ SCENE_CLIENT, "EHLO client.example.net\r\n" },
	{ SCENE_SERVER, "250-mx1.example.org\r\n250 PIPELINING\r\n" },
	{ SCENE_CLIENT, "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>"
			"\r\nDATA\r\n" },
	{ SCENE_SERVER, "250 ok\r\n250 ok\r\n354 go on\r\n" },
	{ SCENE_CLIENT, "Subject: x\r\n\r\nSome text that is long enough to be "
			"cut in several places.\r\n.\r\n" },
	{ SCENE_SERVER, "250 queued\r\n" },
	{ SCENE_CLIENT, "QUIT\r\n" },
	{ SCENE_SERVER, "221 bye\r\n" },
};

char *expected(const char *end)
{
	static char text[2048];
	size_t used = 0;

	for (size_t i = 0; i < TURNS; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%c%s",
			turns[i].who == SCENE_CLIENT ? '<' : '>',
			turns[i].text);
	snprintf(text + used, sizeof(text) - used, "%s", end);
	return text;
}

void say_turns(struct scene *s)
{
	for (size_t i = 0; i < TURNS; i++)
		scene_say_text(s, turns[i].who, turns[i].text);
}

void talk(struct scene *s)
{
	scene_open(s);
	say_turns(s);
	scene_close(s);
}

void play_is(const struct scene *scene, const char *want)
{
	struct script script;

	script_init(&script);
	script_play(&script, scene, 60, NULL);
	assert_string_equal(script.text, want);
	assert_int_equal(script.opened, 1);
	assert_int_equal(script.ended, 1);
	script_fini(&script);
}
