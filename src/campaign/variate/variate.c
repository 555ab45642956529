#include "campaign/variate/variate.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/text/shown_text.h"
#include "base/utf8.h"
#include "campaign/campaign.h"

#include <string.h>

#define TIME_MAX_MS INT64_C(4102444800000) /* 2100 */
#define SETTINGS "variate_settings"
#define TEXT_MAX 500 /* characters */
#define HOUR_MINUTES 60
#define WAIT_MAX (INT64_C(30) * 24 * HOUR_MINUTES)
#define WAIT_DEFAULT (INT64_C(24) * HOUR_MINUTES)
#define SIZE_LEAST 10
#define SIZE_ALL 100

static const char *const criteria_names[] = {
	[VARIATE_OPENS] = "opens",
	[VARIATE_CLICKS] = "clicks",
	[VARIATE_MANUAL] = "manual",
};

void variate_default(struct variate *v)
{
	*v = (struct variate){ .criteria = VARIATE_OPENS,
			       .wait_minutes = WAIT_DEFAULT,
			       .test_size = SIZE_ALL };
}

static int wrong(const char *key, struct err *err, const char *why)
{
	char field[2 * sizeof(err->field)];

	(void)snprintf(field, sizeof(field), SETTINGS ".%s", key);
	return err_field(err, field, "%s", why);
}

/* The field of json_get_... stands in the settings. */
static int in_settings(struct err *err)
{
	struct err inner = *err;

	return wrong(inner.field, err, inner.text);
}

/* --- from the API --- */

static int take_criteria(const json_t *o, struct variate *v, struct err *err)
{
	const char *name = NULL;
	int found = json_get_text(o, "winner_criteria", &name, err);

	if (found <= 0)
		return found < 0 ? in_settings(err) : 0;
	for (size_t i = 0; i < ARRAY_SIZE(criteria_names); i++)
		if (!strcmp(name, criteria_names[i])) {
			v->criteria = (enum variate_criteria)i;
			return 0;
		}
	if (!strcmp(name, "total_revenue"))
		return wrong("winner_criteria", err,
			     "Revenue is not counted here: choose opens, "
			     "clicks or manual");
	return wrong("winner_criteria", err,
		     "Please choose opens, clicks or manual");
}

static int take_numbers(const json_t *o, struct variate *v, struct err *err)
{
	if (json_get_int(o, "wait_time", &v->wait_minutes, err) < 0 ||
	    json_get_int(o, "test_size", &v->test_size, err) < 0)
		return in_settings(err);
	if (v->wait_minutes <= 0 || v->wait_minutes % HOUR_MINUTES != 0 ||
	    v->wait_minutes > WAIT_MAX)
		return wrong("wait_time", err,
			     "Please give whole hours in minutes, at most 30 "
			     "days");
	if (v->test_size < SIZE_LEAST || v->test_size > SIZE_ALL)
		return wrong("test_size", err,
			     "Please give a number from 10 to 100");
	return 0;
}

/* One line: a line break would begin another header of the message. */
static const char *flaw_of(const char *text)
{
	if (!text || utf8_is_blank(text))
		return "Please give texts that are not empty";
	if (utf8_length(str_of(text)) > TEXT_MAX)
		return "Please enter at most 500 characters";
	return shown_text_fault(str_of(text), SHOWN_LINE);
}

static int get_values(const json_t *o, const char *key, const json_t **out,
		      struct err *err)
{
	int found = json_get_array(o, key, out, err);

	if (found < 0)
		return in_settings(err);
	if (found > 0 && json_array_size(*out) > VARIATE_VALUES)
		return wrong(key, err, "Please give at most 3");
	return found;
}

static int take_texts(const json_t *o, const char *key, struct arena *arena,
		      struct variate_texts *out, struct err *err)
{
	struct variate_texts taken = { .n = 0 };
	const json_t *values = NULL, *value;
	int found = get_values(o, key, &values, err);
	size_t i;

	if (found <= 0)
		return found;
	json_array_foreach (values, i, value) {
		const char *text = json_string_value(value);
		const char *flaw = flaw_of(text);

		if (flaw)
			return wrong(key, err, flaw);
		taken.v[taken.n++] = arena_strdup(arena, text);
	}
	*out = taken;
	return 1;
}

static int take_times(const json_t *o, struct variate *v, struct err *err)
{
	int64_t times[VARIATE_VALUES];
	const json_t *values = NULL, *value;
	int found = get_values(o, "send_times", &values, err);
	size_t i;

	if (found <= 0)
		return found;
	json_array_foreach (values, i, value) {
		const char *text = json_string_value(value);

		if (!text || !time_parse_iso(text, &times[i]))
			return wrong("send_times", err,
				     "Please enter dates and times in ISO "
				     "8601");
		if (times[i] > TIME_MAX_MS)
			return wrong("send_times", err,
				     "Please give times before 2100");
		for (size_t k = 0; k < i; k++)
			if (times[k] == times[i])
				return wrong("send_times", err,
					     "Please give different times");
	}
	v->send_times_n = (int)json_array_size(values);
	memcpy(v->send_times, times, sizeof(times[0]) * i);
	return 1;
}

static int check_senders(const struct variate *v, struct err *err)
{
	const struct variate_texts *to = &v->reply_to_addresses;

	if (v->from_names.n != to->n)
		return wrong("reply_to_addresses", err,
			     "Please give as many as from_names");
	for (int i = 0; i < to->n; i++)
		if (!email_is_valid(to->v[i]))
			return wrong("reply_to_addresses", err,
				     "Please provide a valid email address.");
	return 0;
}

int variate_check_count(const struct variate *v, const char *field,
			struct err *err)
{
	return variate_count(v) <= VARIATE_VARIANTS
		       ? 0
		       : err_field(err, field,
				   "These are %d combinations; a test has at "
				   "most %d",
				   variate_count(v), VARIATE_VARIANTS);
}

int variate_take(const json_t *o, struct arena *arena, struct variate *v,
		 struct err *err)
{
	if (take_criteria(o, v, err) < 0 || take_numbers(o, v, err) < 0 ||
	    take_texts(o, "subject_lines", arena, &v->subject_lines, err) < 0 ||
	    take_texts(o, "from_names", arena, &v->from_names, err) < 0 ||
	    take_texts(o, "reply_to_addresses", arena, &v->reply_to_addresses,
		       err) < 0 ||
	    take_times(o, v, err) < 0 || check_senders(v, err) < 0)
		return -1;
	if (v->send_times_n > 0) /* everybody gets it at one of them */
		v->test_size = SIZE_ALL;
	return variate_check_count(v, SETTINGS, err);
}

/* What nobody asks of a variant says the first one. */
static void take_first(const json_t *body, const struct variate *v,
		       struct campaign *c)
{
	const json_t *said = json_object_get(body, "settings");
	struct campaign_settings *s = &c->settings;

	if (v->subject_lines.n > 0 && !json_object_get(said, "subject_line"))
		s->subject_line = v->subject_lines.v[0];
	if (v->from_names.n > 0 && !json_object_get(said, "from_name"))
		s->from_name = v->from_names.v[0];
	if (v->from_names.n > 0 && !json_object_get(said, "reply_to"))
		s->reply_to = v->reply_to_addresses.v[0];
}

static int check_tracking(const struct campaign_tracking *t, struct err *err)
{
	const char *why = "A test needs its opens and clicks counted";

	if (!t->opens)
		return err_field(err, "tracking.opens", "%s", why);
	return t->html_clicks
		       ? 0
		       : err_field(err, "tracking.html_clicks", "%s", why);
}

static bool is_said(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return value && !json_is_null(value);
}

int variate_take_body(const json_t *body, struct arena *arena,
		      struct campaign *c, struct err *err)
{
	bool is_test = !strcmp(c->type, "variate");
	const json_t *o = NULL;
	struct variate v;

	if (json_get_object(body, SETTINGS, &o, err) < 0)
		return -1;
	if (!is_test)
		return json_object_size(o) == 0
			       ? 0
			       : err_field(err, SETTINGS,
					   "Only campaigns of type variate "
					   "have these");
	if (!o && !c->variate)
		return err_field(err, SETTINGS, "Please enter a value");
	if (o && !c->variate && !is_said(o, "winner_criteria"))
		return wrong("winner_criteria", err, "Please enter a value");
	if (o) {
		(void)variate_read(c->variate, arena, &v);
		if (variate_take(o, arena, &v, err) < 0)
			return -1;
		take_first(body, &v, c);
		c->variate = variate_format(&v, arena);
	}
	return check_tracking(&c->tracking, err);
}

/* --- the column --- */

static void write_texts(struct json_writer *w, const char *key,
			const struct variate_texts *texts)
{
	json_key_begin_array(w, key);
	for (int i = 0; i < texts->n; i++)
		json_text(w, texts->v[i]);
	json_end_array(w);
}

void variate_write(const struct variate *v, struct json_writer *w)
{
	json_key_text(w, "winner_criteria", criteria_names[v->criteria]);
	json_key_int(w, "wait_time", v->wait_minutes);
	json_key_int(w, "test_size", v->test_size);
	write_texts(w, "subject_lines", &v->subject_lines);
	json_key_begin_array(w, "send_times");
	for (int i = 0; i < v->send_times_n; i++)
		json_time(w, v->send_times[i]);
	json_end_array(w);
	write_texts(w, "from_names", &v->from_names);
	write_texts(w, "reply_to_addresses", &v->reply_to_addresses);
	write_texts(w, "contents", &v->contents);
}

const char *variate_format(const struct variate *v, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_object(&w);
	variate_write(v, &w);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&text));
}

bool variate_read(const char *json, struct arena *arena, struct variate *out)
{
	CLEANUP(json_free)
	json_t *o = json ? json_loads(json, 0, NULL) : NULL;
	struct err ignored = ERR_INIT;

	variate_default(out);
	if (!o)
		return false;
	/* We wrote it ourselves: all of it is right. */
	(void)variate_take(o, arena, out, &ignored);
	(void)take_texts(o, "contents", arena, &out->contents, &ignored);
	return true;
}

/* --- combinations --- */

static int at_least_one(int n)
{
	return n > 0 ? n : 1;
}

int variate_count(const struct variate *v)
{
	return at_least_one(v->subject_lines.n) *
	       at_least_one(v->from_names.n) * at_least_one(v->contents.n) *
	       at_least_one(v->send_times_n);
}

/* The number of a combination has a digit for each thing; the subject's counts
 * most. */
static void split(const struct variate *v, int number,
		  struct variate_combination *out)
{
	const int sizes[] = { at_least_one(v->send_times_n),
			      at_least_one(v->contents.n),
			      at_least_one(v->from_names.n) };

	out->send_time = number % sizes[0];
	number /= sizes[0];
	out->content = number % sizes[1];
	number /= sizes[1];
	out->sender = number % sizes[2];
	out->subject_line = number / sizes[2];
}

int variate_combinations(const struct variate *v, const char *campaign_hex,
			 struct variate_combination out[VARIATE_VARIANTS])
{
	int n = variate_count(v);

	if (n > VARIATE_VARIANTS)
		n = VARIATE_VARIANTS;
	for (int i = 0; i < n; i++) {
		struct variate_combination *c = &out[i];
		char text[64], hex[MD5_HEX + 1];

		split(v, i, c);
		(void)snprintf(text, sizeof(text), "%.20s %d %d %d %d",
			       campaign_hex, c->subject_line, c->sender,
			       c->content, c->send_time);
		md5_hex(str_of(text), hex);
		(void)snprintf(c->id, sizeof(c->id), "%.10s", hex);
	}
	return n;
}

int variate_find(const struct variate *v, const char *campaign_hex,
		 const char *id)
{
	struct variate_combination all[VARIATE_VARIANTS];
	int n = variate_combinations(v, campaign_hex, all);

	for (int i = 0; i < n; i++)
		if (!strcmp(all[i].id, id))
			return i + 1;
	return 0;
}

int64_t variate_sample(const struct variate *v, int64_t n)
{
	int64_t sample = (n * v->test_size + SIZE_ALL - 1) / SIZE_ALL;

	if (sample < variate_count(v))
		sample = variate_count(v);
	return sample < n ? sample : n;
}

int64_t variate_share(const struct variate *v, int64_t n, int variant)
{
	int64_t sample = variate_sample(v, n), of = variate_count(v);

	return sample / of + (variant <= sample % of);
}

bool variate_has_rest(const struct variate *v)
{
	return v->test_size < SIZE_ALL;
}

bool variate_is_automatic(const struct variate *v)
{
	return v->criteria != VARIATE_MANUAL && v->send_times_n == 0;
}

int variate_apply(struct campaign *campaign, int variant, struct arena *arena)
{
	struct campaign_settings *s = &campaign->settings;
	struct variate_combination c;
	struct variate v;

	if (!variate_read(campaign->variate, arena, &v))
		return 1;
	variant = variate_of_recipient(variant);
	if (variant < 1 || variant > variate_count(&v))
		variant = 1;
	split(&v, variant - 1, &c);
	if (v.subject_lines.n > 0)
		s->subject_line = v.subject_lines.v[c.subject_line];
	if (v.from_names.n > 0) {
		s->from_name = v.from_names.v[c.sender];
		s->reply_to = v.reply_to_addresses.v[c.sender];
	}
	return c.content + 1;
}

int variate_contents(const struct campaign *campaign)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct variate v;

	(void)variate_read(campaign->variate, arena, &v);
	return at_least_one(v.contents.n);
}
