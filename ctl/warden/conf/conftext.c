/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conftext: tokens, comments and braces.  Knows the shape of the file; knows
 * none of its words.
 */
#include "ctl/warden/conf/conftext.h"

#include <string.h>

#include "ctl/core/escape.h"

#define WORD_BYTES                   \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789._:/-" CONFTEXT_EMPTY

/* No value needs them, and libconfuse gives them a meaning in strings. */
#define REFUSED_BYTES "$\\|=()"

enum token {
	TOKEN_END,
	TOKEN_BAD, /* was reported; nothing behind it can be trusted */
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_EQUALS,
	TOKEN_COMMA,
};

struct scan {
	char *at;
	int line; /* of AT */
	char *start; /* of the last token; a string's is behind the quote */
	size_t len; /* of the last token */
	int refused_line; /* where a byte was refused last */
	struct findings *findings;
};

static const struct {
	char byte;
	const char *advice;
} unexpected[] = {
	{ ';', "a setting ends without one" },
	{ '(', "there are no functions, such as include(), here" },
	{ '+', "write the whole list behind \"=\"" },
	{ '$', "there are no variables here" },
};

/* Spaces instead of what stands from FROM to TO; lines stay lines. */
static void blank(char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from != '\n')
			*from = ' ';
	}
}

/* One complaint a line: what follows on it is of the same kind. */
static void refuse_byte(struct scan *s)
{
	const char *advice = "put a value that needs it into quotes";
	char byte = *s->at;
	char shown[8];

	*s->at++ = ' ';
	if (s->refused_line == s->line)
		return;
	s->refused_line = s->line;
	for (size_t i = 0; i < sizeof(unexpected) / sizeof(unexpected[0]);
	     i++) {
		if (unexpected[i].byte == byte)
			advice = unexpected[i].advice;
	}
	findings_error(s->findings, s->line, "unexpected character '%s'; %s",
		       escape_text(shown, sizeof(shown), &byte, 1), advice);
}

/* False: a comment that does not end. */
static bool skip_comment(struct scan *s)
{
	char *end;

	if (s->at[0] == '/' && s->at[1] == '*') {
		end = strstr(s->at + 2, "*/");
		if (!end) {
			findings_error(s->findings, s->line,
				       "this comment is never closed; write"
				       " \"*/\" behind it");
			return false;
		}
		end += 2;
	} else {
		end = s->at + strcspn(s->at, "\n");
	}
	for (const char *c = s->at; c < end; c++)
		s->line += *c == '\n';
	blank(s->at, end);
	s->at = end;
	return true;
}

static bool is_comment(const char *at)
{
	return at[0] == '#' || (at[0] == '/' && (at[1] == '/' || at[1] == '*'));
}

static bool skip_blanks(struct scan *s)
{
	for (;;) {
		if (*s->at == '\n')
			s->line++;
		if (is_comment(s->at)) {
			if (!skip_comment(s))
				return false;
			continue;
		}
		if (*s->at == '\r')
			*s->at = ' ';
		if (*s->at != ' ' && *s->at != '\t' && *s->at != '\n')
			return true;
		s->at++;
	}
}

static void refuse_in_string(struct scan *s, char byte)
{
	const char *advice = "a string stands for itself, without variables"
			     " and escapes";

	if (strchr("=()", byte))
		advice = "is a quote missing before it?";
	findings_error(s->findings, s->line,
		       "the character '%c' has no place in a value; %s", byte,
		       advice);
}

static enum token scan_string(struct scan *s)
{
	const char quote[] = { *s->at, '\n', '\0' };

	s->start = s->at + 1;
	s->len = strcspn(s->start, quote);
	s->at = s->start + s->len;
	if (*s->at != quote[0]) {
		findings_error(s->findings, s->line,
			       "a quote is opened on this line and not closed"
			       " on it");
		return TOKEN_BAD;
	}
	s->at++;
	for (size_t i = 0; i < s->len; i++) {
		if (strchr(REFUSED_BYTES, s->start[i])) {
			refuse_in_string(s, s->start[i]);
			break;
		}
	}
	return TOKEN_STRING;
}

static enum token check_length(const struct scan *s, enum token token)
{
	if (s->len > CONFTEXT_VALUE_MAX)
		findings_error(s->findings, s->line,
			       "a value has at most %d characters, this one has"
			       " %zu",
			       CONFTEXT_VALUE_MAX, s->len);
	return token;
}

static enum token next_token(struct scan *s)
{
	static const char marks[] = "{}=,";
	static const enum token tokens[] = { TOKEN_OPEN, TOKEN_CLOSE,
					     TOKEN_EQUALS, TOKEN_COMMA };

	for (;;) {
		const char *mark;

		if (!skip_blanks(s))
			return TOKEN_BAD;
		s->start = s->at;
		if (*s->at == '\0')
			return TOKEN_END;
		if (*s->at == '"' || *s->at == '\'')
			return check_length(s, scan_string(s));
		s->len = strspn(s->at, WORD_BYTES);
		if (s->len > 0) {
			s->at += s->len;
			return check_length(s, TOKEN_WORD);
		}
		mark = strchr(marks, *s->at);
		if (mark) {
			s->at++;
			return tokens[mark - marks];
		}
		refuse_byte(s);
	}
}

/* Only these control characters belong into a text. */
static bool is_text(const char *text, size_t len, struct findings *findings)
{
	char shown[8];
	int line = 1;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		line += c == '\n';
		if (c >= 0x20 && c != 0x7f)
			continue;
		if (c == '\n' || c == '\t' || c == '\r')
			continue;
		findings_error(
			findings, line,
			"the byte %s is no text; is this a postern.conf?",
			escape_text(shown, sizeof(shown), &text[i], 1));
		return false;
	}
	return true;
}

/* Where the braces were opened that are still open. */
struct braces {
	int lines[CONFTEXT_DEPTH_MAX];
	unsigned int depth;
	unsigned int count;
	enum token last[2]; /* the tokens before this one */
};

static bool check_brace(struct scan *s, struct braces *b, enum token token)
{
	const char *wrong = NULL;

	if (token == TOKEN_CLOSE) {
		if (b->depth == 0)
			wrong = "this \"}\" closes nothing; take it away, or"
				" open its section with \"{\"";
		else
			b->depth--;
	} else if (b->depth == CONFTEXT_DEPTH_MAX) {
		wrong = "sections and lists are never this deep in each other;"
			" is a \"}\" missing above?";
	} else if (++b->count > CONFTEXT_BRACES_MAX) {
		wrong = "there are more sections and lists above this line than"
			" postern can hold";
	} else {
		b->lines[b->depth++] = s->line;
	}
	if (wrong)
		findings_error(s->findings, s->line, "%s", wrong);
	return !wrong;
}

/* "= { }" up to the closing brace at START becomes "= CONFTEXT_EMPTY". */
static void mark_empty_list(struct scan *s)
{
	char *open = s->start;

	while (*open != '{')
		open--;
	*open = CONFTEXT_EMPTY[0];
	*s->start = ' ';
}

/* False: what follows cannot be understood. */
static bool check_token(struct scan *s, struct braces *b, enum token token)
{
	if (token == TOKEN_BAD)
		return false;
	if ((token == TOKEN_OPEN || token == TOKEN_CLOSE) &&
	    !check_brace(s, b, token))
		return false;
	if (token == TOKEN_CLOSE && b->last[0] == TOKEN_OPEN &&
	    b->last[1] == TOKEN_EQUALS)
		mark_empty_list(s);
	b->last[1] = b->last[0];
	b->last[0] = token;
	return true;
}

bool conftext_clean(char *text, size_t len, struct findings *findings)
{
	struct scan s = { .at = text, .line = 1, .findings = findings };
	struct braces braces = { .depth = 0 };
	size_t before = findings->errors;
	enum token token;

	if (!is_text(text, len, findings))
		return false;
	/* The byte order mark of an editor that means well. */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		blank(text, text + 3);
	while ((token = next_token(&s)) != TOKEN_END) {
		if (!check_token(&s, &braces, token))
			return false;
	}
	/* What is said of the end is said of the last line with a word. */
	while (len > 0 && strchr(" \t\r\n", text[len - 1]))
		text[--len] = '\0';
	if (braces.depth > 0)
		findings_error(findings, braces.lines[braces.depth - 1],
			       "this \"{\" is never closed; a \"}\" is missing"
			       " below it");
	return findings->errors == before;
}

/* Go behind the braces that were just opened. */
static void skip_braces(struct scan *s)
{
	unsigned int depth = 1;

	while (depth > 0) {
		enum token token = next_token(s);

		if (token == TOKEN_END || token == TOKEN_BAD)
			return;
		depth += token == TOKEN_OPEN;
		depth -= token == TOKEN_CLOSE;
	}
}

/* Go behind "= value", or behind a section's name.  False: there was none. */
static bool skip_value(struct scan *s)
{
	struct scan before = *s;
	enum token token = next_token(s);

	if (token == TOKEN_EQUALS) {
		if (next_token(s) == TOKEN_OPEN)
			skip_braces(s);
		return true;
	}
	if (token != TOKEN_WORD && token != TOKEN_STRING)
		*s = before;
	return false;
}

/* Go behind the rest of a statement whose first word was read. */
static void skip_statement(struct scan *s)
{
	struct scan before;

	if (skip_value(s))
		return;
	before = *s;
	if (next_token(s) == TOKEN_OPEN)
		skip_braces(s);
	else
		*s = before;
}

bool conftext_drop(char *text, int line, const char *word)
{
	struct findings unused = { .file = "" };
	struct scan s = { .at = text, .line = 1, .findings = &unused };
	enum token token;

	while ((token = next_token(&s)) > TOKEN_BAD && s.line <= line) {
		char *from = token == TOKEN_STRING ? s.start - 1 : s.start;

		if (token > TOKEN_STRING)
			continue;
		if (s.line == line && s.len == strlen(word) &&
		    strncmp(s.start, word, s.len) == 0) {
			skip_statement(&s);
			blank(from, s.at);
			return true;
		}
		skip_value(&s);
	}
	return false;
}
