#include "crm/group/criteria.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crm/group/criteria_sql.h"
#include "crm/group/group.h"
#include "store/sqlbuild.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/*
 * The property test: random trees over random people must select in SQL whom
 * a plain evaluation in C selects. The model below is what both look at.
 */
#define PEOPLE 250
#define COMPANIES 8
#define CAMPAIGNS 3
#define TAGS 3
#define TREES 400
#define LARGE_TREES 6

struct model_company {
	const char *name, *city;
};

struct response {
	int state; /* 0: no row */
	bool opened, machine_opened, clicked, bounced, unsubscribed, replied;
	int clicked_url; /* 0 none, 1, 2 */
};

struct model_person {
	const char *first_name, *city;
	int company; /* -1: none */
	bool opted_out;
	int64_t created_ms;
	const char *email[2];
	unsigned tags;
	const char *custom_text;
	bool has_number, has_flag, flag;
	int number;
	struct response responses[CAMPAIGNS];
};

struct world {
	struct store_fixture fixture;
	struct arena *arena;
	struct prng random;
	struct model_company companies[COMPANIES];
	struct model_person people[PEOPLE];
};

static const char *const words[] = {
	"Bern",
	"bern",
	"BERNE",
	"Z\xc3\xbcrich",            /* u umlaut */
	"Z\xc3\x9cRICH",            /* U umlaut */
	"\xd0\x9c\xd0\xbe\xd1\x81", /* Cyrillic */
	"\xd0\xbc\xd0\xbe\xd1\x81", /* the same, small */
	"\xc3\x9f",                 /* sharp s */
	"\xc4\xb0zmir",             /* I with dot */
	"\xce\xa3\xce\x91\xce\xa3", /* Greek, final sigma */
	"50%_\\x",
	"O'Hara",
	"b",
	"",
};

static const char *const addresses[] = {
	"anna@example.org",
	"bob@example.com",
	"cleo@mail.example.org",
	"dora@example.net",
};

static const char *const urls[] = { "", "https://a.example/",
				    "https://b.example/?x=%" };
static const char *const tags[] = { "VIP", "press", "\xc3\x84rzte" };

#define PICK(w, list) ((list)[prng_below(&(w)->random, ARRAY_SIZE(list))])

static bool chance(struct world *w, unsigned percent)
{
	return prng_below(&w->random, 100) < percent;
}

static const char *word_or_null(struct world *w)
{
	return chance(w, 15) ? NULL : PICK(w, words);
}

static void must(int ret, const struct err *err)
{
	if (ret < 0)
		fail_msg("%s: %s", err->field, err->text);
}

static void exec(struct tx *tx, const char *text, struct sql_args args)
{
	struct err err = ERR_INIT;

	must(db_exec_text(tx, text, args, &err), &err);
}

static void random_response(struct world *w, struct response *r)
{
	if (chance(w, 40))
		return;
	r->state = 1 + (int)prng_below(&w->random, 7);
	r->opened = chance(w, 40);
	r->machine_opened = chance(w, 30);
	r->clicked = chance(w, 30);
	r->bounced = chance(w, 10);
	r->unsubscribed = chance(w, 10);
	r->replied = chance(w, 10);
	if (r->clicked)
		r->clicked_url = (int)prng_below(&w->random, 3);
}

static void random_person(struct world *w, struct model_person *p)
{
	p->first_name = word_or_null(w);
	p->city = word_or_null(w);
	p->company =
		chance(w, 30) ? -1 : (int)prng_below(&w->random, COMPANIES);
	p->opted_out = chance(w, 30);
	p->created_ms = (int64_t)prng_below(&w->random, 6) * MS_DAY +
			(int64_t)prng_below(&w->random, MS_DAY);
	for (int i = 0; i < 2; i++)
		p->email[i] = chance(w, 50) ? PICK(w, addresses) : NULL;
	p->tags = (unsigned)prng_below(&w->random, 1u << TAGS);
	p->custom_text = word_or_null(w);
	p->has_number = chance(w, 60);
	p->number = (int)prng_below(&w->random, 4) - 1;
	p->has_flag = chance(w, 60);
	p->flag = chance(w, 50);
	for (int i = 0; i < CAMPAIGNS; i++)
		random_response(w, &p->responses[i]);
}

static const char *custom_json(struct world *w, const struct model_person *p)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&out);

	json_begin_object(&j);
	if (p->custom_text)
		json_key_text(&j, "note", p->custom_text);
	if (p->has_number)
		json_key_int(&j, "size", p->number);
	if (p->has_flag)
		json_key_bool(&j, "flag", p->flag);
	json_end_object(&j);
	return arena_strdup(w->arena, out.buf);
}

static void store_responses(struct tx *tx, int64_t id,
			    const struct model_person *p)
{
	for (int i = 0; i < CAMPAIGNS; i++) {
		const struct response *r = &p->responses[i];
		struct sql_value at = sql_int(5);

		if (!r->state)
			continue;
		exec(tx,
		     "INSERT INTO campaign_recipient (campaign_id, person_id,"
		     " company_id, state, at_ms, opened_ms, machine_opened_ms,"
		     " clicked_ms, bounced, unsubscribed_ms, replied_ms)"
		     " VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)",
		     SQL_ARGS(sql_int(i + 1), sql_int(id),
			      sql_id_or_null(p->company + 1), sql_int(r->state),
			      r->opened ? at : sql_null(),
			      r->machine_opened ? at : sql_null(),
			      r->clicked ? at : sql_null(), sql_int(r->bounced),
			      r->unsubscribed ? at : sql_null(),
			      r->replied ? at : sql_null()));
		if (r->clicked_url)
			exec(tx,
			     "INSERT INTO campaign_activity (campaign_id,"
			     " person_id, kind, at_ms, link_id)"
			     " VALUES (?, ?, 2, 5, ?)",
			     SQL_ARGS(sql_int(i + 1), sql_int(id),
				      sql_int(i * 2 + r->clicked_url)));
	}
}

static void store_person(struct world *w, struct tx *tx, int64_t id,
			 const struct model_person *p)
{
	exec(tx,
	     "INSERT INTO person (id, first_name, name_folded, city,"
	     " company_id, opted_out, custom, created_ms, updated_ms)"
	     " VALUES (?, ?, '', ?, ?, ?, ?, ?, ?)",
	     SQL_ARGS(sql_int(id), sql_text(p->first_name), sql_text(p->city),
		      sql_id_or_null(p->company + 1), sql_int(p->opted_out),
		      sql_text(custom_json(w, p)), sql_int(p->created_ms),
		      sql_int(p->created_ms)));
	for (int i = 0; i < 2; i++) {
		char hash[MD5_HEX + 1];

		if (!p->email[i])
			continue;
		md5_hex(str_of(p->email[i]), hash);
		exec(tx,
		     "INSERT INTO email (id, entity, record_id, address, "
		     "folded,"
		     " hash, created_ms) VALUES (?, 1, ?, ?, ?, ?, 1)",
		     SQL_ARGS(sql_int(id * 2 + i), sql_int(id),
			      sql_text(p->email[i]), sql_text(p->email[i]),
			      sql_text(hash)));
	}
	for (int i = 0; i < TAGS; i++) {
		if (p->tags & (1u << i))
			exec(tx, "INSERT INTO record_tag VALUES (1, ?, ?)",
			     SQL_ARGS(sql_int(id), sql_int(i + 1)));
	}
	store_responses(tx, id, p);
}

static const char *fold(struct world *w, const char *s)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_fold(str_of(s), &out);
	return arena_strdup(w->arena, out.buf);
}

static const char *lower(struct world *w, const char *s)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_lower(str_of(s), &out);
	return arena_strdup(w->arena, out.buf);
}

static void store_small_tables(struct world *w, struct tx *tx)
{
	for (int i = 0; i < COMPANIES; i++) {
		struct model_company *c = &w->companies[i];

		c->name = PICK(w, words);
		c->city = word_or_null(w);
		exec(tx,
		     "INSERT INTO company (id, name, name_folded, city,"
		     " created_ms, updated_ms) VALUES (?, ?, ?, ?, 1, 1)",
		     SQL_ARGS(sql_int(i + 1), sql_text(c->name),
			      sql_text(fold(w, c->name)), sql_text(c->city)));
	}
	for (int i = 0; i < TAGS; i++)
		exec(tx,
		     "INSERT INTO tag (id, name, name_folded)"
		     " VALUES (?, ?, ?)",
		     SQL_ARGS(sql_int(i + 1), sql_text(tags[i]),
			      sql_text(fold(w, tags[i]))));
	for (int i = 0; i < CAMPAIGNS * 2; i++)
		exec(tx,
		     "INSERT INTO campaign_link (id, campaign_id, url)"
		     " VALUES (?, ?, ?)",
		     SQL_ARGS(sql_int(i + 1), sql_int(i / 2 + 1),
			      sql_text(urls[i % 2 + 1])));
	exec(tx,
	     "INSERT INTO custom_field (entity, key, label, type, created_ms)"
	     " VALUES (1, 'note', 'Note', 'text', 1),"
	     " (1, 'size', 'Size', 'number', 1),"
	     " (1, 'flag', 'Flag', 'boolean', 1)",
	     SQL_NO_ARGS);
}

static int open_world(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct world *w = calloc(1, sizeof(*w));
	struct err err = ERR_INIT;

	crypto_init();
	store_fixture_open(&w->fixture);
	w->arena = arena_new();
	w->random.state = 42;
	must(tx_begin(w->fixture.crm, &tx, &err), &err);
	store_small_tables(w, &tx);
	for (int i = 0; i < PEOPLE; i++) {
		random_person(w, &w->people[i]);
		store_person(w, &tx, i + 1, &w->people[i]);
	}
	must(tx_commit(&tx, &err), &err);
	*state = w;
	return 0;
}

static int free_world(void **state)
{
	struct world *w = *state;

	arena_free(&w->arena);
	store_fixture_free(&w->fixture);
	free(w);
	return 0;
}

/* --- the plain evaluation --- */

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static bool text_fits(const char *s, const char *op, const char *value)
{
	if (strcmp(op, "is") == 0)
		return strcmp(s, value) == 0;
	if (strcmp(op, "contains") == 0)
		return strstr(s, value) != NULL;
	if (strcmp(op, "starts") == 0)
		return strncmp(s, value, strlen(value)) == 0;
	if (strcmp(op, "ends") == 0)
		return ends_with(s, value);
	if (strcmp(op, "greater") == 0)
		return strcmp(s, value) > 0;
	if (strcmp(op, "less") == 0)
		return *s && strcmp(s, value) < 0;
	return *s != '\0'; /* blank_not */
}

/* The op without its negation; true if there was one. */
static bool strip_negation(const char **op)
{
	if (strcmp(*op, "not") == 0)
		*op = "is";
	else if (strcmp(*op, "notcontain") == 0)
		*op = "contains";
	else if (strcmp(*op, "blank") == 0)
		*op = "blank_not";
	else
		return false;
	return true;
}

static bool number_fits(bool has, double n, const char *op, double value)
{
	if (!has)
		return false;
	if (strcmp(op, "is") == 0)
		return n == value;
	if (strcmp(op, "greater") == 0)
		return n > value;
	if (strcmp(op, "less") == 0)
		return n < value;
	return true;
}

static bool day_fits(int64_t ms, const char *op, int64_t day)
{
	if (strcmp(op, "is") == 0)
		return ms / MS_DAY == day;
	if (strcmp(op, "greater") == 0)
		return ms / MS_DAY > day;
	if (strcmp(op, "less") == 0)
		return ms / MS_DAY < day;
	return true;
}

static bool was_sent(const struct response *r)
{
	return r->state == 2 || r->state == 4 || r->state == 5;
}

static bool responded(const struct response *r, const char *op, const char *url,
		      bool machines)
{
	if (!r->state)
		return false;
	if (strcmp(op, "sent") == 0)
		return was_sent(r);
	if (strcmp(op, "opened") == 0)
		return r->opened || (machines && r->machine_opened);
	if (strcmp(op, "clicked") == 0)
		return r->clicked &&
		       (!url || strcmp(urls[r->clicked_url], url) == 0);
	if (strcmp(op, "bounced") == 0)
		return r->bounced;
	if (strcmp(op, "unsubscribed") == 0)
		return r->unsubscribed;
	return r->replied;
}

static bool eval_response(const struct model_person *p, const json_t *json)
{
	const char *op = json_string_value(json_object_get(json, "op"));
	const char *url = json_string_value(json_object_get(json, "url"));
	int campaign =
		(int)json_integer_value(json_object_get(json, "campaign_id"));
	bool machines = json_is_true(json_object_get(json, "machines"));
	bool negated = strncmp(op, "not_", 4) == 0;
	bool sent = false, fits = false;

	if (negated)
		op += 4;
	for (int i = 0; i < CAMPAIGNS; i++) {
		const struct response *r = &p->responses[i];

		if (campaign && campaign != i + 1)
			continue;
		sent |= was_sent(r);
		fits |= responded(r, op, url, machines);
	}
	if (!negated)
		return fits;
	return strcmp(op, "sent") == 0 ? !sent : sent && !fits;
}

static const char *text_of(struct world *w, const struct model_person *p,
			   const char *field)
{
	const char *s = NULL;

	if (strcmp(field, "first_name") == 0)
		s = p->first_name;
	else if (strcmp(field, "city") == 0)
		s = p->city;
	else if (strcmp(field, "custom.note") == 0)
		s = p->custom_text;
	else if (p->company >= 0 && strcmp(field, "company.city") == 0)
		s = w->companies[p->company].city;
	return lower(w, s ? s : "");
}

static bool eval_positive(struct world *w, const struct model_person *p,
			  const char *field, const char *op, const char *value)
{
	bool fits = false;

	if (strcmp(field, "email") == 0) {
		for (int i = 0; i < 2; i++)
			fits |= p->email[i] &&
				text_fits(p->email[i], op, lower(w, value));
		return fits;
	}
	if (strcmp(field, "tag") == 0) {
		for (int i = 0; i < TAGS; i++)
			fits |= (p->tags & (1u << i)) &&
				text_fits(fold(w, tags[i]), op, fold(w, value));
		return fits;
	}
	if (strcmp(field, "company.name") == 0)
		return text_fits(
			p->company < 0 ? ""
				       : fold(w, w->companies[p->company].name),
			op, fold(w, value));
	if (strcmp(field, "opted_out") == 0)
		return p->opted_out == (strcmp(value, "true") == 0);
	if (strcmp(field, "created_at") == 0)
		return day_fits(p->created_ms, op, value[9] - '1');
	if (strcmp(field, "custom.size") == 0)
		return number_fits(p->has_number, p->number, op,
				   strtod(value, NULL));
	if (strcmp(field, "company_id") == 0)
		return number_fits(p->company >= 0, p->company + 1, op,
				   strtod(value, NULL));
	if (strcmp(field, "custom.flag") == 0 && strcmp(op, "is") != 0)
		return p->has_flag;
	if (strcmp(field, "custom.flag") == 0)
		return (p->has_flag && p->flag) == (strcmp(value, "true") == 0);
	return text_fits(text_of(w, p, field), op, lower(w, value));
}

static bool eval(struct world *w, const struct model_person *p,
		 const json_t *json)
{
	const json_t *list = json_object_get(json, "conditions");
	const char *match = json_string_value(json_object_get(json, "match"));
	const char *field, *op, *value;
	const json_t *child;
	bool negated;
	size_t i;

	if (list) {
		bool any = match && strcmp(match, "any") == 0;

		json_array_foreach (list, i, child) {
			if (eval(w, p, child) == any)
				return any;
		}
		return json_array_size(list) == 0 || !any;
	}
	field = json_string_value(json_object_get(json, "field"));
	op = json_string_value(json_object_get(json, "op"));
	value = json_string_value(json_object_get(json, "value"));
	if (strcmp(field, "response") == 0)
		return eval_response(p, json);
	negated = strip_negation(&op);
	return eval_positive(w, p, field, op, value ? value : "") != negated;
}

/* --- random trees --- */

static json_t *random_response_condition(struct world *w)
{
	static const char *const ops[] = {
		"sent",     "opened",      "clicked",          "bounced",
		"replied",  "not_opened",  "not_clicked",      "not_sent",
		"not_sent", "not_replied", "not_unsubscribed", "unsubscribed",
	};
	const char *op = PICK(w, ops);
	json_t *c = json_pack("{ssss}", "field", "response", "op", op);

	if (chance(w, 70))
		json_object_set_new(
			c, "campaign_id",
			json_integer(
				(json_int_t)prng_below(&w->random, CAMPAIGNS) +
				1));
	if (strstr(op, "clicked") && chance(w, 50))
		json_object_set_new(c, "url",
				    json_string(urls[1 + chance(w, 50)]));
	if (chance(w, 30))
		json_object_set_new(c, "machines", json_true());
	return c;
}

static json_t *random_condition(struct world *w)
{
	static const char *const fields[] = {
		"first_name",  "city",        "company.name", "company.city",
		"email",       "tag",         "opted_out",    "created_at",
		"custom.note", "custom.size", "custom.flag",  "company_id",
	};
	static const char *const text_ops[] = { "is",       "not",
						"contains", "notcontain",
						"starts",   "ends",
						"blank",    "blank_not" };
	static const char *const order_ops[] = { "is",   "not",   "greater",
						 "less", "blank", "blank_not" };
	static const char *const flag_ops[] = { "is", "not", "blank",
						"blank_not" };
	const char *field = PICK(w, fields);
	const char *op = PICK(w, text_ops), *value = PICK(w, words);

	if (chance(w, 25))
		return random_response_condition(w);
	if (strcmp(field, "email") == 0 || strcmp(field, "tag") == 0) {
		value = field[0] == 'e' ? PICK(w, addresses) : PICK(w, tags);
		if (chance(w, 50) && strcmp(op, "is") && strcmp(op, "not"))
			value = arena_strndup(w->arena, value, 2);
	} else if (strcmp(field, "opted_out") == 0) {
		op = chance(w, 50) ? "is" : "not";
		value = chance(w, 50) ? "true" : "false";
	} else if (strcmp(field, "custom.flag") == 0) {
		op = PICK(w, flag_ops);
		value = chance(w, 50) ? "true" : "false";
	} else if (strcmp(field, "created_at") == 0) {
		op = PICK(w, order_ops);
		value = arena_printf(w->arena, "1970-01-0%d",
				     (int)prng_below(&w->random, 7) + 1);
	} else if (strcmp(field, "custom.size") == 0 ||
		   strcmp(field, "company_id") == 0) {
		op = PICK(w, order_ops);
		value = arena_printf(w->arena, "%d",
				     (int)prng_below(&w->random, 5));
	} else if (chance(w, 30)) {
		op = PICK(w, order_ops);
	}
	return json_pack("{ssssss}", "field", field, "op", op, "value", value);
}

static json_t *random_tree(struct world *w, int depth)
{
	json_t *list = json_array();
	size_t n = prng_below(&w->random, 4);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, depth > 0 && chance(w, 30)
						    ? random_tree(w, depth - 1)
						    : random_condition(w));
	return json_pack("{ssso}", "match", chance(w, 50) ? "any" : "all",
			 "conditions", list);
}

static void select_ids(struct world *w, const struct criteria *c,
		       enum criteria_use use, struct ids *out)
{
	CLEANUP(sqlbuild_release)
	struct sqlbuild b = SQLBUILD(w->fixture.crm, w->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	sqlbuild_add(&b, "SELECT r.id");
	criteria_sql_from(c, &b);
	criteria_sql_where(c, use, &b);
	sqlbuild_add(&b, " ORDER BY r.id");
	must(sqlbuild_query(&b, w->fixture.crm, &rows, &err), &err);
	while (rows_next(rows, &err) > 0)
		vec_push(out, rows_int(rows, 0));
}

static void compare(struct world *w, const json_t *tree, enum criteria_use use)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf stored = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct criteria *c;
	size_t at = 0;

	json_dump(tree, &stored); /* there are no campaigns, and no company 0 */
	must(criteria_parse_text(w->fixture.crm, ENTITY_PERSON, stored.buf,
				 clock_now_ms(), w->arena, &c, &err),
	     &err);
	select_ids(w, c, use, &ids);
	for (int i = 0; i < PEOPLE; i++) {
		bool in_sql = at < ids.n && ids.v[at] == i + 1;

		if (in_sql)
			at++;
		if (in_sql == eval(w, &w->people[i], tree))
			continue;
		fail_msg("person %d is %s in SQL: %s", i + 1,
			 in_sql ? "in" : "not in",
			 json_dumps(tree, JSON_COMPACT));
	}
	assert_int_equal(at, ids.n);
}

static void sql_selects_whom_a_plain_evaluation_selects(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < TREES; i++) {
		CLEANUP(json_free) json_t *tree = random_tree(w, 2);

		compare(w, tree, CRITERIA_SET);
		compare(w, tree, CRITERIA_WALK);
	}
}

static void each_single_condition_agrees_too(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < TREES; i++) {
		CLEANUP(json_free)
		json_t *tree =
			json_pack("{s[o]}", "conditions", random_condition(w));

		compare(w, tree, CRITERIA_SET);
		compare(w, tree, CRITERIA_WALK);
	}
}

/* However many values a statement binds then. */
static void the_largest_criteria_agree_too(void **state)
{
	static const char *const matches[] = { "any", "all" };
	struct world *w = *state;

	for (int i = 0; i < LARGE_TREES; i++) {
		json_t *list = json_array();
		CLEANUP(json_free)
		json_t *tree = json_pack("{ssso}", "match",
					 matches[i % ARRAY_SIZE(matches)],
					 "conditions", list);

		while (json_array_size(list) < CRITERIA_CONDITIONS_MAX)
			json_array_append_new(list, random_condition(w));
		compare(w, tree, CRITERIA_SET);
		compare(w, tree, CRITERIA_WALK);
	}
}

/* --- parsing --- */

static int parse(struct world *w, const char *text, struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct criteria *c;

	if (strcmp(text, "null") != 0 && strcmp(text, "7") != 0 &&
	    json_parse(str_of(text), &json, err) < 0)
		return -1;
	if (strcmp(text, "7") == 0)
		json = json_integer(7);
	return criteria_parse(w->fixture.crm, ENTITY_PERSON, "criteria", json,
			      clock_now_ms(), w->arena, &c, err);
}

static size_t count(struct world *w, enum entity entity, const char *field,
		    const char *op, const char *value)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(json_free)
	json_t *tree = json_pack("{s[{ssssss}]}", "conditions", "field", field,
				 "op", op, "value", value);
	struct err err = ERR_INIT;
	struct criteria *c;

	must(criteria_parse(w->fixture.crm, entity, "criteria", tree,
			    clock_now_ms(), w->arena, &c, &err),
	     &err);
	select_ids(w, c, CRITERIA_SET, &ids);
	return ids.n;
}

static void add_lead(struct world *w, int64_t id, int64_t created_ms,
		     const char *address)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(w->fixture.crm, &tx, &err), &err);
	must(db_exec_text(&tx,
			  "INSERT INTO lead (id, name_folded, created_ms, "
			  "updated_ms) VALUES (?, '', ?, ?)",
			  SQL_ARGS(sql_int(id), sql_int(created_ms),
				   sql_int(created_ms)),
			  &err),
	     &err);
	must(db_exec_text(&tx,
			  "INSERT INTO email (id, entity, record_id, address, "
			  "folded, hash, created_ms) VALUES (?, 2, ?, ?, "
			  "'a@xn--bcher-kva.example', '', 0)",
			  SQL_ARGS(sql_int(900000 + id), sql_int(id),
				   sql_text(address)),
			  &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
}

/* Leads are no part of the random world. */
static void times_move_with_the_calendar(void **state)
{
	static const struct {
		const char *op, *value;
		size_t n;
	} cases[] = {
		{ "greater", "-7 days", 2 },  { "less", "-7 days", 1 },
		{ "greater", "-1 hour", 1 },  { "greater", "-2 WEEKS", 3 },
		{ "greater", "+1 day", 0 },   { "less", "+1 year", 3 },
		{ "greater", "-1 month", 3 }, { "less", "today", 2 },
		{ "in_last", "7 days", 2 },   { "in_last", "1 hour", 1 },
		{ "in_last", "9", 3 },
	};
	struct world *w = *state;
	int64_t now_ms = clock_now_ms();

	add_lead(w, 1, now_ms,
		 "a@B\xc3\xbc"
		 "cher.example");
	add_lead(w, 2, now_ms - 3 * MS_DAY, "b@example.org");
	add_lead(w, 3, now_ms - 8 * MS_DAY, "c@example.org");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(count(w, ENTITY_LEAD, "created_at",
				       cases[i].op, cases[i].value),
				 cases[i].n);
	assert_int_equal(count(w, ENTITY_LEAD, "email", "contains",
			       "b\xc3\xbc"
			       "cher"),
			 1);
	assert_int_equal(count(w, ENTITY_LEAD, "email", "ends", "kva.example"),
			 3);
	assert_int_equal(count(w, ENTITY_LEAD, "email", "notcontain",
			       "b\xc3\xbc"
			       "cher"),
			 2);
}

/* Is somebody with that birthday found on a day? */
static bool has_birthday(struct world *w, const char *birthday, const char *op,
			 const char *value, const char *today)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(json_free)
	json_t *tree = json_pack("{s[{ssssss}{sssssi}]}", "conditions", "field",
				 "birthday", "op", op, "value", value, "field",
				 "id", "op", "is", "value", 1);
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct criteria *c;
	int64_t now_ms;

	must(tx_begin(w->fixture.crm, &tx, &err), &err);
	must(db_exec_text(&tx, "UPDATE person SET birthday = ? WHERE id = 1",
			  SQL_ARGS(sql_text(birthday)), &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
	assert_true(time_parse_iso(today, &now_ms));
	must(criteria_parse(w->fixture.crm, ENTITY_PERSON, "criteria", tree,
			    now_ms + 9 * MS_HOUR, w->arena, &c, &err),
	     &err);
	select_ids(w, c, CRITERIA_SET, &ids);
	return ids.n == 1;
}

static void birthdays_come_round(void **state)
{
	static const struct {
		const char *birthday, *op, *value, *today;
		bool found;
	} cases[] = {
		{ "1980-05-10", "within", "14 days", "2026-05-10", true },
		{ "1980-05-10", "within", "14 days", "2026-04-26", true },
		{ "1980-05-10", "within", "14 days", "2026-04-25", false },
		{ "1980-05-10", "within", "2 weeks", "2026-05-11", false },
		{ "1980-05-10", "within", "0 days", "2026-05-10", true },
		{ "1980-05-10", "within", "0", "2026-05-09", false },
		{ "1980-05-10", "within", "1", "2026-05-09", true },
		{ "1980-01-03", "within", "14 days", "2026-12-20", true },
		{ "1980-01-04", "within", "14 days", "2026-12-20", false },
		{ "1980-12-31", "within", "14 days", "2026-12-20", true },
		{ "1980-12-19", "within", "14 days", "2026-12-20", false },
		{ NULL, "within", "14 days", "2026-12-20", false },
		{ NULL, "within", "2 years", "2026-12-20", false },
		{ "1980-05-10", "within", "1 year", "2026-05-11", true },
		{ "1980-05-10", "within", "400 days", "2026-12-11", true },
		{ "1980-06-01", "within", "364 days", "2026-06-02", true },
		{ "1980-06-01", "within", "363 days", "2026-06-02", false },
		/* 29 February */
		{ "2004-02-29", "within", "14 days", "2027-02-14", true },
		{ "2004-02-29", "within", "14 days", "2027-02-13", false },
		{ "2004-02-29", "within", "0 days", "2027-02-28", true },
		{ "2004-02-29", "within", "0 days", "2028-02-28", false },
		{ "2004-02-29", "within", "0 days", "2028-02-29", true },
		{ "2004-02-29", "within", "1 day", "2028-02-28", true },
		{ "2004-02-29", "within", "14 days", "2027-03-01", false },
		{ "2004-02-28", "within", "0 days", "2028-02-29", false },
		{ "2004-03-01", "within", "1 day", "2027-02-28", true },
		/* days that are over */
		{ "2026-05-10", "in_last", "7 days", "2026-05-17", true },
		{ "2026-05-10", "in_last", "7 days", "2026-05-18", false },
		{ "2026-05-10", "in_last", "7 days", "2026-05-10", true },
		{ "2026-05-10", "in_last", "7 days", "2026-05-09", false },
		{ "2026-05-10", "in_last", "1 month", "2026-06-10", true },
		{ NULL, "in_last", "7 days", "2026-06-10", false },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (has_birthday(w, cases[i].birthday, cases[i].op,
				 cases[i].value,
				 cases[i].today) != cases[i].found)
			fail_msg("case %zu", i);
}

static void mistakes_are_found_at_their_place(void **state)
{
	static const struct {
		const char *json, *field;
	} cases[] = {
		{ "{\"match\":\"some\"}", "criteria.match" },
		{ "null", "criteria" },
		{ "7", "criteria" },
		{ "{}", "criteria.conditions" },
		{ "{\"match\":\"all\"}", "criteria.conditions" },
		{ "{\"conditions\":null}", "criteria.conditions" },
		{ "{\"conditions\":[{\"match\":\"any\"}]}",
		  "criteria.conditions[0].field" },
		{ "{\"conditions\":[{\"conditions\":null}]}",
		  "criteria.conditions[0].conditions" },
		{ "{\"conditions\":[{\"field\":\"birthday\",\"op\":\"within\","
		  "\"value\":\"soon\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":[{\"field\":\"created_at\",\"op\":"
		  "\"in_last\",\"value\":\"-7 days\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":[{\"field\":\"created_at\",\"op\":"
		  "\"within\",\"value\":\"7 days\"}]}",
		  "criteria.conditions[0].op" },
		{ "{\"conditions\":[{\"field\":\"city\",\"op\":\"in_last\","
		  "\"value\":\"7 days\"}]}",
		  "criteria.conditions[0].op" },
		{ "{\"conditions\":[{\"field\":\"city\",\"op\":\"greater\","
		  "\"value\":\"1000\"}]}",
		  "criteria.conditions[0].op" },
		{ "{\"match\":\"all\",\"condition\":[]}", "criteria" },
		{ "{\"conditions\":[{\"field\":\"city\",\"op\":\"is\","
		  "\"value\":\"x\",\"valeu\":1}]}",
		  "criteria.conditions[0]" },
		{ "{\"conditions\":[{\"field\":\"response\",\"op\":\"opened\","
		  "\"campaign\":7}]}",
		  "criteria.conditions[0]" },
		{ "{\"conditions\":[{\"field\":\"birthday\",\"op\":\"is\","
		  "\"value\":\"soon\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":[{\"field\":\"created_at\",\"op\":"
		  "\"greater\",\"value\":\"-7 moons\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":7}", "criteria.conditions" },
		{ "{\"conditions\":[7]}", "criteria.conditions[0]" },
		{ "{\"conditions\":[{\"op\":\"is\"}]}",
		  "criteria.conditions[0].field" },
		{ "{\"conditions\":[{\"field\":\"city\"}]}",
		  "criteria.conditions[0].op" },
		{ "{\"conditions\":[{\"field\":\"shoe\",\"op\":\"is\"}]}",
		  "criteria.conditions[0].field" },
		{ "{\"conditions\":[{\"field\":\"city\",\"op\":\"like\"}]}",
		  "criteria.conditions[0].op" },
		{ "{\"conditions\":[{\"field\":\"city\",\"op\":\"is\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":[{\"field\":\"city\",\"op\":\"blank\"},"
		  "{\"match\":\"any\",\"conditions\":[{\"field\":\"opted_out\","
		  "\"op\":\"starts\",\"value\":\"t\"}]}]}",
		  "criteria.conditions[1].conditions[0].op" },
		{ "{\"conditions\":[{\"field\":\"created_at\",\"op\":\"is\","
		  "\"value\":\"soon\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":[{\"field\":\"custom.none\",\"op\":\"is\","
		  "\"value\":\"1\"}]}",
		  "criteria.conditions[0].field" },
		{ "{\"conditions\":[{\"field\":\"custom.size\",\"op\":\"is\","
		  "\"value\":\"big\"}]}",
		  "criteria.conditions[0].value" },
		{ "{\"conditions\":[{\"field\":\"response\",\"op\":\"is\"}]}",
		  "criteria.conditions[0].op" },
		{ "{\"conditions\":[{\"field\":\"response\",\"op\":\"sent\","
		  "\"campaign_id\":\"x\"}]}",
		  "criteria.conditions[0].campaign_id" },
		{ "{\"conditions\":[{\"field\":\"response\",\"op\":\"opened\","
		  "\"url\":\"https://a.example/\"}]}",
		  "criteria.conditions[0].url" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(parse(w, cases[i].json, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
	}
}

static void what_there_is_not_is_a_mistake_of_today_only(void **state)
{
	static const struct {
		const char *condition;
		const char *field; /* that is wrong; NULL: none */
	} cases[] = {
		{ "\"field\":\"company_id\",\"op\":\"is\",\"value\":1", NULL },
		{ "\"field\":\"company_id\",\"op\":\"is\",\"value\":99",
		  "value" },
		{ "\"field\":\"company_id\",\"op\":\"not\",\"value\":\"99\"",
		  "value" },
		{ "\"field\":\"company_id\",\"op\":\"less\",\"value\":99",
		  NULL },
		{ "\"field\":\"company_id\",\"op\":\"blank\"", NULL },
		{ "\"field\":\"company.id\",\"op\":\"is\",\"value\":8", NULL },
		{ "\"field\":\"company.id\",\"op\":\"is\",\"value\":-1",
		  "value" },
		{ "\"field\":\"import_id\",\"op\":\"is\",\"value\":1",
		  "value" },
		{ "\"field\":\"import_id\",\"op\":\"greater\",\"value\":1",
		  NULL },
		{ "\"field\":\"company.import_id\",\"op\":\"not\",\"value\":1",
		  "value" },
		{ "\"field\":\"response\",\"op\":\"sent\",\"campaign_id\":9",
		  "campaign_id" },
		{ "\"field\":\"response\",\"op\":\"not_opened\","
		  "\"campaign_id\":9",
		  "campaign_id" },
		{ "\"field\":\"response\",\"op\":\"sent\"", NULL },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *json =
			arena_printf(w->arena, "{\"conditions\":[{%s}]}",
				     cases[i].condition);
		struct err err = ERR_INIT, none = ERR_INIT;
		struct criteria *c;
		int ret = parse(w, json, &err);

		assert_int_equal(ret, cases[i].field ? -1 : 0);
		if (cases[i].field)
			assert_string_equal(
				err.field,
				arena_printf(w->arena,
					     "criteria.conditions[0].%s",
					     cases[i].field));
		must(criteria_parse_text(w->fixture.crm, ENTITY_PERSON, json, 1,
					 w->arena, &c, &none),
		     &none);
	}
}

static void depth_and_number_are_limited(void **state)
{
	CLEANUP(strbuf_release) struct strbuf deep = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf wide = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct world *w = *state;

	for (int i = 0; i <= CRITERIA_DEPTH_MAX; i++)
		strbuf_addstr(&deep, "{\"conditions\":[");
	for (int i = 0; i <= CRITERIA_DEPTH_MAX; i++)
		strbuf_addstr(&deep, "]}");
	assert_int_equal(parse(w, deep.buf, &err), -1);

	strbuf_addstr(&wide, "{\"conditions\":[");
	for (int i = 0; i < CRITERIA_CONDITIONS_MAX; i++)
		strbuf_addf(&wide, "%s{\"field\":\"city\",\"op\":\"blank\"}",
			    i ? "," : "");
	strbuf_addstr(&wide, "]}");
	assert_int_equal(parse(w, wide.buf, &err), 0);
	strbuf_truncate(&wide, wide.len - 2);
	strbuf_addstr(&wide, ",{\"field\":\"city\",\"op\":\"blank\"}]}");
	assert_int_equal(parse(w, wide.buf, &err), -1);
}

static void the_deepest_place_is_named_whole(void **state)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf place = STRBUF_INIT;
	struct err err = ERR_INIT;

	strbuf_addstr(&place, "criteria");
	for (int i = 0; i < CRITERIA_DEPTH_MAX; i++) {
		strbuf_addstr(&json, "{\"conditions\":[");
		for (int n = 0; n < 10; n++)
			strbuf_addstr(&json,
				      "{\"field\":\"city\",\"op\":\"blank\"},");
		strbuf_addstr(&place, ".conditions[10]");
	}
	strbuf_addstr(&json, "{\"field\":\"response\",\"op\":\"sent\","
			     "\"campaign_id\":9}");
	for (int i = 0; i < CRITERIA_DEPTH_MAX; i++)
		strbuf_addstr(&json, "]}");
	strbuf_addstr(&place, ".campaign_id");
	assert_int_equal(parse(*state, json.buf, &err), -1);
	assert_string_equal(err.field, place.buf);
}

static void without_conditions_everybody_fits(void **state)
{
	static const char *const texts[] = { NULL, "{}", "{\"conditions\":[]}",
					     "{\"match\":\"any\"}" };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(vec_release) struct ids ids = VEC_INIT;
		struct err err = ERR_INIT;
		struct criteria *c;

		must(criteria_parse_text(w->fixture.crm, ENTITY_PERSON,
					 texts[i], clock_now_ms(), w->arena, &c,
					 &err),
		     &err);
		select_ids(w, c, CRITERIA_SET, &ids);
		assert_int_equal(ids.n, PEOPLE);
	}
}

static void companies_and_leads_have_their_own_fields(void **state)
{
	static const char text[] = "{\"conditions\":[{\"field\":\"name\","
				   "\"op\":\"is\",\"value\":\"BERN\"}]}";
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;
	struct world *w = *state;
	struct criteria *c;
	size_t n = 0;

	must(criteria_parse_text(w->fixture.crm, ENTITY_COMPANY, text,
				 clock_now_ms(), w->arena, &c, &err),
	     &err);
	select_ids(w, c, CRITERIA_SET, &ids);
	for (int i = 0; i < COMPANIES; i++)
		n += strcmp(fold(w, w->companies[i].name), "bern") == 0;
	assert_int_equal(ids.n, n);
	assert_int_equal(
		criteria_parse_text(w->fixture.crm, ENTITY_COMPANY,
				    "{\"conditions\":[{\"field\":"
				    "\"first_name\",\"op\":\"blank\"}]}",
				    clock_now_ms(), w->arena, &c, &err),
		-1);
	must(criteria_parse_text(w->fixture.crm, ENTITY_LEAD,
				 "{\"conditions\":[{\"field\":\"status\","
				 "\"op\":\"is\",\"value\":\"new\"},"
				 "{\"field\":\"response\",\"op\":\"sent\"}]}",
				 clock_now_ms(), w->arena, &c, &err),
	     &err);
	vec_reset(&ids);
	select_ids(w, c, CRITERIA_SET, &ids);
	assert_int_equal(ids.n, 0);
}

int main(void)
{
	const struct CMUnitTest list[] = {
		cmocka_unit_test(sql_selects_whom_a_plain_evaluation_selects),
		cmocka_unit_test(each_single_condition_agrees_too),
		cmocka_unit_test(the_largest_criteria_agree_too),
		cmocka_unit_test(mistakes_are_found_at_their_place),
		cmocka_unit_test(what_there_is_not_is_a_mistake_of_today_only),
		cmocka_unit_test(depth_and_number_are_limited),
		cmocka_unit_test(the_deepest_place_is_named_whole),
		cmocka_unit_test(without_conditions_everybody_fits),
		cmocka_unit_test(companies_and_leads_have_their_own_fields),
		cmocka_unit_test(times_move_with_the_calendar),
		cmocka_unit_test(birthdays_come_round),
	};

	return cmocka_run_group_tests(list, open_world, free_world);
}
