/*
 * Doing what a plan says, 500 members a call. A row whose outcome is stored is
 * never done again; what was done but not stored is done twice, which changes
 * nothing.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/address.h"

#include "sql/bridge.h"

#include <string.h>

/* One row at hand. */
struct item {
	int64_t person_id;
	int64_t email_id;
	const char *address; /* NULL: not known, only the hash is */
	const char *hash;
	const struct record *record;
	enum push_outcome outcome;
	const char *reason;
	const char *detail;
	char merge_hash[MD5_HEX + 1]; /* "": not written */
	const char *contact_id;       /* as the audience told it */
	enum push_action again;       /* outcome PUSH_INTENDED: to be done so */
	bool foreign;                 /* a member that was not added by us */
	uint64_t dropped;             /* values that did not fit */
	bool retry;                   /* without what is dropped */

	/* The present, as load_items found it. */
	int64_t now_email_id;
	bool opted_out, held;
	enum mirror_status status;
};
struct items VEC_FIELDS(struct item);

struct pusher {
	struct work *w;
	struct push *push;
	struct field_map map;
	struct arena *arena; /* of the call at hand */
	struct items items;
	struct records records;
	enum push_action action; /* of the call at hand */
	int64_t done;
	int refused_alone; /* items that a whole call was refused for */
	int passed;        /* calls that were not */
};

static void pusher_release(struct pusher *p)
{
	field_map_release(&p->map);
	vec_release(&p->items);
	records_release(&p->records);
	arena_free(&p->arena);
}

int push_store(struct work *w, const struct push *push, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_SET,
		    SQL_ARGS(sql_text(push->state),
			     sql_id_or_null(push->segment_id),
			     sql_text(w->audience), sql_int(push->id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- rows --- */

static int load_items(struct pusher *p, enum push_action action,
		      struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	arena_reset(p->arena);
	vec_reset(&p->items);
	if (db_query(p->w->db, SQL_PUSH_ROW_NEXT,
		     SQL_ARGS(sql_int(p->push->id), sql_int(action),
			      sql_int(MEMBERS_A_CALL)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct item it = {
			.person_id = rows_int(rows, 0),
			.email_id = rows_int(rows, 1),
			.address = rows_dup(rows, 2, p->arena),
			.hash = rows_dup(rows, 3, p->arena),
			.now_email_id = rows_int(rows, 4),
			.opted_out = rows_int(rows, 5) != 0,
			.held = rows_int(rows, 6) != 0,
			.status = (enum mirror_status)rows_int(rows, 7),
			.outcome = PUSH_APPLIED,
		};

		vec_push(&p->items, it);
	}
	return more;
}

static void refuse(struct item *it, const char *reason, const char *detail)
{
	it->outcome = PUSH_REFUSED;
	it->reason = reason;
	it->detail = detail;
}

static int load_records(struct pusher *p, struct err *err)
{
	CLEANUP(ids_release) struct ids ids = VEC_INIT;
	size_t at = 0;

	vec_each (&p->items, it)
		vec_push(&ids, it->person_id);
	vec_reset(&p->records);
	if (records_load(p->w->db, ENTITY_PERSON, &ids, p->arena, &p->records,
			 err) < 0)
		return -1;
	vec_each (&p->items, it) { /* records come in the same order */
		if (at < p->records.n && p->records.v[at].id == it->person_id)
			it->record = &p->records.v[at++];
		else if (it->outcome == PUSH_APPLIED)
			refuse(it, "no_address", NULL); /* gone just now */
	}
	return 0;
}

static bool is_done(const struct item *it)
{
	return it->outcome == PUSH_APPLIED && !it->reason;
}

static void do_again(struct item *it, enum push_action action)
{
	it->outcome = PUSH_INTENDED;
	it->again = action;
}

/*
 * The row is held against the present: since the plan, and until a push that
 * was killed goes on, people opt out and change their addresses.
 */
static void check_present(struct item *it, enum push_action action)
{
	const char *left_out = mirror_reason(it->status);

	if (it->now_email_id == 0)
		refuse(it, "no_address", NULL);
	else if (it->now_email_id != it->email_id)
		do_again(it, PUSH_UPDATE); /* with the address of now */
	else if (it->opted_out)
		refuse(it, "opted_out", NULL);
	else if (it->held)
		refuse(it, "held", NULL);
	else if (left_out)
		refuse(it, left_out, NULL);
	else if (it->status == MIRROR_NONE && action != PUSH_ADD)
		do_again(it, PUSH_ADD);
	else if (it->status != MIRROR_NONE && action == PUSH_ADD)
		do_again(it, PUSH_UPDATE);
}

static int store_member(struct batch *b, struct pusher *p, struct item *it,
			struct err *err)
{
	int64_t now_ms = p->w->actor.now_ms;

	if (it->merge_hash[0] && is_done(it) &&
	    batch_add(b, SQL_BRIDGE_MEMBER_PUT,
		      SQL_ARGS(sql_text(it->hash), sql_int(MIRROR_SUBSCRIBED),
			       sql_text(it->merge_hash), sql_int(now_ms),
			       sql_text(it->contact_id)),
		      err) < 0)
		return -1;
	if (it->foreign &&
	    batch_add(b, SQL_BRIDGE_MEMBER_OWN,
		      SQL_ARGS(sql_null(), sql_text(it->hash)), err) < 0)
		return -1;
	if (it->outcome == PUSH_INTENDED && it->again == PUSH_ADD &&
	    batch_add(b, SQL_BRIDGE_MEMBER_REMOVE,
		      SQL_ARGS(sql_text(it->hash), sql_int(now_ms - MS_HOUR)),
		      err) < 0)
		return -1;
	if (it->reason && it->hash && strcmp(it->reason, "forgotten") == 0)
		return batch_add(b, SQL_BRIDGE_MEMBER_PUT,
				 SQL_ARGS(sql_text(it->hash),
					  sql_int(MIRROR_FORGOTTEN), sql_null(),
					  sql_int(now_ms), sql_null()),
				 err);
	return 0;
}

static int store_item(struct batch *b, struct pusher *p, struct item *it,
		      struct err *err)
{
	int64_t action = it->outcome == PUSH_REFUSED ? PUSH_LEFT_OUT : 0;

	if (store_member(b, p, it, err) < 0)
		return -1;
	if (it->outcome == PUSH_INTENDED)
		return batch_add(
			b, SQL_PUSH_ROW_AGAIN,
			SQL_ARGS(sql_int(it->again), sql_int(it->now_email_id),
				 sql_int(p->push->id), sql_int(it->person_id)),
			err);
	return batch_add(b, SQL_PUSH_ROW_END,
			 SQL_ARGS(sql_int(it->outcome), sql_text(it->reason),
				  sql_text(it->detail),
				  sql_text(field_map_tags(&p->map, it->dropped,
							  p->arena)),
				  sql_int(action), sql_int(action),
				  sql_int(p->push->id), sql_int(it->person_id)),
			 err);
}

/* Whoever changed while the call was under way gets a job of their own. */
static int check_again(struct pusher *p, struct tx *tx, struct err *err)
{
	CLEANUP(written_release) struct written all = VEC_INIT;

	vec_each (&p->items, it)
		if (is_done(it) && it->email_id)
			vec_push(&all, ((struct written_address){ it->email_id,
								  it->hash }));
	return present_check(tx, &all, p->w->actor.now_ms, err);
}

static int store_items(struct pusher *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	vec_each (&p->items, it)
		if (store_item(&b, p, it, err) < 0)
			return -1;
	if (batch_end(&b, err) < 0 ||
	    (p->action != PUSH_UNTAG && check_again(p, &tx, err) < 0))
		return -1;
	vec_each (&p->items, it)
		p->done += it->outcome != PUSH_INTENDED;
	if (job_progress(p->w->run, &tx, p->done, p->w->run->job->total, NULL,
			 err) < 0)
		return -1;
	return tx_commit(&tx, err);
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

static struct item *item_of(struct pusher *p, const char *address)
{
	char hash[MD5_HEX + 1];

	if (!address)
		return NULL;
	email_hash(address, hash);
	vec_each (&p->items, it)
		if (it->hash && strcmp(it->hash, hash) == 0)
			return it;
	return NULL;
}

/* --- what the audience says of single members --- */

/* What a member's status means for somebody whom we wanted to write. One that
 * is not there has another address over there, which the person gets, or is
 * added, and the audience says then if it is forgotten. */
static int judge_existing(struct pusher *p, struct item *it, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	const char *reason;
	int found = member_read(p->w, it->hash, &member, err);

	it->merge_hash[0] = '\0'; /* not written: the mirror will tell */
	if (found < 0)
		return -1;
	if (found == 0 && p->action == PUSH_ADD) {
		refuse(it, "invalid",
		       "a member, and none: the audience is "
		       "not of one mind");
		return 0;
	}
	if (found == 0) {
		do_again(it, PUSH_ADD);
		return mirror_follow(p->w, err);
	}
	it->foreign = !was_added_by_program(member);
	reason = mirror_reason(member_status(member));
	if (reason)
		refuse(it, reason, NULL);
	return 0;
}

static const char *reason_of(const char *text)
{
	static const struct {
		const char *part, *reason;
	} reasons[] = {
		{ "permanently deleted", "forgotten" },
		{ "compliance state", "unsubscribed" },
		{ "suppress", "suppressed" },
		{ "a lot of lists", "over_limit" }, /* passes */
		{ "try again", "over_limit" },
		{ "oo many", "over_limit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (strstr(text, reasons[i].part))
			return reasons[i].reason;
	return "invalid";
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
		refuse(it, reason_of(text), arena_strdup(p->arena, text));
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
		struct item *it = item_of(p, json_string_value(json_object_get(
						     e, "email_address")));
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

static void read_contacts(struct pusher *p, const json_t *members)
{
	json_t *member;
	size_t i;

	json_array_foreach (members, i, member) {
		struct item *it = item_of(p, json_string_value(json_object_get(
						     member, "email_address")));

		if (it)
			it->contact_id = arena_strdup(
				p->arena, json_string_value(json_object_get(
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
		refuse(items, reason_of(why.text),
		       arena_strdup(p->arena, why.text));
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

/* One call; *again is how many are to be called for once more. */
static int call_members(struct pusher *p, struct item *items, size_t n,
			bool only_retries, int *again, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	const json_t *errors;
	int written = 0;

	json_begin_object(&j);
	json_key_bool(&j, "update_existing", p->action == PUSH_UPDATE);
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
	if (mc_call(p->w->client, "POST",
		    list_path(p->w, "?skip_merge_validation=true&fields=errors,"
				    "new_members.email_address,"
				    "new_members.contact_id"),
		    body.buf, &reply, err) < 0)
		return -1;
	errors = json_object_get(reply, "errors");
	if (!json_is_array(errors))
		return err_set(err, ERR_RETRY,
			       "the answer to a batch tells no errors");
	read_contacts(p, json_object_get(reply, "new_members"));
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
static int intend(struct pusher *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	vec_each (&p->items, it)
		if (is_to_write(it) &&
		    batch_add(&b, SQL_BRIDGE_MEMBER_INTEND,
			      SQL_ARGS(sql_text(it->hash),
				       sql_int(p->w->actor.now_ms)),
			      err) < 0)
			return -1;
	if (batch_end(&b, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- the tag's members --- */

/* Who cannot be untagged has no tag. */
static int read_tag_errors(struct pusher *p, const json_t *errors,
			   struct err *err)
{
	json_t *e, *address;
	size_t i, k;

	if (p->action == PUSH_UNTAG)
		return 0;
	json_array_foreach (errors, i, e) {
		const char *text =
			json_string_value(json_object_get(e, "error"));

		json_array_foreach (json_object_get(e, "email_addresses"), k,
				    address) {
			struct item *it =
				item_of(p, json_string_value(address));

			if (it && it->outcome == PUSH_APPLIED &&
			    judge_existing(p, it, err) < 0)
				return -1;
			if (it && it->outcome == PUSH_APPLIED)
				refuse(it, reason_of(text ? text : ""),
				       arena_strdup(p->arena, text));
		}
	}
	return 0;
}

static int tag(struct pusher *p, struct item *items, size_t n, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	int written = 0;

	json_begin_object(&j);
	json_key_begin_array(&j, p->action == PUSH_UNTAG ? "members_to_remove"
							 : "members_to_add");
	for (size_t i = 0; i < n; i++)
		if (is_to_write(&items[i])) {
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
	struct err why = ERR_INIT;

	vec_each (&p->items, it) {
		if (it->address)
			continue;
		if (mc_call(p->w->client, "DELETE",
			    list_path(p->w, "/segments/%lld/members/%s",
				      (long long)p->push->segment_id, it->hash),
			    NULL, NULL, &why) < 0 &&
		    why.code != ERR_NOT_FOUND) {
			*err = why;
			return -1;
		}
	}
	return 0;
}

static int write_members(struct pusher *p, struct err *err)
{
	if (load_records(p, err) < 0 ||
	    (p->action == PUSH_ADD && intend(p, err) < 0))
		return -1;
	return in_halves(p, put_members, p->items.v, p->items.n, err);
}

static int do_call(struct pusher *p, enum push_action action, struct err *err)
{
	p->action = action;
	if (action != PUSH_UNTAG)
		vec_each (&p->items, it)
			check_present(it, action);
	if ((action == PUSH_ADD || action == PUSH_UPDATE) &&
	    write_members(p, err) < 0)
		return -1;
	if (in_halves(p, tag, p->items.v, p->items.n, err) < 0)
		return -1;
	return action == PUSH_UNTAG ? untag_strangers(p, err) : 0;
}

static int do_action(struct pusher *p, enum push_action action, struct err *err)
{
	for (;;) {
		if (load_items(p, action, err) < 0)
			return -1;
		if (p->items.n == 0)
			return 0;
		if (do_call(p, action, err) < 0 || store_items(p, err) < 0)
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
