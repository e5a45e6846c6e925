/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_MAILMIX_H
#define POSTERN_TESTS_MAILMIX_H

/*
 * mailmix: sessions as a mail server has them, made up.
 *
 * Of a hundred sessions 8 are refused logins, 7 bring a recipient who is
 * refused, 38 a mail of text alone (1 to 4 KB), 33 text with HTML (8 to 60 KB),
 * 12 one to three files of several types beside it (60 to 400 KB in all), 2 a
 * large one (1 to 2 MB).  So a mail has 89 KB in the mean and 15 KB in the
 * median, and most bytes are in attachments, as in real mail.
 */
#include "tests/support/random.h"
#include "tests/support/scene.h"

enum mailmix {
	MAILMIX_REAL,
	MAILMIX_SHORT, /* mails below 4 KB alone */
};

/* One session, from its handshake to its end, into S, which is fresh.  Returns
 * the bytes of its mail; 0: it has none. */
size_t mailmix_session(struct scene *s, enum mailmix mix,
		       struct random *random);

#endif
