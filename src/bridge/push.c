/*
 * Doing what a plan says, 500 members a call. A row whose outcome is stored is
 * never done again; what was done but not stored is done twice, which changes
 * nothing.
 */
#include "bridge/push_item.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/address.h"

#include "sql/bridge.h"

#include <string.h>

static void pusher_release(struct pusher *p)
{
	field_map_release(&p->map);
	vec_release(&p->items);
	vec_release(&p->records);
	arena_free(&p->arena);
}

int push_store(struct work *w, const struct push *push, struct err *err)
{
	return db_write(w->db, SQL_PUSH_SET,
			SQL_ARGS(sql_text(push->state),
				 sql_id_or_null(push->segment_id),
				 sql_text(w->audience), sql_int(push->id)),
			err);
}

/* --- members --- */

static void write_member(struct pusher *p, struct json_writer *j,
			 struct item *it, enum push_action action)
{
	CLEANUP(strbuf_release) struct strbuf merge = STRBUF_INIT;

	it->dropped = field_map_write(&p->map, it->record,
				      it->retry ? it->dropped : 0, &merge);
	md5_hex(strbuf_str(&merge), it->merge_hash);
	json_begin_object(j);
	json_key_text(j, "email_address", it->address);
	/* never a status for a member that exists (rule 5) */
	if (action == PUSH_ADD)
		json_key_text(j, "status", "subscribed");
	json_key_raw(j, "merge_fields", strbuf_str(&merge));
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
		field_map_named(&p->map, field && *field ? field : text);

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

/* Who is known by which number from now on, and as of which change. */
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
		it->version = member_version(member);
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
		p->passed++;
		return 0;
	}
	if (why.code != ERR_INVALID ||
	    (n == 1 && ++p->refused_alone > REFUSED_ALONE_MAX &&
	     p->passed == 0)) {
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

static bool is_to_write(const struct item *it)
{
	return it->outcome == PUSH_APPLIED && it->address;
}

/* Of members that a call has written. */
#define TOLD "new_members.id,new_members.contact_id"
#define TOLD_INSIDE                                        \
	TOLD ",new_members.changed_ms,updated_members.id," \
	     "updated_members.contact_id,updated_members.changed_ms"

/* One call; *again is how many are to be called for once more. */
static int call_members(struct pusher *p, struct item *items, size_t n,
			bool only_retries, int *again, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	const json_t *errors;
	int written = 0;
	int (*call)(struct mc_client * c, const char *method, const char *path,
		    const char *body, json_t **out, struct err *err);

	json_begin_object(&j);
	json_key_bool(&j, "update_existing", p->action == PUSH_UPDATE);
	if (p->w->bridge->setup.inside)
		json_key_int(&j, "segment_id", p->push->segment_id);
	json_key_begin_array(&j, "members");
	for (size_t i = 0; i < n; i++)
		if (is_to_write(&items[i]) &&
		    (!only_retries || items[i].retry)) {
			write_member(p, &j, &items[i], p->action);
			items[i].retry = false;
			written++;
		}
	json_end_array(&j);
	json_end_object(&j);
	if (written == 0)
		return 0;
	/* somebody may archive who was just added: not twice without a look */
	call = p->action == PUSH_ADD ? mc_call_once : mc_call;
	if (call(p->w->client, "POST",
		 list_path(p->w, "?skip_merge_validation=true&fields=errors,%s",
			   p->w->bridge->setup.inside ? TOLD_INSIDE : TOLD),
		 body.buf, &reply, err) < 0)
		return -1;
	errors = json_object_get(reply, "errors");
	if (!json_is_array(errors))
		return err_set(err, ERR_RETRY,
			       "the answer to a batch tells no errors");
	read_written(p, json_object_get(reply, "new_members"));
	read_written(p, json_object_get(reply, "updated_members"));
	return read_errors(p, errors, again, err);
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

/* Written before the call: a member that the bridge subscribed is known as
 * such, even if the answer, or this process, is lost. */
static int note_intent(struct pusher *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;
	CLEANUP(insert_release)
	struct insert rows = INSERT_OF(&b, SQL_BRIDGE_MEMBER_INTEND);

	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	for (size_t i = 0; i < p->by_hash_n; i++)
		if (is_to_write(p->by_hash[i]) &&
		    item_insert(&rows, p->by_hash[i],
				SQL_ARGS(sql_text(p->by_hash[i]->hash),
					 sql_int(p->w->actor.now_ms)),
				err) < 0)
			return -1;
	if (insert_end(&rows, err) < 0 || batch_end(&b, err) < 0)
		return -1;
	return tx_commit(&tx, err);
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
		if (is_to_write(&items[i]) && !items[i].tagged) {
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

/* Nobody's address was archived, and somebody has it again: the contact may
 * have said no before. */
static int hear_last_words(struct pusher *p, struct err *err)
{
	vec_each (&p->items, it) {
		int said;

		if (!it->put_away || !is_to_write(it))
			continue;
		said = member_last_word(p->w, it->hash, it->person_id, err);
		if (said < 0)
			return -1;
		if (said > 0)
			item_refuse(it, LEFT_OUT_UNSUBSCRIBED, NULL);
	}
	return 0;
}

/* MEMBERS_A_CALL at a time. */
static int in_calls(struct pusher *p, call_fn call, struct err *err)
{
	for (size_t i = 0; i < p->items.n; i += MEMBERS_A_CALL) {
		size_t left = p->items.n - i;

		if (in_halves(p, call, &p->items.v[i],
			      left < MEMBERS_A_CALL ? left : MEMBERS_A_CALL,
			      err) < 0)
			return -1;
		if (job_is_stopping(p->w->run))
			return err_set(err, ERR_RETRY, "the server stops");
	}
	return 0;
}

static int write_members(struct pusher *p, struct err *err)
{
	if (items_load_records(p, err) < 0)
		return -1;
	if (p->action == PUSH_ADD &&
	    (hear_last_words(p, err) < 0 || note_intent(p, err) < 0))
		return -1;
	return in_calls(p, put_members, err);
}

static int do_call(struct pusher *p, enum push_action action, struct err *err)
{
	p->action = action;
	if (action != PUSH_UNTAG)
		items_check_present(p);
	if ((action == PUSH_ADD || action == PUSH_UPDATE) &&
	    write_members(p, err) < 0)
		return -1;
	if (in_calls(p, tag_items, err) < 0)
		return -1;
	return action == PUSH_UNTAG ? untag_strangers(p, err) : 0;
}

#define LOOKS_MOST 5

/* It is not known whether they were added: the mirror is, before it is tried
 * again, and with it who left since. */
static int look_again(struct pusher *p, int *looks, struct err *err)
{
	struct err lost = *err;

	if (p->action != PUSH_ADD || err->code != ERR_RETRY ||
	    job_is_stopping(p->w->run))
		return -1;
	if (++*looks > LOOKS_MOST)
		return -1;
	*err = (struct err)ERR_INIT;
	if (mirror_follow(p->w, err) == 0)
		return 0;
	*err = lost;
	return -1;
}

static int do_action(struct pusher *p, enum push_action action, struct err *err)
{
	int looks = 0;

	for (;;) {
		if (items_load(p, action, err) < 0)
			return -1;
		if (p->items.n == 0)
			return 0;
		if (do_call(p, action, err) < 0) {
			if (look_again(p, &looks, err) < 0)
				return -1;
			continue;
		}
		looks = 0;
		if (items_store(p, err) < 0)
			return -1;
		if (job_is_stopping(p->w->run))
			return err_set(err, ERR_RETRY, "the server stops");
	}
}

/* A row may turn out to be another action's. */
static int is_left(struct pusher *p, struct err *err)
{
	int64_t one;

	return db_find_int(p->w->db, SQL_PUSH_ROW_TODO,
			   SQL_ARGS(sql_int(p->push->id)), &one, err);
}

int push_apply(struct work *w, struct push *push, struct err *err)
{
	CLEANUP(pusher_release)
	struct pusher p = {
		.w = w,
		.push = push,
		.items = VEC_INIT,
		.records = VEC_INIT,
		.arena = arena_new(),
	};
	int more;

	if (tag_ensure(w, push, err) < 0 || field_map_load(w, &p.map, err) < 0)
		return -1;
	do {
		if (do_action(&p, PUSH_ADD, err) < 0 ||
		    do_action(&p, PUSH_UPDATE, err) < 0 ||
		    do_action(&p, PUSH_TAG, err) < 0)
			return -1;
		more = is_left(&p, err);
	} while (more > 0);
	if (more < 0 || do_action(&p, PUSH_UNTAG, err) < 0)
		return -1;
	push->state = "done";
	return push_store(w, push, err);
}
