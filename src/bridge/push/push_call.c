/*
 * The calls of a push, 500 members each, and what the audience says of them.
 * Called by push.c; the thread of the push's job.
 */
#include "bridge/push/push_item.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "bridge/push/ahead.h"
#include "crm/address.h"

#include <string.h>

/* --- members --- */

/* Only what the CRM has changed: the reader may have chosen since. Whose
 * language it is of several, nobody knows. NULL: none. */
static const char *language_to_write(const struct item *it,
				     enum push_action action)
{
	const char *wanted = language_of_record(it->record);

	return wanted && action != PUSH_ADD && it->known_language &&
			       (it->shared ||
				strcmp(it->known_language, wanted) == 0)
		       ? NULL
		       : wanted;
}

static void write_member(struct pusher *p, struct json_writer *j,
			 struct item *it, enum push_action action)
{
	CLEANUP(strbuf_release) struct strbuf merge = STRBUF_INIT;

	it->dropped = field_map_write(&p->all->map, it->record,
				      it->retry ? it->dropped : 0, &merge);
	md5_hex(strbuf_str(&merge), it->merge_hash);
	json_begin_object(j);
	json_key_text(j, "email_address", it->address);
	/* never a status for a member that exists (rule 5) */
	if (action == PUSH_ADD)
		json_key_text(j, "status", "subscribed");
	json_key_raw(j, "merge_fields", strbuf_str(&merge));
	it->language = language_to_write(it, action);
	if (it->language)
		json_key_text(j, "language", it->language);
	json_end_object(j);
}

static struct item *find_item(struct pusher *p, const char *address)
{
	char hash[MD5_HEX + 1];

	if (!address)
		return NULL;
	email_hash(address, hash);
	return items_find(p, hash);
}

/* --- what the audience says of single members --- */

/* What a member's status means for somebody whom we wanted to write. One that
 * is not there has another address over there, which the person gets, or is
 * added, and the audience says then if it is forgotten. */
static int judge_existing(struct pusher *p, struct item *it, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	enum left_out reason;
	int found = member_read(p->w, it->hash, &member, err);

	it->merge_hash[0] = '\0'; /* not written: the mirror will tell */
	if (found < 0)
		return -1;
	if (found == 0 && p->action == PUSH_ADD) {
		item_refuse(it, LEFT_OUT_INVALID,
			    "a member, and none: the audience is "
			    "not of one mind");
		return 0;
	}
	if (found == 0) {
		item_again(it, PUSH_ADD);
		return mirror_follow(p->w, err);
	}
	it->foreign = !was_added_by_program(member);
	reason = mirror_reason(member_status(member));
	if (reason)
		item_refuse(it, reason, NULL);
	return 0;
}

/*
 * The API refuses single items in prose only (error_code is ERROR_GENERIC for
 * nearly all), so the reason of rule 12 is read from words that Mailchimp has
 * used for years; the prose itself is kept as the detail.
 */
static enum left_out reason_in_words(const char *text)
{
	static const struct {
		const char *words;
		enum left_out reason;
	} reasons[] = {
		{ "permanently deleted", LEFT_OUT_FORGOTTEN },
		{ "compliance state", LEFT_OUT_UNSUBSCRIBED },
		{ "suppress", LEFT_OUT_SUPPRESSED },
		{ "a lot of lists", LEFT_OUT_OVER_LIMIT }, /* passes */
		{ "try again", LEFT_OUT_OVER_LIMIT },
		{ "oo many", LEFT_OUT_OVER_LIMIT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (strstr(text, reasons[i].words))
			return reasons[i].reason;
	return LEFT_OUT_INVALID;
}

static void refuse_in_words(struct pusher *p, struct item *it, const char *text)
{
	item_refuse(it, reason_in_words(text), arena_strdup(p->arena, text));
}

/*
 * Somebody whom we took for a member may be gone from the audience for good:
 * the mirror, which follows changes, does not see that.
 */
static int refuse_member(struct pusher *p, struct item *it, const char *text,
			 struct err *err)
{
	if (p->action != PUSH_ADD && judge_existing(p, it, err) < 0)
		return -1;
	if (it->outcome == PUSH_APPLIED)
		refuse_in_words(p, it, text);
	return 0;
}

/* An error that names merge fields: the member goes without them (rule 22). */
static bool go_without(struct pusher *p, struct item *it, const char *field,
		       const char *text)
{
	uint64_t named =
		field_map_named(&p->all->map, field && *field ? field : text);

	if (!(named & ~it->dropped))
		return false;
	it->dropped |= named;
	it->retry = true;
	return true;
}

static int read_errors(struct pusher *p, const json_t *errors, int *again,
		       struct err *err)
{
	json_t *e;
	size_t i;

	json_array_foreach (errors, i, e) {
		struct item *it = find_item(
			p,
			json_string_value(json_object_get(e, "email_address")));
		const char *text =
			json_string_value(json_object_get(e, "error"));
		const char *code =
			json_string_value(json_object_get(e, "error_code"));
		const char *field =
			json_string_value(json_object_get(e, "field"));

		if (!it || !text)
			continue;
		if (go_without(p, it, field, text)) {
			(*again)++;
			continue;
		}
		if (code && strcmp(code, "ERROR_CONTACT_EXISTS") == 0) {
			if (judge_existing(p, it, err) < 0)
				return -1;
		} else if (refuse_member(p, it, text, err) < 0) {
			return -1;
		}
	}
	return 0;
}

/* It has a language that we neither wrote nor knew. */
static bool has_news(const struct item *it, const json_t *member)
{
	const char *now =
		json_string_value(json_object_get(member, "language"));
	const char *known = it->language ? it->language : it->known_language;

	return now && *now && (!known || strcmp(now, known) != 0);
}

/* Who is known by which number from now on, and as of which change: of none, if
 * there is something to be heard. */
static void read_written(struct pusher *p, const json_t *members)
{
	json_t *member;
	size_t i;

	json_array_foreach (members, i, member) {
		const char *id =
			json_string_value(json_object_get(member, "id"));
		struct item *it = id ? items_find(p, id) : NULL;

		if (!it)
			continue;
		it->version = has_news(it, member) ? 0 : member_version(member);
		it->tagged = p->w->bridge->setup.inside;
		it->contact_id = arena_strdup(p->arena,
					      json_string_value(json_object_get(
						      member, "contact_id")));
	}
}

/* --- calls, and what to do if a whole one is refused --- */

/* Some of the items, in one call. */
typedef int (*call_fn)(struct pusher *p, struct item *items, size_t n,
		       struct err *err);

#define REFUSED_ALONE_MAX 100

/*
 * One bad item may make the audience refuse all of a call: halved until it is
 * alone, which gets its words as the outcome. If nothing else passes, it is not
 * about the items.
 */
static int in_halves(struct pusher *p, call_fn call, struct item *items,
		     size_t n, struct err *err)
{
	struct err why = ERR_INIT;

	if (call(p, items, n, &why) == 0) {
		p->all->passed++;
		return 0;
	}
	if (why.code != ERR_INVALID ||
	    (n == 1 && ++p->all->refused_alone > REFUSED_ALONE_MAX &&
	     p->all->passed == 0)) {
		*err = why;
		return -1;
	}
	if (n == 1) {
		refuse_in_words(p, items, why.text);
		return 0;
	}
	if (in_halves(p, call, items, n / 2, err) < 0)
		return -1;
	return in_halves(p, call, items + n / 2, n - n / 2, err);
}

/* Of members that a call has written. */
#define TOLD "new_members.id,new_members.contact_id"
#define TOLD_INSIDE                                                 \
	TOLD ",new_members.changed_ms,updated_members.id,"          \
	     "updated_members.contact_id,updated_members.language," \
	     "updated_members.changed_ms"

/* The body for those of some items that are to be written: how many. */
static int write_body(struct pusher *p, struct item *items, size_t n,
		      bool only_retries, struct strbuf *body)
{
	struct json_writer j = JSON_WRITER(body);
	int written = 0;

	json_begin_object(&j);
	json_key_bool(&j, "update_existing", p->action == PUSH_UPDATE);
	if (p->w->bridge->setup.inside)
		json_key_int(&j, "segment_id", p->push->segment_id);
	json_key_begin_array(&j, "members");
	for (size_t i = 0; i < n; i++)
		if (item_is_to_write(&items[i]) &&
		    (!only_retries || items[i].retry)) {
			write_member(p, &j, &items[i], p->action);
			items[i].retry = false;
			written++;
		}
	json_end_array(&j);
	json_end_object(&j);
	return written;
}

static const char *batch_path(struct pusher *p)
{
	return list_path(p->w, "?skip_merge_validation=true&fields=errors,%s",
			 p->w->bridge->setup.inside ? TOLD_INSIDE : TOLD);
}

/* Somebody may archive who was just added: not twice without a look. */
static bool is_once(const struct pusher *p)
{
	return p->action == PUSH_ADD;
}

/* Was a call of the items that begin there sent ahead, and not answered? */
static bool is_ahead(const struct pusher *p, const struct item *items)
{
	return p->answered < p->sent_n && p->sent[p->answered] == items;
}

static int read_reply(struct pusher *p, const json_t *reply, int *again,
		      struct err *err)
{
	const json_t *errors = json_object_get(reply, "errors");

	if (!json_is_array(errors))
		return err_set(err, ERR_RETRY,
			       "the answer to a batch tells no errors");
	read_written(p, json_object_get(reply, "new_members"));
	read_written(p, json_object_get(reply, "updated_members"));
	return read_errors(p, errors, again, err);
}

/* One call; *again is how many are to be called for once more. */
static int call_members(struct pusher *p, struct item *items, size_t n,
			bool only_retries, int *again, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	int called;

	if (!only_retries && is_ahead(p, items)) {
		p->answered++;
		called = ahead_take(p->all->ahead, &reply, err);
	} else if (write_body(p, items, n, only_retries, &body) > 0) {
		called = (is_once(p) ? mc_call_once : mc_call)(
			p->w->client, "POST", batch_path(p), body.buf, &reply,
			err);
	} else {
		return 0;
	}
	return called < 0 ? -1 : read_reply(p, reply, again, err);
}

/* Each round leaves a field more out, so there is an end to it. */
static int put_members(struct pusher *p, struct item *items, size_t n,
		       struct err *err)
{
	bool only_retries = false;
	int again;

	do {
		again = 0;
		if (call_members(p, items, n, only_retries, &again, err) < 0)
			return -1;
		only_retries = true;
	} while (again > 0);
	return 0;
}

/* --- the tag's members --- */

static bool has_tag(const json_t *member, int64_t segment_id)
{
	json_t *tag;
	size_t i;

	json_array_foreach (json_object_get(member, "tags"), i, tag)
		if (json_integer_value(json_object_get(tag, "id")) ==
		    segment_id)
			return true;
	return false;
}

/* Who cannot be untagged has no tag, as a rule. */
static int judge_untagged(struct pusher *p, struct item *it, const char *text,
			  struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	int found = member_read(p->w, it->hash, &member, err);

	if (found > 0 && has_tag(member, p->push->segment_id))
		refuse_in_words(p, it, text);
	return found < 0 ? -1 : 0;
}

static int judge_tagged(struct pusher *p, struct item *it, const char *text,
			struct err *err)
{
	if (judge_existing(p, it, err) < 0)
		return -1;
	if (it->outcome == PUSH_APPLIED)
		refuse_in_words(p, it, text);
	return 0;
}

static int read_tag_errors(struct pusher *p, const json_t *errors,
			   struct err *err)
{
	json_t *e, *address;
	size_t i, k;

	json_array_foreach (errors, i, e) {
		const char *text =
			json_string_value(json_object_get(e, "error"));

		json_array_foreach (json_object_get(e, "email_addresses"), k,
				    address) {
			struct item *it =
				find_item(p, json_string_value(address));

			if (!it || it->outcome != PUSH_APPLIED)
				continue;
			if ((p->action == PUSH_UNTAG ? judge_untagged
						     : judge_tagged)(
				    p, it, text ? text : "", err) < 0)
				return -1;
		}
	}
	return 0;
}

static int tag_items(struct pusher *p, struct item *items, size_t n,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	int written = 0;

	json_begin_object(&j);
	json_key_begin_array(&j, p->action == PUSH_UNTAG ? "members_to_remove"
							 : "members_to_add");
	for (size_t i = 0; i < n; i++)
		if (item_is_to_write(&items[i]) && !items[i].tagged) {
			json_text(&j, items[i].address);
			written++;
		}
	json_end_array(&j);
	json_end_object(&j);
	if (written == 0)
		return 0;
	if (mc_call(p->w->client, "POST",
		    list_path(p->w, "/segments/%lld?fields=errors",
			      (long long)p->push->segment_id),
		    body.buf, &reply, err) < 0)
		return -1;
	return read_tag_errors(p, json_object_get(reply, "errors"), err);
}

/* Members whose address the CRM does not know lose the tag one by one. */
static int untag_strangers(struct pusher *p, struct err *err)
{
	vec_each (&p->items, it) {
		struct err why = ERR_INIT;

		if (it->address)
			continue;
		if (mc_call(p->w->client, "DELETE",
			    list_path(p->w, "/segments/%lld/members/%s",
				      (long long)p->push->segment_id, it->hash),
			    NULL, NULL, &why) == 0 ||
		    why.code == ERR_NOT_FOUND)
			continue;
		if (why.code != ERR_INVALID) {
			*err = why;
			return -1;
		}
		refuse_in_words(p, it, why.text);
	}
	return 0;
}

static size_t call_size(const struct pusher *p, size_t first)
{
	size_t left = p->items.n - first;

	return left < MEMBERS_A_CALL ? left : MEMBERS_A_CALL;
}

/* MEMBERS_A_CALL at a time. */
static int in_calls(struct pusher *p, call_fn call, struct err *err)
{
	for (size_t i = 0; i < p->items.n; i += MEMBERS_A_CALL) {
		if (in_halves(p, call, &p->items.v[i], call_size(p, i), err) <
		    0)
			return -1;
		if (job_is_stopping(p->w->run))
			return err_set(err, ERR_RETRY, "the server stops");
	}
	return 0;
}

void items_send_ahead(struct pusher *p)
{
	p->sent_n = p->answered = 0;
	for (size_t i = 0; i < p->items.n; i += MEMBERS_A_CALL) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

		if (write_body(p, &p->items.v[i], call_size(p, i), false,
			       &body) == 0)
			continue;
		p->sent[p->sent_n++] = &p->items.v[i];
		ahead_send(p->all->ahead, batch_path(p), &body, is_once(p));
	}
}

int items_write(struct pusher *p, struct err *err)
{
	return in_calls(p, put_members, err);
}

int items_tag(struct pusher *p, struct err *err)
{
	if (in_calls(p, tag_items, err) < 0)
		return -1;
	return p->action == PUSH_UNTAG ? untag_strangers(p, err) : 0;
}
