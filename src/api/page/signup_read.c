/*
 * From what was typed into a sign-up form to the body that member_apply takes,
 * or to what is wrong with it. Any worker.
 */
#include "api/page/signup_page.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text/shown_text.h"
#include "base/utf8.h"
#include "delivery/delivery.h"
#include "delivery/track.h"
#include "delivery/track_token.h"

#include <string.h>

#define BODY_MAX (256 << 10)     /* of a form that people fill in */
#define TYPED_MAX 1000           /* bytes that are shown again, or checked */
#define QUICK_MS (2 * MS_SECOND) /* no person fills in a form so fast */

/* --- what was typed --- */

int signup_check_body(const struct request *rq, struct err *err)
{
	if (rq->body.len > BODY_MAX)
		return err_title(err, ERR_LIMIT, "Content Too Large",
				 "a form has at most %d bytes", BODY_MAX);
	if (strcmp(rq->content_type, "application/x-www-form-urlencoded") != 0)
		return err_title(err, ERR_INVALID, "Unsupported Media Type",
				 "a form is application/"
				 "x-www-form-urlencoded");
	return 0;
}

/* What comes along by copying, and nobody sees, is nobody's mistake. */
static const char *without_unshown(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;

	if (!shown_text_fault(str_of(text), SHOWN_LINES))
		return text;
	shown_text_add(str_of(text), &shown);
	return arena_str(arena, strbuf_str(&shown));
}

const char *signup_typed(const struct signup_page *page, const char *name)
{
	struct request *rq = page->rq;
	const char *text =
		page->known
			? json_string_value(json_object_get(page->known, name))
		: rq->method == HTTP_POST ? request_form(rq, name)
					  : request_query(rq, name);
	struct str s;

	if (!text || !page->stamp)
		return "";
	text = without_unshown(text, rq->arena);
	s = str_of(text);
	if (s.len <= TYPED_MAX)
		return text;
	return arena_strndup(rq->arena, text, utf8_prefix(s, TYPED_MAX));
}

const char *signup_typed_part(const struct signup_page *page, const char *name,
			      const char *part)
{
	return signup_typed(
		page, arena_printf(page->rq->arena, "%s[%s]", name, part));
}

bool signup_chose(const struct signup_page *page,
		  const struct interest_category *category,
		  const struct interest *interest)
{
	struct arena *arena = page->rq->arena;
	const char *group = arena_printf(arena, "group[%s]", category->hex);

	if (interest_form_is_single(category->form))
		return strcmp(signup_typed(page, group), interest->hex) == 0;
	return *signup_typed_part(page, group, interest->hex) != '\0';
}

bool signup_permits(const struct signup_page *page,
		    const struct interest *permission)
{
	return *signup_typed_part(page, "gdpr", permission->hex) != '\0';
}

bool signup_is_trapped(const struct signup_page *page)
{
	return *signup_typed(page, arena_printf(page->rq->arena, "b_%s_%s",
						page->account, page->list.hex));
}

/* --- time stamps --- */

static const struct track_keys *keys_of(const struct signup_page *page)
{
	return track_signing_keys(delivery_track(api_of(page->rq)->delivery));
}

const char *signup_new_stamp(const struct signup_page *page)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const struct track_token token = { .purpose = TRACK_FORM,
					   .campaign_id = page->rq->now_ms,
					   .member_id = page->list.id,
					   .link_id = signup_words_mark(page) };

	track_token_format(keys_of(page), &token, &out);
	return arena_str(page->rq->arena, strbuf_str(&out));
}

enum signup_age signup_age(const struct signup_page *page)
{
	const char *text = signup_typed(page, "shown");
	struct track_token token;
	int64_t age_ms;

	if (!track_token_parse(keys_of(page), str_of(text), TRACK_FORM,
			       &token) ||
	    token.member_id != page->list.id)
		return SIGNUP_STRANGE;
	age_ms = page->rq->now_ms - token.campaign_id;
	if (age_ms < QUICK_MS)
		return SIGNUP_TOO_QUICK;
	return age_ms > MS_DAY || token.link_id != signup_words_mark(page)
		       ? SIGNUP_STALE /* and nobody agrees to other words */
		       : SIGNUP_FINE;
}

/* --- values --- */

static void add_wrong(struct signup_page *page, const char *name,
		      enum reader_text text)
{
	vec_push(&page->wrong, ((struct signup_wrong){ name, text }));
}

static json_t *read_address(const struct signup_page *page, const char *tag)
{
	json_t *address = json_object();

	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++)
		json_object_set_new(
			address, merge_address_parts[i],
			json_string(signup_typed_part(page, tag,
						      merge_address_parts[i])));
	return address;
}

/* Parts with something between them; "" if all are empty. */
static const char *join(const struct signup_page *page, const char *tag,
			const char *const *parts, const char *between)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	bool any = false;

	for (; *parts; parts++) {
		const char *part = signup_typed_part(page, tag, *parts);

		any |= *part != '\0';
		if (out.len)
			strbuf_addstr(&out, between);
		strbuf_addstr(&out, part);
	}
	return any ? arena_str(page->rq->arena, strbuf_str(&out)) : "";
}

static const char *read_text(const struct signup_page *page,
			     const struct merge_def *def)
{
	static const char *const date[] = { "year", "month", "day", NULL };
	static const char *const day[] = { "month", "day", NULL };
	static const char *const phone[] = { "area", "detail1", "detail2",
					     NULL };
	const char *text = signup_typed(page, def->tag);

	if (!*text)
		text = signup_typed(page,
				    arena_printf(page->rq->arena, "MERGE%lld",
						 (long long)def->id));
	if (*text)
		return text;
	switch (def->type) {
	case MERGE_TYPE_DATE:
		return join(page, def->tag, date, "-");
	case MERGE_TYPE_BIRTHDAY:
		return join(page, def->tag, day, "/");
	case MERGE_TYPE_PHONE:
		return join(page, def->tag, phone, "-");
	default:
		return text;
	}
}

static enum reader_text what_it_needs(const struct merge_def *def)
{
	switch (def->type) {
	case MERGE_TYPE_NUMBER:
		return READER_NEED_NUMBER;
	case MERGE_TYPE_ADDRESS:
		return READER_NEED_ADDRESS;
	case MERGE_TYPE_DATE:
		return READER_NEED_DATE;
	case MERGE_TYPE_URL:
	case MERGE_TYPE_IMAGEURL:
		return READER_NEED_URL;
	case MERGE_TYPE_RADIO:
	case MERGE_TYPE_DROPDOWN:
		return READER_NEED_CHOICE;
	case MERGE_TYPE_BIRTHDAY:
		return READER_NEED_DAY;
	default:
		return READER_NEED_VALUE;
	}
}

static enum reader_text reason_of(const struct merge_def *def,
				  const json_t *given)
{
	const char *text = json_string_value(given);

	if (text && strlen(text) > MERGE_TEXT_MAX)
		return READER_TOO_LONG;
	return text && !*text ? READER_NEED_VALUE : what_it_needs(def);
}

static bool is_empty(const json_t *value)
{
	const char *part;
	json_t *text;

	if (!json_is_object(value))
		return !*json_string_value(value);
	json_object_foreach ((json_t *)value, part, text)
		if (*json_string_value(text))
			return false;
	return true;
}

/* Who comes back keeps what they did not fill in. */
static void drop_empty(const struct signup_page *page, json_t *given)
{
	vec_each (&page->fields, def)
		if (is_empty(json_object_get(given, def->tag)))
			json_object_del(given, def->tag);
}

/* Of a form that lacks it (none of radio buttons was pressed; a program left
 * it out) nothing is known. */
static bool is_in_form(const struct signup_page *page,
		       const struct merge_def *def)
{
	const char *part = def->type == MERGE_TYPE_ADDRESS
				   ? merge_address_parts[0]
			   : def->type == MERGE_TYPE_BIRTHDAY ? "day"
							      : NULL;

	return request_form(page->rq,
			    part ? arena_printf(page->rq->arena, "%s[%s]",
						def->tag, part)
				 : def->tag) != NULL;
}

static json_t *read_field(const struct signup_page *page,
			  const struct merge_def *def)
{
	json_t *address;

	if (def->type != MERGE_TYPE_ADDRESS)
		return json_string(read_text(page, def));
	address = read_address(page, def->tag);
	if (!page->member || !is_empty(address))
		return address;
	json_free(&address);
	return json_string("");
}

/* A value that is as it was need not fit what the field asks for by now. */
static bool is_unchanged(const struct signup_page *page,
			 const struct merge_def *def, const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct str stored =
		merge_value_raw(str_of(page->member->merge), def->id);

	json_dump(value, &text);
	return stored.len && str_eq(stored, strbuf_str(&text));
}

/* What member_apply takes of them is in *given afterwards. */
static void read_fields(struct signup_page *page, json_t *given)
{
	CLEANUP(strbuf_release) struct strbuf ignored = STRBUF_INIT;
	CLEANUP(vec_release) struct field_errors errors = VEC_INIT;
	const char *stored = page->member ? page->member->merge : "{}";

	vec_each (&page->fields, def) {
		CLEANUP(json_free) json_t *value = NULL;

		if (page->member && !is_in_form(page, def))
			continue;
		value = read_field(page, def);
		if (!page->member || !is_unchanged(page, def, value))
			json_object_set(given, def->tag, value);
	}
	merge_values_lay(&page->fields, stored, given, true, page->rq->arena,
			 &ignored, &errors);
	vec_each (&errors, e) {
		const struct merge_def *def =
			merge_defs_find(&page->fields, e->field);

		add_wrong(page, def->tag,
			  reason_of(def, json_object_get(given, def->tag)));
	}
	if (!page->member)
		drop_empty(page, given);
}

static bool chose_any(const struct signup_page *page,
		      const struct interest_category *category)
{
	vec_each (&page->interests, i)
		if (i->category_id == category->id &&
		    signup_chose(page, category, i))
			return true;
	return false;
}

/* The form says that none is wanted. */
static bool chose_none(const struct signup_page *page,
		       const struct interest_category *category)
{
	const char *name =
		arena_printf(page->rq->arena, "group[%s]", category->hex);
	const char *typed;

	if (!page->member || chose_any(page, category))
		return false;
	if (!interest_form_is_single(category->form))
		return true; /* of boxes that are not checked a form is silent
			      */
	typed = request_form(page->rq, name);
	return typed && !*typed;
}

/* Of several that exclude each other, one; who signs up takes nothing away. */
static json_t *read_interests(const struct signup_page *page)
{
	json_t *all = json_object();

	vec_each (&page->categories, category) {
		bool single = interest_form_is_single(category->form);
		bool any = chose_any(page, category);
		bool none = chose_none(page, category);

		vec_each (&page->interests, i) {
			bool chose = signup_chose(page, category, i);
			bool off = none || single || page->member;

			if (i->category_id == category->id && (any || none) &&
			    (chose || off))
				json_object_set_new(all, i->hex,
						    json_boolean(chose));
		}
	}
	return all;
}

/* Who signs up takes none back. */
static json_t *read_permissions(const struct signup_page *page)
{
	json_t *all = json_array();

	vec_each (&page->permissions, permission) {
		bool permits = signup_permits(page, permission);
		json_t *one;

		if (!permits && !page->member)
			continue;
		one = json_object();
		json_object_set_new(one, "marketing_permission_id",
				    json_string(permission->hex));
		json_object_set_new(one, "enabled", json_boolean(permits));
		json_array_append_new(all, one);
	}
	return all;
}

static const char *read_email(struct signup_page *page)
{
	const char *text = signup_typed(page, "EMAIL");
	struct err why = ERR_INIT;
	struct email email;

	if (!*text)
		text = signup_typed(page, "MERGE0");
	if (utf8_is_blank(text))
		add_wrong(page, "EMAIL", READER_NEED_VALUE);
	else if (email_parse(text, page->rq->arena, &email, &why) < 0)
		add_wrong(page, "EMAIL", READER_NEED_EMAIL);
	return text;
}

int signup_read(struct signup_page *page, json_t **body_out, struct err *err)
{
	CLEANUP(json_free) json_t *body = json_object();
	json_t *fields = json_object();
	bool text_only = strcmp(signup_typed(page, "EMAILTYPE"), "text") == 0;

	(void)err;
	if (!page->member)
		json_object_set_new(body, "email_address",
				    json_string(read_email(page)));
	read_fields(page, fields);
	json_object_set_new(body, "merge_fields", fields);
	json_object_set_new(body, "interests", read_interests(page));
	json_object_set_new(body, "marketing_permissions",
			    read_permissions(page));
	if (page->list.email_type_option)
		json_object_set_new(body, "email_type",
				    json_string(text_only ? "text" : "html"));
	if (!page->member) {
		json_object_set_new(body, "language",
				    json_string(page->language->tag));
		json_object_set_new(body, "ip_signup",
				    json_string(page->rq->client_ip));
	}
	*body_out = TAKE(body);
	return 0;
}
