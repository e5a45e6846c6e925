/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conffile: libconfuse's place.  The library makes a tree of nodes of the
 * text, by callbacks; no value is understood here.
 */
#include "ctl/warden/conf/conffile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

#include "ctl/core/escape.h"
#include "ctl/core/fnv.h"
#include "ctl/warden/conf/confbytes.h"
#include "ctl/warden/conf/confmail.h"
#include "ctl/warden/conf/confshared.h"
#include "ctl/warden/conf/conftext.h"
#include "ctl/warden/conf/confwords.h"
#include "ctl/warden/conf/nearest.h"

/* Words that cannot stand in the file, see REFUSED_BYTES. */
#define BEGIN_WORD "(begin)"

#define WORD_SIZE  64

/* One reading of the text. */
struct parse {
	struct findings *findings;
	const struct confword *word; /* of the file as a whole */
	struct confnode *root;
	struct confnode *open; /* the section that is being read */
	struct confnode *setting; /* the one that was read last */
	bool no_memory;
	char unknown[CONFTEXT_VALUE_MAX + 1]; /* the word that ended it */
	int unknown_line;
};

/* libconfuse hands no context to its callbacks, and is one per process. */
static struct parse *parse;

static const struct confword *find_word(const struct confword *words,
					const char *name)
{
	for (; words->name; words++) {
		if (strcmp(words->name, name) == 0)
			return words;
	}
	return NULL;
}

/* A node, unless memory is out: then the file was read in vain. */
static struct confnode *add(struct confnode *parent, const char *name,
			    const char *text, int line)
{
	const struct confword *word = find_word(parent->word->inside, name);
	struct confnode *node = NULL;

	if (word)
		node = confnode_new(parent, word, text, line);
	if (!node)
		parse->no_memory = true;
	return node;
}

/*
 * A section opens.  libconfuse calls back for values only, so each section
 * has a list with a default, which is read when the section comes to be.
 */
static int begin_section(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *result)
{
	struct confnode *section;

	(void)opt;
	*(const char **)result = value;
	section = add(parse->open, cfg->name, cfg->title, cfg->line);
	/* An error here would end the process; the tree is dropped later. */
	if (section)
		parse->open = section;
	return 0;
}

static int end_section(cfg_t *cfg, cfg_opt_t *opt)
{
	(void)cfg;
	(void)opt;
	if (parse->no_memory)
		return -1;
	parse->open = parse->open->parent;
	return 0;
}

static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		      void *result)
{
	*(const char **)result = value;
	if (opt->nvalues == 1 || !parse->setting)
		parse->setting = add(parse->open, opt->name, NULL, cfg->line);
	if (parse->no_memory)
		return -1;
	if (strcmp(value, CONFTEXT_EMPTY) == 0)
		return 0;
	if (!confnode_new(parse->setting, parse->setting->word, value,
			  cfg->line))
		parse->no_memory = true;
	return parse->no_memory ? -1 : 0;
}

/* The words of the open section, for one that knows none near. */
static void list_words(char *list, size_t size)
{
	const struct confword *words = parse->open->word->inside;
	size_t used = (size_t)snprintf(list, size, "known here are");

	for (const struct confword *w = words; w->name && used < size; w++)
		used += (size_t)snprintf(list + used, size - used, "%s %s",
					 w == words ? "" : ",", w->name);
}

/* The word of the open section that WORD was meant to be, or NULL. */
static const char *meant(const char *word)
{
	struct nearest nearest = nearest_to(word);

	for (const struct confword *w = parse->open->word->inside; w->name; w++)
		nearest_try(&nearest, w->name);
	return nearest_word(&nearest);
}

/* Where else WORD is known: the name of that section, or NULL. */
static const char *home_of(const struct confword *section, const char *word)
{
	for (const struct confword *w = section->inside; w->name; w++) {
		const char *found = NULL;

		if (strcmp(w->name, word) == 0)
			return section->name;
		if (w->inside)
			found = home_of(w, word);
		if (found)
			return found;
	}
	return NULL;
}

static void unknown_word(int line, const char *word)
{
	const char *home = home_of(parse->word, word);
	char place[CONFNODE_PLACE_SIZE];
	char shown[WORD_SIZE];
	char list[256];

	snprintf(parse->unknown, sizeof(parse->unknown), "%s", word);
	parse->unknown_line = line;
	confnode_place(place, parse->open);
	escape_text(shown, sizeof(shown), word, strlen(word));
	list_words(list, sizeof(list));
	if (meant(word))
		findings_error(parse->findings, line,
			       "%sunknown word \"%s\"; did you mean \"%s\"?",
			       place, shown, meant(word));
	else if (home && parse->open == parse->root)
		findings_error(parse->findings, line,
			       "\"%s\" belongs into the section %s", shown,
			       home);
	else if (home)
		findings_error(parse->findings, line,
			       "%s\"%s\" belongs %s%s; %s", place, shown,
			       *home ? "into the section "
				     : "outside of all sections",
			       home, list);
	else
		findings_error(parse->findings, line,
			       "%sunknown word \"%s\"; %s", place, shown, list);
}

/* What libconfuse says, and what it means, around the %s of its own. */
static const struct {
	const char *format;
	const char *before;
	const char *behind;
} sentences[] = {
	{ "unexpected token '%s'", "unexpected \"",
	  "\"; look for a missing comma, quote or value before it" },
	{ "missing equal sign after option '%s'",
	  "an \"=\" is missing behind \"", "\"" },
	{ "missing opening brace for section '%s'",
	  "a \"{\" is missing behind \"",
	  "\" (and its name, where it takes one)" },
	{ "missing title for section '%s'",
	  "a name in quotes is missing behind \"", "\"" },
	{ "premature end of file", "the file ends in the middle of a setting",
	  "" },
};

static void explain(cfg_t *cfg, const char *format, va_list ap)
{
	bool has_argument = strstr(format, "%s") != NULL;
	const char *argument = has_argument ? va_arg(ap, const char *) : "";
	char place[CONFNODE_PLACE_SIZE];
	char shown[WORD_SIZE];

	if (strcmp(format, "no such option '%s'") == 0) {
		unknown_word(cfg->line, argument);
		return;
	}
	escape_text(shown, sizeof(shown), argument, strlen(argument));
	confnode_place(place, parse->open);
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (strcmp(format, sentences[i].format) != 0)
			continue;
		findings_error(parse->findings, cfg->line, "%s%s%s%s", place,
			       sentences[i].before, shown, sentences[i].behind);
		return;
	}
	findings_error(parse->findings, cfg->line, "%s%s (%s)", place, format,
		       shown);
}

static void free_options(cfg_opt_t *options)
{
	for (cfg_opt_t *opt = options; opt && opt->name; opt++)
		free_options(opt->subopts);
	free(options);
}

static cfg_opt_t *new_options(const struct confword *words, bool is_file);

static int make_option(cfg_opt_t *opt, const struct confword *word)
{
	const cfg_opt_t value =
		CFG_STR_CB(word->name, NULL, CFGF_NODEFAULT, take_value);
	const cfg_opt_t list =
		CFG_STR_LIST_CB(word->name, NULL, CFGF_NODEFAULT, take_value);
	const cfg_opt_t section = CFG_SEC(word->name, NULL, CFGF_MULTI);

	switch (word->kind) {
	case CONF_VALUE:
		*opt = value;
		return 0;
	case CONF_LIST:
		*opt = list;
		return 0;
	case CONF_SECTION:
	case CONF_NAMED:
		*opt = section;
		if (word->kind == CONF_NAMED)
			opt->flags |= CFGF_TITLE;
		opt->validcb = end_section;
		opt->subopts = new_options(word->inside, false);
		return opt->subopts ? 0 : -ENOMEM;
	}
	return -EINVAL;
}

/* libconfuse's form of a table of words. */
static cfg_opt_t *new_options(const struct confword *words, bool is_file)
{
	static char begin[] = "{begin}";
	const cfg_opt_t hook =
		CFG_STR_LIST_CB(BEGIN_WORD, begin, CFGF_NONE, begin_section);
	const cfg_opt_t end = CFG_END();
	cfg_opt_t *options;
	size_t count = 0;

	while (words[count].name)
		count++;
	options = calloc(count + 2, sizeof(*options));
	if (!options)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (make_option(&options[i], &words[i])) {
			free_options(options);
			return NULL;
		}
	}
	options[count] = is_file ? end : hook;
	options[count + 1] = end;
	return options;
}

/* Read TEXT once.  -EAGAIN: there is an unknown word.  -EINVAL.  -ENOMEM. */
static int parse_once(struct parse *p, const cfg_opt_t *options,
		      const char *text)
{
	/* libconfuse copies the options, and takes them as writable. */
	cfg_t *cfg = cfg_init((cfg_opt_t *)(uintptr_t)options, CFGF_NONE);
	size_t before = p->findings->errors;
	int err = -ENOMEM;

	confnode_free(p->root);
	p->root = confnode_new(NULL, p->word, NULL, 0);
	p->open = p->root;
	p->setting = NULL;
	p->unknown_line = 0;
	if (cfg && p->root) {
		parse = p;
		cfg_set_error_function(cfg, explain);
		err = cfg_parse_buf(cfg, text);
		parse = NULL;
		/* libconfuse fails without a word here alone. */
		if (err != CFG_SUCCESS && !p->no_memory &&
		    p->findings->errors == before)
			findings_error(p->findings, cfg->line,
				       "a setting has no name");
	}
	if (cfg)
		cfg_free(cfg);
	if (err == CFG_SUCCESS)
		return 0;
	if (p->no_memory || err == -ENOMEM)
		return -ENOMEM;
	return p->unknown_line ? -EAGAIN : -EINVAL;
}

/*
 * Read TEXT, which is clean, and say in *IS_WHOLE whether all of it was.
 * libconfuse ends at the first unknown word: it is taken out, and the rest
 * read again, so that one run tells them all.  False: there is no tree.
 */
static bool parse_all(struct parse *p, char *text, bool *is_whole)
{
	cfg_opt_t *options = new_options(p->word->inside, true);
	int err = options ? -EAGAIN : -ENOMEM;

	*is_whole = true;
	while (err == -EAGAIN) {
		err = parse_once(p, options, text);
		if (err != -EAGAIN)
			break;
		*is_whole = false;
		if (p->findings->errors >= FINDINGS_MAX ||
		    !conftext_drop(text, p->unknown_line, p->unknown))
			err = -EINVAL;
	}
	free_options(options);
	return !err;
}

/* Take what the tree says into CONFIG; of a tree that lacks parts, tell the
 * errors. */
static void read_tree(const struct parse *p, struct config *config,
		      bool is_partial)
{
	struct confreader r = {
		.findings = p->findings,
		.config = config,
		.is_partial = is_partial,
	};

	p->word->read(&r, p->root, config);
}

/* Read TEXT, a file of the kind WORD, into CONFIG. */
static void read_text(char *text, size_t len, const struct confword *word,
		      struct config *config, struct findings *findings)
{
	struct parse p = { .findings = findings, .word = word };
	bool is_whole = false;

	if (conftext_clean(text, len, findings) &&
	    parse_all(&p, text, &is_whole))
		read_tree(&p, config, !is_whole);
	else if (findings->errors == 0)
		findings_error(findings, 0, "there is not enough memory");
	confnode_free(p.root);
}

/* The same for a TEXT that stays as it is. */
static void read_copy(const char *text, size_t len, const struct confword *word,
		      struct config *config, struct findings *findings)
{
	char *copy = malloc(len + 1);

	if (!copy) {
		findings_error(findings, 0, "there is not enough memory");
		return;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	read_text(copy, len, word, config, findings);
	free(copy);
}

struct config *conffile_parse(const char *text, size_t len,
			      struct findings *findings)
{
	struct config *config;
	size_t before = findings->errors;

	if (len == 0) {
		findings_error(findings, 0,
			       "the file is empty; see postern.conf(5)");
		return NULL;
	}
	config = config_new();
	if (!config) {
		findings_error(findings, 0, "there is not enough memory");
		return NULL;
	}
	read_copy(text, len, &confwords_file, config, findings);
	if (findings->errors > before) {
		config_free(config);
		return NULL;
	}
	config->id = fnv_add(FNV_BEGIN, text, len);
	return config;
}

/* The rules of the file PATH, behind those that CONFIG has. */
static void include_rules(struct config *config, const char *path,
			  struct findings *findings)
{
	uint16_t first = config->policy.rule_count;
	const char *slash = strrchr(path, '/');
	size_t len;
	char *text;

	findings->included = path;
	text = confbytes_read(path, &len, findings);
	if (text && len > 0) {
		read_copy(text, len, &confwords_rules, config, findings);
		config->id = config->id * 31 + fnv_add(FNV_BEGIN, text, len);
	}
	free(text);
	findings->included = NULL;
	for (uint16_t i = first; i < config->policy.rule_count; i++)
		snprintf(config->policy.rules[i].file, CONFIG_NAME_SIZE,
			 "%.31s", slash ? slash + 1 : path);
}

static struct config *follow_includes(struct config *config,
				      struct findings *findings)
{
	size_t before = findings->errors;

	for (uint8_t i = 0; i < config->policy.include_count; i++)
		include_rules(config, config->policy.includes[i], findings);
	for (uint8_t i = 0; i < config->shared.file_count; i++)
		confshared_read(config, config->shared.files[i], findings);
	prefixset_seal(&config->shared.prefixes);
	for (uint8_t i = 0; i < config->mail.list_count; i++)
		confmail_read_list(config, i, findings);
	confmail_protect_proxies(config, findings);
	if (findings->errors == before)
		return config;
	config_free(config);
	return NULL;
}

struct config *conffile_load(const char *path, struct findings *findings)
{
	struct config *config;
	size_t len;
	char *text = confbytes_read(path, &len, findings);

	if (!text)
		return NULL;
	config = conffile_parse(text, len, findings);
	free(text);
	return config ? follow_includes(config, findings) : NULL;
}
