#include "audience/form/signup.h"

#include "audience/form/agreement.h"
#include "audience/form/signup_limit.h"
#include "audience/list.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "jobs/job.h"
#include "sql/member.h"
#include "sql/signup.h"
#include "store/db.h"

#include <string.h>

#define PERMISSIONS "marketing_permissions"

static const struct signup_limit by_contact = { 1, 10 };
static const struct signup_limit by_others = { 3, 10 };

int64_t signup_mark(const struct member *member)
{
	int64_t mark = 0;

	for (int i = 0; i < 10 && member->email_hash[i]; i++)
		mark = mark * 16 + hex_value(member->email_hash[i]);
	return mark;
}

/* --- mails --- */

/* What the form showed, and to whom. agreed_ms: 0 until it is confirmed. */
static int note_agreement(struct tx *tx, const struct signup *signup,
			  int64_t member_id, bool holds,
			  const struct member_actor *actor, struct err *err)
{
	const struct agreement agreement = {
		.member_id = member_id,
		.form = signup->form ? signup->form : "",
		.text = signup->text,
		.asked_ms = actor->now_ms,
		.asked_ip = actor->ip,
		.agreed_ms = holds ? actor->now_ms : 0,
		.agreed_ip = holds ? actor->ip : "",
	};

	return agreement_ask(tx, &agreement, err);
}

/* A job of ids alone: nothing in it tells of a person. */
int signup_add_mail_job(struct tx *tx, const struct signup_mail_order *order,
			int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&payload);
	struct job_new job = { .kind = CONFIRM_MAIL_JOB };
	int64_t id;

	json_begin_object(&w);
	json_key_int(&w, "member", order->member->id);
	json_key_int(&w, "mail", order->mail);
	json_key_int(&w, "asked_ms", now_ms);
	json_key_int(&w, "mark", signup_mark(order->member));
	json_key_text(&w, "language", order->language);
	json_end_object(&w);
	job.payload = payload.buf;
	return job_add(tx, &job, now_ms, &id, err);
}

static int note_asked(struct tx *tx, const struct signup_mail_order *order,
		      const struct member_actor *actor, struct err *err)
{
	struct sql_value id = sql_int(order->member->id);
	int64_t now_ms = actor->now_ms;
	int64_t old_ms = now_ms - SIGNUP_DAYS * MS_DAY;

	if (db_exec(tx, SQL_SIGNUP_REMOVE_OLD, SQL_ARGS(sql_int(old_ms)), err) <
	    0)
		return -1;
	if (order->signup &&
	    note_agreement(tx, order->signup, order->member->id, false, actor,
			   err) < 0)
		return -1;
	if (!order->given)
		return db_exec(tx, SQL_SIGNUP_PUT_BARE,
			       SQL_ARGS(id, sql_int(now_ms)), err);
	return db_exec(tx, SQL_SIGNUP_PUT,
		       SQL_ARGS(id, sql_int(now_ms), sql_text(order->given)),
		       err);
}

int signup_order_mail(struct tx *tx, const struct signup_mail_order *order,
		      const struct member_actor *actor, struct arena *arena,
		      struct err *err)
{
	bool own = actor->source == SOURCE_USER;
	int allowed = signup_limit_take(
		tx, signup_limit_name(order->member->address, arena),
		own ? &by_contact : &by_others, actor->now_ms, err);

	/* what no mail asks about is not noted: a link confirms what was asked
	 * for when it was sent, whoever asked for what since */
	if (allowed <= 0)
		return allowed;
	if (order->mail == SIGNUP_MAIL_CONFIRM &&
	    note_asked(tx, order, actor, err) < 0)
		return -1;
	return signup_add_mail_job(tx, order, actor->now_ms, err) < 0 ? -1 : 0;
}

/* --- asking --- */

/* The body with another status, and without what only new members have. */
static const char *given_of(const json_t *body, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *copy = json_copy((json_t *)body);

	json_object_del(copy, "email_address");
	json_object_del(copy, "ip_signup");
	json_object_del(copy, "status");
	json_dump(copy, &out);
	return arena_str(arena, strbuf_str(&out));
}

static const char *language_of(const json_t *body)
{
	const char *text = json_string_value(json_object_get(body, "language"));

	return text ? text : "";
}

/* One change by the contact's own word. ERR_INVALID: it was refused. */
static int apply(struct tx *tx, const struct list *list, const char *key,
		 const json_t *body, const struct member_actor *actor,
		 struct arena *arena, struct err *err)
{
	struct member_op op = { .mode = key ? MEMBER_PATCH : MEMBER_POST,
				.key = key,
				.body = body,
				.skip_merge_validation = true,
				.by_contact = true };
	int ret = member_apply(tx, list, &op, 1, actor, arena, err);

	if (ret == 0 && op.outcome == MEMBER_REFUSED) {
		*err = op.err;
		ret = -1;
	}
	member_op_release(&op);
	return ret;
}

/* Somebody has deleted it for good, or it has said no: then it must confirm. */
static int has_past(struct tx *tx, const struct list *list, const char *folded,
		    bool *out, struct err *err)
{
	bool forgotten = false, left = false, suppressed = false;

	if (forgotten_check(tx->db, list->id, &folded, 1, &forgotten, err) <
		    0 ||
	    left_check(tx->db, list->id, &folded, 1, &left, err) < 0 ||
	    suppression_check(tx->db, &folded, 1, &suppressed, err) < 0)
		return -1;
	*out = forgotten || left || suppressed;
	return 0;
}

/* Anybody may have typed the address: a permission is given by who has it. The
 * mail has been ordered, if there is to be one. */
static int keep_permissions(struct tx *tx, const struct list *list,
			    const struct email *email, json_t *permissions,
			    struct err *err)
{
	CLEANUP(json_free) json_t *given = json_object();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (!permissions)
		return 0;
	json_object_set(given, PERMISSIONS, permissions);
	json_dump(given, &text);
	return db_exec(tx, SQL_SIGNUP_GIVE,
		       SQL_ARGS(sql_text(text.buf), sql_int(list->id),
				sql_text(email->hash)),
		       err) < 0
		       ? -1
		       : 0;
}

/* A pending one is asked by member_apply, as whoever becomes it. */
static int add_pending(struct tx *tx, const struct list *list, json_t *body,
		       const struct email *email,
		       const struct member_actor *actor, struct arena *arena,
		       struct err *err)
{
	CLEANUP(json_free)
	json_t *permissions = json_incref(json_object_get(body, PERMISSIONS));

	json_object_del(body, PERMISSIONS);
	json_object_set_new(body, "status", json_string("pending"));
	if (apply(tx, list, NULL, body, actor, arena, err) < 0)
		return -1;
	return keep_permissions(tx, list, email, permissions, err);
}

static int add_subscribed(struct tx *tx, const struct list *list, json_t *body,
			  const struct member_actor *actor, struct arena *arena,
			  struct err *err)
{
	json_object_set_new(body, "status", json_string("subscribed"));
	json_object_set(body, "ip_opt", json_object_get(body, "ip_signup"));
	return apply(tx, list, NULL, body, actor, arena, err);
}

static int add_new(struct tx *tx, const struct list *list,
		   const struct signup *signup, const struct email *email,
		   const struct member_actor *actor, struct arena *arena,
		   struct err *err)
{
	CLEANUP(json_free) json_t *body = json_copy((json_t *)signup->body);
	struct member member;
	bool past, asks;

	if (has_past(tx, list, email->folded, &past, err) < 0)
		return -1;
	asks = past || signup->must_confirm || list->double_optin;
	if ((asks ? add_pending(tx, list, body, email, actor, arena, err)
		  : add_subscribed(tx, list, body, actor, arena, err)) < 0 ||
	    member_find(tx->db, list->id, email->hash, arena, &member, err) < 0)
		return -1;
	return note_agreement(tx, signup, member.id, !asks, actor, err);
}

/* 1: it is a member, from before or by somebody who was faster; 0: it is new,
 * and has been added; -1. */
static int find_or_add(struct tx *tx, const struct list *list,
		       const struct signup *signup, const struct email *email,
		       const struct member_actor *actor, struct arena *arena,
		       struct member *out, struct err *err)
{
	struct err why = ERR_INIT;
	int found = member_find(tx->db, list->id, email->hash, arena, out, err);

	if (found != 0)
		return found;
	if (add_new(tx, list, signup, email, actor, arena, &why) == 0)
		return 0;
	found = why.code == ERR_INVALID
			? member_find(tx->db, list->id, email->hash, arena, out,
				      err)
			: 0;
	if (found == 0)
		*err = why;
	return found > 0 ? 1 : -1;
}

int signup_ask(struct tx *tx, const struct list *list,
	       const struct signup *signup, const struct member_actor *actor,
	       struct arena *arena, struct err *err)
{
	struct signup_mail_order order = {
		.mail = SIGNUP_MAIL_CONFIRM,
		.language = language_of(signup->body),
		.signup = signup,
	};
	const char *address = "";
	struct err why = ERR_INIT;
	struct member member;
	struct email email;
	int found;

	if (json_get_text(signup->body, "email_address", &address, err) < 0)
		return -1;
	if (email_parse(address, arena, &email, &why) < 0)
		return err_field(err, "email_address", "%s", why.text);
	found = find_or_add(tx, list, signup, &email, actor, arena, &member,
			    err);
	if (found <= 0)
		return found;
	if (member.status == MEMBER_SUBSCRIBED)
		order.mail = SIGNUP_MAIL_KNOWN;
	else
		order.given = given_of(signup->body, arena);
	order.member = &member;
	return signup_order_mail(tx, &order, actor, arena, err);
}

/* --- confirming --- */

static int state_of(struct db *db, const struct signup_link *link,
		    const struct member *m, int64_t now_ms,
		    enum signup_state *out, struct err *err)
{
	int64_t asked_ms;
	int found;

	*out = SIGNUP_OVER;
	if (link->mark != signup_mark(m))
		return 0;
	if (m->status == MEMBER_SUBSCRIBED)
		*out = SIGNUP_DONE;
	if (now_ms - link->asked_ms > SIGNUP_DAYS * MS_DAY ||
	    m->unsubscribed_ms > link->asked_ms)
		return 0;
	found = db_find_int(db, SQL_SIGNUP_FIND, SQL_ARGS(sql_int(m->id)),
			    &asked_ms, err);
	if (found > 0)
		*out = SIGNUP_WAITS;
	return found < 0 ? -1 : 0;
}

int signup_look(struct db *db, const struct signup_link *link, int64_t now_ms,
		struct arena *arena, struct member *member,
		enum signup_state *out, struct err *err)
{
	*member = (struct member){ .address = "" };
	*out = SIGNUP_OVER;
	if (member_get_by_id(db, link->member_id, arena, member, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	return state_of(db, link, member, now_ms, out, err);
}

/* What was asked for, and when. */
struct asked {
	int64_t at_ms;
	const char *given;
};

static void read_asked(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct asked *)out =
		(struct asked){ rows_int(rows, 0), rows_dup(rows, 1, arena) };
}

static json_t *body_of(const char *given, const struct member_actor *actor)
{
	struct err ignored = ERR_INIT; /* our own column */
	json_t *body = NULL;

	if (json_parse(str_of(given), &body, &ignored) < 0)
		body = json_object();
	json_object_set_new(body, "status", json_string("subscribed"));
	if (actor->ip && *actor->ip)
		json_object_set_new(body, "ip_opt", json_string(actor->ip));
	return body;
}

/*
 * Who had left by the link of a mail has taken that back: the CRM, which
 * believes no other subscription, asks for just that (docs/decisions/0036).
 * Rows of the log have numbers above 0.
 */
static int note_taken_back(struct tx *tx, const struct member *m,
			   const struct member_actor *actor, struct err *err)
{
	if (m->unsubscribed_by != UNSUBSCRIBED_BY_CONTACT ||
	    !m->unsubscribed_campaign_id)
		return 0;
	return db_exec(tx, SQL_MEMBER_TAKEN_BACK,
		       SQL_ARGS(sql_int(-actor->now_ms), sql_int(m->id),
				sql_int(m->unsubscribed_campaign_id),
				sql_int(actor->now_ms), sql_text(actor->ip)),
		       err) < 0
		       ? -1
		       : 0;
}

static int subscribe(struct tx *tx, const struct member *m, int64_t asked_ms,
		     const struct member_actor *actor, struct arena *arena,
		     struct err *err)
{
	CLEANUP(json_free) json_t *body = NULL;
	CLEANUP(json_free) json_t *bare = body_of("{}", actor);
	struct asked asked = { .given = "{}" };
	struct list list;
	int ret;

	if (list_get_by_id(tx->db, m->list_id, arena, &list, err) < 0 ||
	    db_get(tx->db, SQL_SIGNUP_FIND, SQL_ARGS(sql_int(m->id)),
		   read_asked, arena, &asked, err) < 0)
		return -1;
	body = body_of(asked.at_ms == asked_ms ? asked.given : "{}", actor);
	ret = apply(tx, &list, m->email_hash, body, actor, arena, err);
	if (ret < 0 && err->code == ERR_INVALID) {
		/* what was chosen is there no more: the word counts all the
		 * same */
		*err = (struct err)ERR_INIT;
		ret = apply(tx, &list, m->email_hash, bare, actor, arena, err);
	}
	if (ret < 0)
		return -1;
	if (agreement_confirm(tx, m->id, asked_ms, actor->now_ms, actor->ip,
			      err) < 0 ||
	    note_taken_back(tx, m, actor, err) < 0 ||
	    suppression_lift(tx, m->address, err) < 0)
		return -1;
	return db_exec(tx, SQL_SIGNUP_REMOVE, SQL_ARGS(sql_int(m->id)), err) < 0
		       ? -1
		       : 0;
}

int signup_confirm(struct tx *tx, const struct signup_link *link,
		   const struct member_actor *actor, struct arena *arena,
		   enum signup_state *out, struct err *err)
{
	struct member member;

	if (signup_look(tx->db, link, actor->now_ms, arena, &member, out, err) <
	    0)
		return -1;
	if (*out != SIGNUP_WAITS)
		return 0;
	if (subscribe(tx, &member, link->asked_ms, actor, arena, err) < 0)
		return -1;
	*out = SIGNUP_DONE;
	return 0;
}
