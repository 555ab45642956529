/*
 * Conditions of the API to conditions that can be evaluated. Called when a
 * segment is stored and when it is used; any thread.
 */
#include "audience/condition/condition_reader.h"
#include "audience/segment.h"
#include "audience/side/mail_client.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define INTERESTS_FIELD "interests-"

static const struct condition_op text_ops[] = {
	{ "is", TEST_IS, false },
	{ "not", TEST_IS, true },
	{ "contains", TEST_CONTAINS, false },
	{ "notcontain", TEST_CONTAINS, true },
	{ "starts", TEST_STARTS, false },
	{ "ends", TEST_ENDS, false },
	{ "greater", TEST_GREATER, false },
	{ "less", TEST_LESS, false },
	{ "blank", TEST_BLANK, false },
	{ "blank_not", TEST_BLANK, true },
	CONDITION_OP_END
};
static const struct condition_op number_ops[] = {
	{ "is", TEST_IS, false },
	{ "not", TEST_IS, true },
	{ "greater", TEST_GREATER, false },
	{ "less", TEST_LESS, false },
	{ "blank", TEST_BLANK, false },
	{ "blank_not", TEST_BLANK, true },
	CONDITION_OP_END
};
static const struct condition_op address_ops[] = {
	{ "contains", TEST_CONTAINS, false },
	{ "notcontain", TEST_CONTAINS, true },
	{ "blank", TEST_BLANK, false },
	{ "blank_not", TEST_BLANK, true },
	CONDITION_OP_END
};
static const struct condition_op birthday_ops[] = {
	{ "is", TEST_IS, false },
	{ "not", TEST_IS, true },
	{ "blank", TEST_BLANK, false },
	{ "blank_not", TEST_BLANK, true },
	CONDITION_OP_END
};
static const struct condition_op plain_ops[] = { { "is", TEST_IS, false },
						 { "not", TEST_IS, true },
						 { "greater", TEST_GREATER,
						   false },
						 { "less", TEST_LESS, false },
						 CONDITION_OP_END };
static const struct condition_op same_ops[] = { { "is", TEST_IS, false },
						{ "not", TEST_IS, true },
						CONDITION_OP_END };
static const struct condition_op vip_ops[] = { { "member", TEST_IS, false },
					       { "notmember", TEST_IS, true },
					       CONDITION_OP_END };
static const struct condition_op source_ops[] = {
	{ "source_is", TEST_IS, false },
	{ "source_not", TEST_IS, true },
	CONDITION_OP_END
};
static const struct condition_op client_ops[] = {
	{ "client_is", TEST_IS, false },
	{ "client_not", TEST_IS, true },
	CONDITION_OP_END
};
static const struct condition_op static_ops[] = {
	{ "static_is", TEST_IS, false },
	{ "static_not", TEST_IS, true },
	CONDITION_OP_END
};

static const char *lower_case(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_lower(str_of(text), &out);
	return arena_str(arena, strbuf_str(&out));
}

static int take_text(struct condition_reader *r, enum condition_kind kind,
		     const struct condition_op *ops)
{
	const char *text = "";

	r->out->kind = kind;
	if (condition_take_op(r, ops) < 0)
		return -1;
	if (r->out->test != TEST_BLANK && condition_need_text(r, &text) < 0)
		return -1;
	r->out->text = lower_case(text, r->arena);
	return 0;
}

/* --- merge fields --- */

static int take_date_field(struct condition_reader *r)
{
	const char *text;
	int y, m, d;

	r->out->kind = CONDITION_TEXT;
	if (condition_take_op(r, number_ops) < 0)
		return -1;
	if (r->out->test == TEST_BLANK) {
		r->out->text = "";
		return 0;
	}
	if (condition_need_text(r, &text) < 0)
		return -1;
	if (!condition_read_date(text, &y, &m, &d))
		return condition_wrong(r, "value", "should be a date");
	r->out->needs_text = r->out->test != TEST_IS;
	r->out->text = arena_printf(r->arena, "%04d-%02d-%02d", y, m, d);
	return 0;
}

static int take_birthday(struct condition_reader *r)
{
	const char *text;
	char rest;
	int m, d;

	if (take_text(r, CONDITION_TEXT, birthday_ops) < 0)
		return -1;
	if (r->out->test == TEST_BLANK)
		return 0;
	text = r->out->text;
	if (sscanf(text, "%2d/%2d%c", &m, &d, &rest) != 2 ||
	    !date_is_valid(2000, m, d))
		return condition_wrong(r, "value",
				       "should be a birthday as MM/DD");
	r->out->text = arena_printf(r->arena, "%02d/%02d", m, d);
	return 0;
}

static int take_number(struct condition_reader *r)
{
	const char *text;

	r->out->kind = CONDITION_NUMBER;
	if (condition_take_op(r, number_ops) < 0)
		return -1;
	if (r->out->test == TEST_BLANK)
		return 0;
	if (condition_need_text(r, &text) < 0)
		return -1;
	if (!str_to_double(str_trim(str_of(text)), &r->out->number))
		return condition_wrong(r, "value", "should be a number");
	return 0;
}

/* What the API calls a condition on such a field. */
static const char *merge_condition_type(enum merge_type type)
{
	switch (type) {
	case MERGE_TYPE_ADDRESS:
		return "AddressMerge";
	case MERGE_TYPE_DATE:
		return "DateMerge";
	case MERGE_TYPE_BIRTHDAY:
		return "BirthdayMerge";
	case MERGE_TYPE_RADIO:
	case MERGE_TYPE_DROPDOWN:
		return "SelectMerge";
	default:
		return "TextMerge";
	}
}

/* So many miles around a zip code. How far two lie apart nobody knows here: it
 * is those in it, "30318" and "30318-1234", and nobody else by a guess. */
static int take_zip(struct condition_reader *r)
{
	const char *zip = condition_text(r, "extra");
	double miles;

	if (condition_need_number(r, "value", &miles) < 0)
		return -1;
	if (!(miles >= 0))
		return condition_wrong(r, "value",
				       "should be a number of miles");
	if (!zip || str_trim(str_of(zip)).len == 0)
		return condition_wrong(r, "extra", "should be a zip code");
	r->out->type = "ZipMerge";
	r->out->kind = CONDITION_TEXT;
	r->out->test = TEST_STARTS;
	r->out->text = lower_case(arena_str(r->arena, str_trim(str_of(zip))),
				  r->arena);
	return 0;
}

static int take_merge(struct condition_reader *r, const struct merge_def *def)
{
	bool is_around = strcmp(r->op, "geoin") == 0;

	r->out->merge_id = def->id;
	if (is_around && def->type == MERGE_TYPE_ZIP)
		return take_zip(r);
	r->out->type = merge_condition_type(def->type);
	switch (def->type) {
	case MERGE_TYPE_NUMBER:
		return take_number(r);
	case MERGE_TYPE_ADDRESS:
		return take_text(r, CONDITION_ADDRESS, address_ops);
	case MERGE_TYPE_DATE:
		return take_date_field(r);
	case MERGE_TYPE_BIRTHDAY:
		return take_birthday(r);
	default:
		return take_text(r, CONDITION_TEXT, text_ops);
	}
}

static const struct merge_def *find_field(const struct condition_reader *r)
{
	const struct merge_def *def = merge_defs_find(r->defs, r->field);
	const char *digits = r->field;
	int64_t id;

	if (def)
		return def;
	if (*digits == 'M' && digits[1] == 'M')
		digits++;
	if (strncmp(digits, "MERGE", 5) != 0 || !text_to_int(digits + 5, &id))
		return NULL;
	vec_each (r->defs, other)
		if (other->id == id)
			return other;
	return NULL;
}

/* --- the rest --- */

static int take_static(struct condition_reader *r)
{
	struct segment segment;

	r->out->kind = CONDITION_STATIC;
	if (condition_take_op(r, static_ops) < 0 ||
	    condition_need_int(r, &r->out->id) < 0)
		return -1;
	if (segment_get(r->db, r->list_id, r->out->id, r->arena, &segment,
			r->err) < 0)
		return r->err->code == ERR_NOT_FOUND
			       ? condition_wrong(r, "value",
						 "is no tag of this list")
			       : -1;
	if (segment.kind != SEGMENT_STATIC)
		return condition_wrong(r, "value", "is no tag of this list");
	return 0;
}

static int take_aim(struct condition_reader *r)
{
	static const struct {
		const char *op;
		enum condition_kind kind;
		bool negated;
	} ops[] = {
		{ "open", CONDITION_OPENED, false },
		{ "click", CONDITION_CLICKED, false },
		{ "sent", CONDITION_SENT, false },
		{ "noopen", CONDITION_OPENED, true },
		{ "noclick", CONDITION_CLICKED, true },
		{ "nosent", CONDITION_SENT, true },
	};
	const char *value = condition_text(r, "value");
	struct condition *c = r->out;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i].op, r->op) != 0)
			continue;
		c->kind = ops[i].kind;
		c->negated = ops[i].negated;
		/* "Did not open" is about those who got it. */
		c->among_sent = c->negated && c->kind != CONDITION_SENT;
		if (!value || strcmp(value, "any") == 0)
			return 0;
		if (!text_to_int(value, &c->id) || c->id <= 0)
			return condition_wrong(
				r, "value",
				"should be any, or a campaign's web_id");
		return 0;
	}
	return condition_wrong(r, "op", "is no operator of this field");
}

static int take_rating(struct condition_reader *r)
{
	r->out->kind = CONDITION_RATING;
	if (condition_take_op(r, plain_ops) < 0)
		return -1;
	return condition_need_int(r, &r->out->id);
}

static int take_vip(struct condition_reader *r)
{
	r->out->kind = CONDITION_VIP;
	return condition_take_op(r, vip_ops);
}

static int take_opt(struct condition_reader *r)
{
	return condition_take_time(r, CONDITION_OPT);
}

static int take_changed(struct condition_reader *r)
{
	return condition_take_time(r, CONDITION_CHANGED);
}

/* Nobody ordered anything. */
static int take_ordered(struct condition_reader *r)
{
	if (condition_take_time(r, CONDITION_NEVER) < 0)
		return -1;
	if (r->out->test == TEST_BLANK)
		r->out->negated = !r->out->negated;
	r->out->test = TEST_IS;
	return 0;
}

static int take_language(struct condition_reader *r)
{
	return take_text(r, CONDITION_LANGUAGE, same_ops);
}

static int take_source(struct condition_reader *r)
{
	return take_text(r, CONDITION_SOURCE, source_ops);
}

/* Nobody has one that is not known. */
/* A name, and nothing else that could be read as one. */
static int take_client(struct condition_reader *r)
{
	const json_t *value = json_object_get(r->json, "value");

	if (!json_is_string(value) || json_string_length(value) == 0)
		return condition_wrong(r, "value",
				       "should be the name of a mail program");
	if (take_text(r, CONDITION_CLIENT, client_ops) < 0)
		return -1;
	r->out->id = mail_client_parse(r->out->text);
	return 0;
}

static int take_email(struct condition_reader *r)
{
	if (strncmp(r->op, "blank", 5) == 0)
		return condition_wrong(r, "op", "is no operator of this field");
	if (strcmp(r->field, "MERGE0") == 0)
		r->out->field = "merge0";
	return take_text(r, CONDITION_EMAIL, text_ops);
}

/* Fields by name, and the types that a client may call them. */
static const struct {
	const char *field;
	int (*take)(struct condition_reader *r);
	const char *types[6];
} fields[] = {
	{ "aim", take_aim, { "Aim" } },
	{ "timestamp_opt", take_opt, { "Date", "NewSubscribers" } },
	{ "info_changed", take_changed, { "Date" } },
	{ "ecomm_date", take_ordered, { "Date" } },
	{ "static_segment", take_static, { "StaticSegment" } },
	{ "rating", take_rating, { "MemberRating" } },
	{ "gmonkey", take_vip, { "VIP" } },
	{ "language", take_language, { "Language" } },
	{ "source", take_source, { "SignupSource" } },
	{ "email_client", take_client, { "EmailClient" } },
	{ "automation", condition_take_automation, { "Automation" } },
	{ "fuzzy_segment", condition_take_fuzzy, { "FuzzySegment" } },
	{ "ipgeo",
	  condition_take_place,
	  { "IPGeoCountryState", "IPGeoIn", "IPGeoInZip", "IPGeoUnknown",
	    "IPGeoZip" } },
	{ "EMAIL", take_email, { "EmailAddress", "TextMerge" } },
	{ "merge0", take_email, { "EmailAddress", "TextMerge" } },
	{ "MERGE0", take_email, { "EmailAddress", "TextMerge" } },
};

static bool is_type_of(const char *type, const char *const types[6])
{
	if (!*type)
		return true;
	for (size_t i = 0; i < 6 && types[i]; i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static int take_field(struct condition_reader *r)
{
	static const char *const merges[] = { "TextMerge",    "SelectMerge",
					      "DateMerge",    "BirthdayMerge",
					      "AddressMerge", "ZipMerge" };
	const struct merge_def *def;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(fields[i].field, r->field) != 0)
			continue;
		if (!is_type_of(r->type, fields[i].types))
			return condition_wrong(r, "condition_type",
					       "does not fit the field");
		r->out->type = fields[i].types[0];
		if (strcmp(r->type, "NewSubscribers") == 0 ||
		    strcmp(r->op, "date_within") == 0)
			r->out->type = "NewSubscribers";
		return fields[i].take(r);
	}
	if (strncmp(r->field, INTERESTS_FIELD, strlen(INTERESTS_FIELD)) == 0)
		return *r->type && strcmp(r->type, "Interests") != 0
			       ? condition_wrong(r, "condition_type",
						 "does not fit the field")
			       : condition_take_interests(
					 r, r->field + strlen(INTERESTS_FIELD));
	def = find_field(r);
	if (!def)
		return condition_wrong(r, "field", "is no field of this list");
	for (size_t i = 0; *r->type && i < ARRAY_SIZE(merges); i++)
		if (strcmp(merges[i], r->type) == 0)
			return take_merge(r, def);
	return *r->type ? condition_wrong(r, "condition_type",
					  "does not fit the field")
			: take_merge(r, def);
}

static int parse_one(struct condition_reader *r)
{
	static const struct {
		const char *type, *field;
	} usual[] = { { "Aim", "aim" },
		      { "NewSubscribers", "timestamp_opt" },
		      { "VIP", "gmonkey" },
		      { "MemberRating", "rating" },
		      { "EmailClient", "email_client" },
		      { "Language", "language" },
		      { "SignupSource", "source" },
		      { "EmailAddress", "EMAIL" },
		      { "Automation", "automation" },
		      { "FuzzySegment", "fuzzy_segment" },
		      { "IPGeoCountryState", "ipgeo" },
		      { "IPGeoIn", "ipgeo" },
		      { "IPGeoInZip", "ipgeo" },
		      { "IPGeoUnknown", "ipgeo" },
		      { "IPGeoZip", "ipgeo" },
		      { "StaticSegment", "static_segment" } };
	const char *foreign;

	r->type = r->field = r->op = "";
	if (!json_is_object(r->json))
		return condition_wrong(r, "field",
				       "a condition should be an object");
	if (json_get_text(r->json, "condition_type", &r->type, r->err) < 0 ||
	    json_get_text(r->json, "field", &r->field, r->err) < 0 ||
	    json_get_text(r->json, "op", &r->op, r->err) < 0)
		return -1;
	foreign = condition_foreign_type(r->type, r->field);
	if (foreign)
		return condition_wrong(
			r, "condition_type",
			arena_printf(r->arena,
				     "%s is nothing that is known "
				     "of members here",
				     foreign));
	for (size_t i = 0; !*r->field && i < ARRAY_SIZE(usual); i++)
		if (strcmp(usual[i].type, r->type) == 0)
			r->field = usual[i].field;
	if (!*r->field)
		return condition_wrong(r, "field",
				       "This value should not be blank.");
	r->out->field = r->field;
	return take_field(r);
}

static int read_match(const struct condition_reader *r, const json_t *opts,
		      bool *any)
{
	const char *match = "all";

	if (json_get_text(opts, "match", &match, r->err) < 0)
		return -1;
	*any = strcmp(match, "any") == 0;
	if (!*any && strcmp(match, "all") != 0)
		return err_field(r->err,
				 arena_printf(r->arena, "%s.match", r->where),
				 "should be any or all");
	return 0;
}

/* How many there are below, those of groups too. */
static size_t count_conditions(const json_t *conditions)
{
	size_t n = 0, i;
	const json_t *item;

	json_array_foreach (conditions, i, item) {
		const json_t *within = json_object_get(item, "conditions");

		n += json_is_array(within) ? json_array_size(within) : 1;
	}
	return n;
}

static int parse_tree(struct condition_reader *r, const json_t *opts, int depth,
		      struct condition_tree *out);

static int parse_group(struct condition_reader *r, int depth)
{
	struct condition *c = r->out;

	if (depth + 1 >= SEGMENT_DEPTH_MAX)
		return condition_wrong(r, "conditions",
				       "a group of conditions holds no other "
				       "groups");
	c->kind = CONDITION_GROUP;
	c->group = arena_new_of(r->arena, struct condition_tree);
	if (parse_tree(r, r->json, depth + 1, c->group) < 0)
		return -1;
	if (c->group->n == 0)
		return condition_wrong(r, "conditions",
				       "This value should not be blank.");
	return 0;
}

static int parse_tree(struct condition_reader *r, const json_t *opts, int depth,
		      struct condition_tree *out)
{
	const char *where = r->where;
	const json_t *conditions = NULL;

	*out = (struct condition_tree){ .any = false };
	if (read_match(r, opts, &out->any) < 0 ||
	    json_get_array(opts, "conditions", &conditions, r->err) < 0)
		return -1;
	out->n = json_array_size(conditions);
	if (count_conditions(conditions) > SEGMENT_CONDITIONS_MAX ||
	    out->n > SEGMENT_CONDITIONS_MAX)
		return err_field(r->err, "options.conditions",
				 "may hold at most %d conditions",
				 SEGMENT_CONDITIONS_MAX);
	out->v = arena_array(r->arena, struct condition, out->n + 1);
	for (size_t i = 0; i < out->n; i++) {
		struct condition_reader one = *r;

		one.where = arena_printf(r->arena, "%s.conditions.item:%zu",
					 where, i);
		one.json = json_array_get(conditions, i);
		one.out = &out->v[i];
		one.out->text = "";
		if ((json_object_get(one.json, "conditions")
			     ? parse_group(&one, depth)
			     : parse_one(&one)) < 0)
			return -1;
	}
	return 0;
}

int segment_parse(struct db *db, int64_t list_id, const json_t *opts,
		  int64_t now_ms, struct arena *arena,
		  struct condition_tree *out, struct err *err)
{
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	struct condition_reader r = { .db = db,
				      .list_id = list_id,
				      .now_ms = now_ms,
				      .arena = arena,
				      .defs = &defs,
				      .where = "options",
				      .err = err };

	*out = (struct condition_tree){ .any = false };
	if (merge_field_list(db, list_id, arena, &defs, err) < 0)
		return -1;
	return parse_tree(&r, opts, 0, out);
}
