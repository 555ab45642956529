#include "crm/campaign/ab_variant.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/campaign_record.h"

#include <string.h>

#define FIELD "ab_test"
#define SAMPLE 20
#define WAIT_HOURS 4
#define TEXT_MAX_BYTES 500 /* as many characters an audience takes */

static const char *const what_names[] = {
	[AB_NOTHING] = NULL,          [AB_SUBJECT] = "subject",
	[AB_FROM] = "from",           [AB_CONTENT] = "content",
	[AB_SEND_TIME] = "send_time",
};

static const char *const winner_names[] = {
	[AB_OPENS] = "opens",
	[AB_CLICKS] = "clicks",
	[AB_MANUAL] = "manual",
};

const char *ab_what_name(enum ab_what what)
{
	return what_names[what];
}

const char *ab_winner_name(enum ab_winner winner)
{
	return winner_names[winner];
}

const char *ab_letter(int variant)
{
	static const char *const letters[] = { "", "A", "B", "C" };

	return letters[variant];
}

int ab_letter_parse(const char *letter)
{
	for (int i = 1; i <= AB_VARIANTS_MAX; i++)
		if (letter && strcmp(ab_letter(i), letter) == 0)
			return i;
	return 0;
}

/* --- reading --- */

static int read_what(const json_t *o, enum ab_what *out, struct err *err)
{
	const char *name = NULL;

	if (json_get_text(o, "what", &name, err) < 0)
		return -1;
	for (int i = AB_SUBJECT; i <= AB_SEND_TIME; i++)
		if (name && strcmp(what_names[i], name) == 0) {
			*out = (enum ab_what)i;
			return 0;
		}
	return err_field(err, FIELD,
			 "what is none of subject, from, content, send_time");
}

static int read_winner(const json_t *o, enum ab_winner *out, struct err *err)
{
	const char *name = NULL;
	int found = json_get_text(o, "winner", &name, err);

	if (found <= 0)
		return found;
	for (int i = AB_OPENS; i <= AB_MANUAL; i++)
		if (strcmp(winner_names[i], name) == 0) {
			*out = (enum ab_winner)i;
			return 0;
		}
	return err_field(err, FIELD, "winner is none of opens, clicks, manual");
}

static int read_number(const json_t *o, const char *key, int least, int most,
		       int *out, struct err *err)
{
	int64_t n = 0;
	int found = json_get_int(o, key, &n, err);

	if (found <= 0)
		return found;
	if (n < least || n > most)
		return err_field(err, FIELD, "%s must be from %d to %d", key,
				 least, most);
	*out = (int)n;
	return 0;
}

/* One line of a header, as the campaign's own; blank: not given yet. */
static int read_line(const json_t *o, const char *key, size_t max,
		     const char **out, struct err *err)
{
	const char *text = NULL;
	int found = json_get_text(o, key, &text, err);

	if (found <= 0)
		return found;
	if (strlen(text) > max)
		return err_field(err, FIELD, "%s is longer than %zu bytes", key,
				 max);
	if (strpbrk(text, "\r\n"))
		return err_field(err, FIELD, "%s must be one line", key);
	*out = *text ? text : NULL;
	return 0;
}

static int read_time(const json_t *o, int64_t *out, struct err *err)
{
	const char *text = NULL;

	if (read_line(o, "send_at", 40, &text, err) < 0)
		return -1;
	if (text && (!time_parse_iso(text, out) || *out <= 0))
		return err_field(err, FIELD,
				 "send_at is not a time, such as "
				 "2026-12-01T09:00:00Z");
	return 0;
}

/* What is not tried is not kept. */
static int read_variant(const json_t *o, enum ab_what what,
			struct ab_variant *out, struct err *err)
{
	if (!json_is_object(o))
		return err_field(err, FIELD, "a variant must be an object");
	switch (what) {
	case AB_SUBJECT:
		return read_line(o, "subject", TEXT_MAX_BYTES, &out->subject,
				 err);
	case AB_FROM:
		if (read_line(o, "from_name", 400, &out->from_name, err) < 0 ||
		    read_line(o, "from_email", EMAIL_MAX, &out->from_email,
			      err) < 0)
			return -1;
		if (out->from_email && !email_is_valid(out->from_email))
			return err_field(err, FIELD,
					 "from_email is not an e-mail address");
		return 0;
	case AB_SEND_TIME:
		return read_time(o, &out->send_at_ms, err);
	case AB_CONTENT:
	case AB_NOTHING:
		break;
	}
	return 0;
}

static int read_variants(const json_t *o, struct ab_test *test, struct err *err)
{
	const json_t *list = NULL;
	size_t n;
	int found = json_get_array(o, "variants", &list, err);

	if (found < 0)
		return -1;
	n = found ? json_array_size(list) : 1;
	if (n < 1 || n > AB_VARIANTS_MAX - 1)
		return err_field(err, FIELD,
				 "variants are B, or B and C: A is the "
				 "campaign itself");
	test->n = (int)n + 1;
	for (size_t i = 0; found && i < n; i++)
		if (read_variant(json_array_get(list, i), test->what,
				 &test->more[i], err) < 0)
			return -1;
	return 0;
}

static int read_object(const json_t *o, struct ab_test *out, struct err *err)
{
	struct ab_test test = { .sample = SAMPLE, .wait_hours = WAIT_HOURS };

	if (read_what(o, &test.what, err) < 0 ||
	    read_winner(o, &test.winner, err) < 0 ||
	    read_number(o, "sample", AB_SAMPLE_MIN, 100, &test.sample, err) <
		    0 ||
	    read_number(o, "wait_hours", 1, AB_WAIT_HOURS_MAX, &test.wait_hours,
			err) < 0 ||
	    read_variants(o, &test, err) < 0)
		return -1;
	/* whoever is left cannot be sent at a time that is over */
	if (test.what == AB_SEND_TIME)
		test.sample = 100;
	*out = test;
	return 0;
}

int ab_test_read(const json_t *body, struct ab_test *test, struct err *err)
{
	const json_t *o = NULL;
	int found = json_get_object(body, FIELD, &o, err);

	if (found < 0)
		return -1;
	if (found > 0)
		return read_object(o, test, err);
	if (json_object_get(body, FIELD))
		*test = (struct ab_test){ .what = AB_NOTHING };
	return 0;
}

/* --- storing --- */

static void write_object(const struct ab_test *test, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "what", ab_what_name(test->what));
	json_key_begin_array(w, "variants");
	for (int i = 0; i < test->n - 1; i++) {
		const struct ab_variant *v = &test->more[i];

		json_begin_object(w);
		json_key_text(w, "subject", v->subject);
		json_key_text(w, "from_name", v->from_name);
		json_key_text(w, "from_email", v->from_email);
		json_key_time_or_null(w, "send_at", v->send_at_ms);
		json_end_object(w);
	}
	json_end_array(w);
	json_key_int(w, "sample", test->sample);
	json_key_int(w, "wait_hours", test->wait_hours);
	json_key_text(w, "winner", ab_winner_name(test->winner));
	json_end_object(w);
}

void ab_test_write(const struct ab_test *test, struct json_writer *w)
{
	json_key(w, FIELD);
	if (test->what == AB_NOTHING)
		json_nothing(w);
	else
		write_object(test, w);
}

const char *ab_test_store(const struct ab_test *test, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	if (test->what == AB_NOTHING)
		return NULL;
	write_object(test, &w);
	return arena_str(arena, strbuf_str(&text));
}

/* What we wrote ourselves: if it is broken, there is no test. */
void ab_test_load(const char *text, struct arena *arena, struct ab_test *out)
{
	CLEANUP(json_free) json_t *o = NULL;
	struct err unused = ERR_INIT;

	*out = (struct ab_test){ .what = AB_NOTHING };
	if (!text || json_parse(str_of(text), &o, &unused) < 0 ||
	    read_object(o, out, &unused) < 0)
		return;
	for (int i = 0; i < out->n - 1; i++) {
		struct ab_variant *v = &out->more[i];

		v->subject = arena_strdup(arena, v->subject);
		v->from_name = arena_strdup(arena, v->from_name);
		v->from_email = arena_strdup(arena, v->from_email);
	}
}

/* --- variants --- */

int ab_test_variants(const struct crm_campaign *c)
{
	return c->test.what == AB_NOTHING ? 1 : c->test.n;
}

void ab_content_show(struct crm_campaign *c, int variant)
{
	const struct ab_content *content = &c->more[variant - 2];

	c->design = content->design;
	c->html = content->html;
	c->plain_text = content->plain_text;
	c->plain_is_made = content->plain_is_made;
}

void ab_content_keep(struct crm_campaign *c, int variant,
		     const struct crm_campaign *shown)
{
	c->more[variant - 2] = (struct ab_content){
		.design = shown->design,
		.html = shown->html,
		.plain_text = shown->plain_text,
		.plain_is_made = shown->plain_is_made,
	};
}

void ab_test_take(struct crm_campaign *c, int variant)
{
	enum ab_what what = c->test.what;
	const struct ab_variant v =
		variant > 1 ? c->test.more[variant - 2]
			    : (struct ab_variant){ .subject = NULL };

	c->test = (struct ab_test){ .what = AB_NOTHING };
	if (variant <= 1)
		return;
	if (what == AB_SUBJECT)
		c->subject = v.subject;
	if (what == AB_FROM) {
		c->from_name = v.from_name;
		c->from_email = v.from_email;
	}
	if (what == AB_SEND_TIME)
		c->send_at_ms = v.send_at_ms;
	if (what == AB_CONTENT && c->more[variant - 2].design)
		ab_content_show(c, variant);
}

int ab_test_take_letter(struct crm_campaign *c, const char *letter,
			struct err *err)
{
	int variant = letter ? ab_letter_parse(letter) : 1;

	if (variant < 1 || variant > ab_test_variants(c))
		return err_field(err, "variant",
				 "the campaign has no variant %s", letter);
	ab_test_take(c, variant);
	return 0;
}

/* --- can it be sent --- */

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static int check_variant(const struct crm_campaign *v, enum ab_what what,
			 const char *letter, struct err *err)
{
	struct err why = ERR_INIT;

	if (what == AB_SUBJECT && utf8_is_blank(v->subject))
		return err_field(err, FIELD, "variant %s has no subject",
				 letter);
	if (what == AB_FROM && crm_campaign_check_sender(v, &why) < 0)
		return err_field(err, FIELD,
				 "variant %s cannot be sent from its address: "
				 "%s",
				 letter, why.text);
	if (what == AB_FROM && utf8_is_blank(v->from_name))
		return err_field(err, FIELD, "variant %s has no sender's name",
				 letter);
	if (what == AB_SEND_TIME && v->send_at_ms == 0)
		return err_field(err, FIELD, "variant %s has no time", letter);
	if (what == AB_CONTENT && !v->design && v->html)
		return err_field(err, FIELD,
				 "only mails that are made of blocks can be "
				 "tried against each other");
	return 0;
}

static bool are_same(const struct crm_campaign *a, const struct crm_campaign *b,
		     enum ab_what what)
{
	switch (what) {
	case AB_SUBJECT:
		return is_same(a->subject, b->subject);
	case AB_FROM:
		return is_same(a->from_name, b->from_name) &&
		       is_same(a->from_email, b->from_email);
	case AB_CONTENT:
		return is_same(a->design, b->design) &&
		       is_same(a->plain_text, b->plain_text);
	case AB_SEND_TIME:
		return a->send_at_ms == b->send_at_ms;
	case AB_NOTHING:
		break;
	}
	return false;
}

int ab_test_check(const struct crm_campaign *c, struct err *err)
{
	enum ab_what what = c->test.what;
	struct crm_campaign v[AB_VARIANTS_MAX];

	if (what == AB_NOTHING)
		return 0;
	/* no content at all is told otherwise */
	if (!c->html && c->plain_text)
		return err_field(err, FIELD,
				 "a mail without HTML cannot be tried: nobody "
				 "would see who opens it");
	for (int i = 0; i < c->test.n; i++) {
		v[i] = *c;
		ab_test_take(&v[i], i + 1);
		if (check_variant(&v[i], what, ab_letter(i + 1), err) < 0)
			return -1;
		for (int k = 0; k < i; k++)
			if (are_same(&v[k], &v[i], what))
				return err_field(err, FIELD,
						 "variants %s and %s are the "
						 "same: nothing is tried",
						 ab_letter(k + 1),
						 ab_letter(i + 1));
	}
	return 0;
}

int ab_test_check_times(const struct crm_campaign *c, int64_t now_ms,
			struct err *err)
{
	if (c->test.what != AB_SEND_TIME)
		return 0;
	for (int i = 1; i <= c->test.n; i++) {
		struct crm_campaign v = *c;

		ab_test_take(&v, i);
		if (v.send_at_ms <= now_ms)
			return err_field(err, FIELD,
					 "the time of variant %s is past",
					 ab_letter(i));
	}
	return 0;
}
