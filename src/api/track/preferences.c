/*
 * The preferences page behind a mail's link: what a reader is known by, and may
 * change. Handlers, also of the tracking listener; any worker.
 *
 * Whoever has the message has the link: the page shows the list's public fields
 * and no address. Looking at it changes nothing.
 */
#include "api/track/track_page.h"

#include "api/handlers.h"
#include "api/page/signup_page.h"
#include "audience/form/address_change.h"
#include "audience/side/side.h"
#include "base/arena.h"
#include "base/err.h"
#include "http/page.h"
#include "store/store.h"

#include <string.h>

/* Who opened the link. */
struct reader {
	struct track_page about;
	struct signup_page page;
	struct member member;
	json_t *known;
	bool has_asked; /* for mail at another address */
};

static void reader_release(struct reader *r)
{
	signup_page_release(&r->page);
	json_free(&r->known);
}

/* --- what is known --- */

static void know(struct reader *r, const char *name, const char *text)
{
	json_object_set_new(r->known, name, json_string(text));
}

static void know_part(struct reader *r, const struct merge_def *def,
		      const char *part, const char *text)
{
	know(r, arena_printf(r->page.rq->arena, "%s[%s]", def->tag, part),
	     text);
}

/* "07/09": as the options of its controls are. */
static void know_day(struct reader *r, const struct merge_def *def,
		     const char *text)
{
	struct str rest = str_of(text);
	int64_t month, day;

	if (!str_to_int(str_cut(&rest, '/'), &month) || !str_to_int(rest, &day))
		return;
	know_part(r, def, "month",
		  arena_printf(r->page.rq->arena, "%lld", (long long)month));
	know_part(r, def, "day",
		  arena_printf(r->page.rq->arena, "%lld", (long long)day));
}

static void know_field(struct reader *r, const struct merge_def *def,
		       const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf number = STRBUF_INIT;
	const char *text = json_string_value(value);
	const char *part;
	json_t *inner;

	if (json_is_object(value)) {
		json_object_foreach ((json_t *)value, part, inner)
			if (json_is_string(inner))
				know_part(r, def, part,
					  json_string_value(inner));
		return;
	}
	if (json_is_number(value)) {
		json_dump(value, &number);
		text = number.buf;
	}
	if (!text)
		return;
	know(r, def->tag, text);
	if (def->type == MERGE_TYPE_BIRTHDAY)
		know_day(r, def, text);
}

static int know_fields(struct reader *r, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *values = NULL;
	struct json_writer w = JSON_WRITER(&text);

	merge_values_write(&r->page.fields, str_of(r->member.merge), &w);
	if (json_parse(strbuf_str(&text), &values, err) < 0)
		return -1;
	vec_each (&r->page.fields, def)
		know_field(r, def, json_object_get(values, def->tag));
	return 0;
}

static void know_interest(struct reader *r, const struct interest *i)
{
	struct arena *arena = r->page.rq->arena;

	vec_each (&r->page.categories, category) {
		if (category->id != i->category_id)
			continue;
		if (interest_form_is_single(category->form))
			know(r, arena_printf(arena, "group[%s]", category->hex),
			     i->hex);
		else
			know(r,
			     arena_printf(arena, "group[%s][%s]", category->hex,
					  i->hex),
			     "1");
	}
}

static int know_interests(struct reader *r, struct err *err)
{
	CLEANUP(vec_release) struct member_interests chosen = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (member_interests_list(r->page.db,
				  sql_keys_strided(&r->member.id, 1, 0, &keys),
				  &chosen, err) < 0)
		return -1;
	vec_each (&chosen, c) {
		vec_each (&r->page.interests, i)
			if (i->id == c->interest_id)
				know_interest(r, i);
		vec_each (&r->page.permissions, p)
			if (p->id == c->interest_id)
				know(r,
				     arena_printf(r->page.rq->arena, "gdpr[%s]",
						  p->hex),
				     "Y");
	}
	return 0;
}

/* From here on the page shows that. */
static int know_all(struct reader *r, struct err *err)
{
	struct arena *arena = r->page.rq->arena;

	json_free(&r->known);
	r->known = json_object();
	if (member_get_by_id(r->page.db, r->member.id, arena, &r->member, err) <
		    0 ||
	    know_fields(r, err) < 0 || know_interests(r, err) < 0)
		return -1;
	know(r, "EMAILTYPE", r->member.text_only ? "text" : "html");
	know(r, "language", r->member.language);
	r->page.known = r->known;
	r->page.stamp = signup_new_stamp(&r->page);
	return 0;
}

/* 1: they are there, with the address to which the message went; 0: there is
 * nothing to show to whoever has the link; -1. */
static int open_reader(struct request *rq, struct reader *r, struct err *err)
{
	struct track_page *about = &r->about;
	struct list list;
	struct db *db;

	if (track_page_find(rq, TRACK_PREFERENCES, about, err) < 0)
		return -1;
	if (!about->subject.member_id || !*about->subject.address)
		return 0;
	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &r->page.db, err) <
		    0 ||
	    member_get_by_id(r->page.db, about->subject.member_id, rq->arena,
			     &r->member, err) < 0)
		return -1;
	if (r->member.list_id < 0)
		return 0; /* forgotten */
	db = r->page.db;
	if (list_get_by_id(db, r->member.list_id, rq->arena, &list, err) < 0 ||
	    signup_page_load(rq, db, &list, &r->page, err) < 0)
		return -1;
	r->page.language = about->language;
	r->page.member = &r->member;
	return 1;
}

/* --- showing --- */

static void add_button(const struct reader *r, const char *name,
		       enum reader_text text, struct strbuf *out)
{
	strbuf_addf(out, "<p><button type=\"submit\" name=\"%s\" value=\"1\">",
		    name);
	strbuf_add_html(out, str_of(signup_text(&r->page, text)));
	strbuf_addstr(out, "</button></p>\n</form>\n");
}

static void add_stamp(const struct reader *r, struct strbuf *out)
{
	strbuf_addstr(out, "<input type=\"hidden\" name=\"shown\" value=\"");
	strbuf_add_html(out, str_of(r->page.stamp));
	strbuf_addstr(out, "\">\n");
}

static void add_option(const char *value, const char *name, bool is_chosen,
		       struct strbuf *out)
{
	strbuf_addf(out, "<option value=\"%s\"%s>", value,
		    is_chosen ? " selected" : "");
	strbuf_add_html(out, str_of(name));
	strbuf_addstr(out, "</option>\n");
}

/* Theirs may be none that is spoken here: it stays, unless they choose. */
static void add_language(const struct reader *r, struct strbuf *out)
{
	const struct reader_language *chosen =
		reader_language_find(signup_typed(&r->page, "language"));

	strbuf_addstr(out, "<div class=\"field\">\n<label for=\"language\">");
	strbuf_add_html(out, str_of(signup_text(&r->page, READER_LANGUAGE)));
	strbuf_addstr(out, "</label>\n<select id=\"language\" "
			   "name=\"language\">\n");
	if (!chosen)
		add_option("", signup_text(&r->page, READER_CHOOSE), true, out);
	for (int i = 0; i < READER_LANGUAGES; i++)
		add_option(reader_languages[i]->tag, reader_languages[i]->name,
			   reader_languages[i] == chosen, out);
	strbuf_addstr(out, "</select>\n</div>\n");
}

static void add_form(const struct reader *r, struct strbuf *out)
{
	strbuf_addstr(out, "<form method=\"post\" novalidate>\n");
	signup_write_fields(&r->page, out);
	add_language(r, out);
	add_stamp(r, out);
	add_button(r, "save", READER_SAVE, out);
}

/* Only the address itself can say that it is theirs. */
static void add_moving(const struct reader *r, struct strbuf *out)
{
	const struct signup_page *page = &r->page;
	bool is_wrong =
		page->wrong.n && strcmp(page->wrong.v[0].name, "address") == 0;

	strbuf_addstr(out, "<form method=\"post\" novalidate>\n<div "
			   "class=\"field\">\n<label for=\"address\">");
	strbuf_add_html(out, str_of(signup_text(page, READER_MOVE_NEW)));
	strbuf_addf(out,
		    "</label>\n<input id=\"address\" type=\"email\" "
		    "name=\"address\" dir=\"ltr\" autocomplete=\"email\"%s "
		    "value=\"",
		    is_wrong ? " aria-invalid=\"true\" aria-describedby="
			       "\"address-wrong\" autofocus"
			     : "");
	strbuf_add_html(out, str_of(signup_typed(page, "address")));
	strbuf_addstr(out, "\">\n");
	if (is_wrong) {
		strbuf_addstr(out, "<p class=\"wrong\" id=\"address-wrong\">");
		strbuf_add_html(out,
				str_of(signup_text(page, READER_NEED_EMAIL)));
		strbuf_addstr(out, "</p>\n");
	}
	strbuf_addstr(out, "</div>\n");
	add_stamp(r, out);
	add_button(r, "move", READER_MOVE, out);
}

/* Who is out by more than a link of a mail comes back by the form alone. */
static void add_coming_back(const struct reader *r, struct strbuf *out)
{
	const struct signup_page *page = &r->page;

	page_paragraph(out, signup_text(page, READER_IS_OUT));
	if (r->about.subject.may_take_back) {
		track_page_add_taking_back(page->rq, &r->about);
		return;
	}
	strbuf_addstr(out, "<p>");
	page_link(out,
		  arena_printf(page->rq->arena, "../../subscribe?u=%s&id=%s",
			       page->account, page->list.hex),
		  signup_text(page, READER_SIGN_UP));
	strbuf_addstr(out, "</p>\n");
}

static void add_notice(const struct reader *r, bool is_saved,
		       struct strbuf *out)
{
	const struct signup_page *page = &r->page;
	enum reader_text text = page->wrong.n     ? READER_FIX
				: page->once_more ? READER_ONCE_MORE
				: r->has_asked    ? READER_MOVE_ASKED
						  : READER_SAVED;
	bool is_good = !page->wrong.n && !page->once_more;

	if (is_good && !is_saved && !r->has_asked)
		return;
	strbuf_addf(out, "<p%s role=\"%s\">", is_good ? "" : " class=\"wrong\"",
		    is_good ? "status" : "alert");
	strbuf_add_html(out, str_of(signup_text(page, text)));
	strbuf_addstr(out, "</p>\n");
}

static int write_page(struct reader *r, bool is_saved, struct response *rs)
{
	struct strbuf *out = &rs->body;

	signup_begin(&r->page, signup_text(&r->page, READER_SUBSCRIPTION), rs);
	track_page_forbid_cache(rs);
	r->about.out = out;
	add_notice(r, is_saved, out);
	track_page_add_who(&r->about);
	if (r->about.subject.is_subscribed) {
		add_form(r, out);
		add_moving(r, out);
		page_paragraph(out,
			       signup_text(&r->page, READER_WANTS_NO_MORE));
		track_page_add_leaving(&r->about);
	} else {
		add_coming_back(r, out);
	}
	page_end(out);
	return 0;
}

int page_track_preferences(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(reader_release) struct reader r = { .page = { .rq = rq } };
	int has = open_reader(rq, &r, err);

	if (has < 0)
		return -1;
	if (!has)
		return track_page_show(rq, rs, TRACK_PREFERENCES, err);
	if (know_all(&r, err) < 0)
		return -1;
	return write_page(&r, false, rs);
}

/* --- changing --- */

static int save(struct reader *r, const json_t *body, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct request *rq = r->page.rq;
	char key[CONTACT_ID_HEX + 1];
	struct member_op op = { .mode = MEMBER_PATCH,
				.key = key,
				.body = body,
				.skip_merge_validation = true };
	const struct member_actor actor = { .source = SOURCE_USER,
					    .now_ms = rq->now_ms,
					    .ip = rq->client_ip };
	int ret;

	member_contact_id(r->member.id, key);
	if (tx_begin(r->page.db, &tx, err) < 0)
		return -1;
	ret = member_apply(&tx, &r->page.list, &op, 1, &actor, rq->arena, err);
	if (ret == 0 && op.outcome == MEMBER_REFUSED) {
		*err = op.err;
		ret = -1;
	}
	member_op_release(&op);
	if (ret < 0 || tx_commit(&tx, err) < 0)
		return -1;
	api_wake_audience(rq);
	return 0;
}

/* One that is the same but for a country ("pt_BR") stays. */
static void read_language(const struct reader *r, json_t *body)
{
	const struct reader_language *chosen =
		reader_language_find(signup_typed(&r->page, "language"));

	if (chosen && chosen != reader_language_find(r->member.language))
		json_object_set_new(body, "language", json_string(chosen->tag));
}

/* From here on the page is in the language that they chose. */
static void speak(struct reader *r)
{
	const struct reader_language *own =
		reader_language_find(r->member.language);

	if (own)
		r->about.language = r->page.language = own;
}

/* What was typed is shown again if it is wrong, or of a page that is old. */
static int save_form(struct reader *r, struct response *rs, struct err *err)
{
	CLEANUP(json_free) json_t *body = NULL;
	enum signup_age age = signup_age(&r->page);

	if (age == SIGNUP_STRANGE)
		return err_set(err, ERR_INVALID, "this needs the page's form");
	if (signup_read(&r->page, &body, err) < 0)
		return -1;
	r->page.once_more = age == SIGNUP_STALE;
	if (r->page.wrong.n || r->page.once_more) {
		r->page.stamp = signup_new_stamp(&r->page);
		rs->status = r->page.wrong.n ? 400 : 200;
		return write_page(r, false, rs);
	}
	read_language(r, body);
	if (save(r, body, err) < 0 || know_all(r, err) < 0)
		return -1;
	speak(r);
	return write_page(r, true, rs);
}

/* --- another address --- */

static int ask(struct reader *r, const char *address, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct request *rq = r->page.rq;
	const struct member_actor actor = { .source = SOURCE_USER,
					    .now_ms = rq->now_ms,
					    .ip = rq->client_ip };

	if (tx_begin(r->page.db, &tx, err) < 0 ||
	    address_change_ask(&tx, &r->member, address, r->page.language->tag,
			       &actor, rq->arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	api_wake_audience(rq);
	return 0;
}

/* The page says the same whatever is known of that address. */
static int move_form(struct reader *r, struct response *rs, struct err *err)
{
	const struct signup_wrong wrong = { "address", READER_NEED_EMAIL };
	const char *address = arena_strdup(r->page.rq->arena,
					   signup_typed(&r->page, "address"));

	if (signup_age(&r->page) == SIGNUP_STRANGE)
		return err_set(err, ERR_INVALID, "this needs the page's form");
	r->has_asked = ask(r, address, err) == 0;
	if (!r->has_asked && err->code != ERR_INVALID)
		return -1;
	if (know_all(r, err) < 0)
		return -1;
	if (!r->has_asked) {
		*err = (struct err)ERR_INIT;
		know(r, "address", address);
		vec_push(&r->page.wrong, wrong);
		rs->status = 400;
	}
	return write_page(r, false, rs);
}

int page_track_preferences_post(struct request *rq, struct response *rs,
				struct err *err)
{
	CLEANUP(reader_release) struct reader r = { .page = { .rq = rq } };
	int has;

	if (signup_check_body(rq, err) < 0)
		return -1;
	if (request_form(rq, "unsubscribe"))
		return track_page_leave(rq, rs, TRACK_PREFERENCES,
					track_page_reason(rq), err);
	if (!request_form(rq, "save") && !request_form(rq, "move"))
		return err_set(err, ERR_INVALID,
			       "this needs the page's button");
	has = open_reader(rq, &r, err);
	if (has < 0)
		return -1;
	if (!has)
		return track_page_show(rq, rs, TRACK_PREFERENCES, err);
	if (!r.about.subject.is_subscribed)
		return write_page(&r, false, rs);
	return (request_form(rq, "move") ? move_form : save_form)(&r, rs, err);
}
