/*
 * From what was typed into a sign-up form to the body that member_apply takes,
 * or to what is wrong with it. Any worker.
 */
#include "api/page/signup_page.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "delivery/delivery.h"
#include "delivery/track.h"
#include "delivery/track_token.h"

#include <string.h>

#define TYPED_MAX 1000           /* bytes that are shown again, or checked */
#define QUICK_MS (2 * MS_SECOND) /* no person fills in a form so fast */

/* --- what was typed --- */

const char *signup_typed(const struct signup_page *page, const char *name)
{
	struct request *rq = page->rq;
	const char *text = rq->method == HTTP_POST ? request_form(rq, name)
						   : request_query(rq, name);
	struct str s = str_of(text);

	if (!text || !page->stamp)
		return "";
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
					   .member_id = page->list.id };

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
	return age_ms > MS_DAY ? SIGNUP_STALE : SIGNUP_FINE;
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

/* What member_apply takes of them is in *given afterwards. */
static void read_fields(struct signup_page *page, json_t *given)
{
	CLEANUP(strbuf_release) struct strbuf ignored = STRBUF_INIT;
	CLEANUP(vec_release) struct field_errors errors = VEC_INIT;

	vec_each (&page->fields, def) {
		json_t *value = def->type == MERGE_TYPE_ADDRESS
					? read_address(page, def->tag)
					: json_string(read_text(page, def));

		json_object_set_new(given, def->tag, value);
	}
	merge_values_lay(&page->fields, "{}", given, true, page->rq->arena,
			 &ignored, &errors);
	vec_each (&errors, e) {
		const struct merge_def *def =
			merge_defs_find(&page->fields, e->field);

		add_wrong(page, def->tag,
			  reason_of(def, json_object_get(given, def->tag)));
	}
	drop_empty(page, given);
}

/* Of several that exclude each other, one; nothing is taken away. */
static json_t *read_interests(const struct signup_page *page)
{
	json_t *all = json_object();

	vec_each (&page->categories, category) {
		bool single = interest_form_is_single(category->form);
		bool any = false;

		vec_each (&page->interests, i)
			any |= i->category_id == category->id &&
			       signup_chose(page, category, i);
		vec_each (&page->interests, i) {
			bool chose = signup_chose(page, category, i);

			if (i->category_id == category->id && any &&
			    (chose || single))
				json_object_set_new(all, i->hex,
						    json_boolean(chose));
		}
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
	json_object_set_new(body, "email_address",
			    json_string(read_email(page)));
	read_fields(page, fields);
	json_object_set_new(body, "merge_fields", fields);
	json_object_set_new(body, "interests", read_interests(page));
	if (page->list.email_type_option)
		json_object_set_new(body, "email_type",
				    json_string(text_only ? "text" : "html"));
	json_object_set_new(body, "language", json_string(page->language->tag));
	json_object_set_new(body, "ip_signup",
			    json_string(page->rq->client_ip));
	*body_out = TAKE(body);
	return 0;
}
