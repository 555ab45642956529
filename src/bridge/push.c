/*
 * Doing what a plan says, 500 members a call. A row whose outcome is stored is
 * never done again; what was done but not stored is done twice, which changes
 * nothing.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
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
};

static void pusher_release(struct pusher *p)
{
	field_map_release(&p->map);
	vec_release(&p->items);
	records_release(&p->records);
	arena_free(&p->arena);
}

/* --- the tag --- */

static int create_segment(struct work *w, const char *name, int64_t *out,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	json_key_text(&j, "name", name);
	json_key_begin_array(&j, "static_segment");
	json_end_array(&j);
	json_end_object(&j);
	if (mc_call_once(w->client, "POST", list_path(w, "/segments"), body.buf,
			 &reply, err) < 0)
		return -1;
	*out = json_integer_value(json_object_get(reply, "id"));
	return *out > 0 ? 0 : err_set(err, ERR_IO, "the new tag has no id");
}

static int store_segment(struct work *w, struct push *push, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_SET,
		    SQL_ARGS(sql_text(push->state), sql_int(push->segment_id),
			     sql_text(w->audience), sql_int(push->id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A tag of that name which is not ours is an administrator's: it is left
 * alone (rule 15), and ours gets a name of its own. */
static int ensure_segment(struct work *w, struct push *push, struct err *err)
{
	struct err why = ERR_INIT;
	const char *other;

	if (push->segment_id > 0)
		return 0;
	if (create_segment(w, push->group_name, &push->segment_id, &why) < 0) {
		if (why.code != ERR_INVALID) {
			*err = why;
			return -1;
		}
		other = arena_printf(w->arena, "%.80s (CRM group %lld)",
				     push->group_name,
				     (long long)push->group_id);
		if (create_segment(w, other, &push->segment_id, err) < 0)
			return -1;
	}
	return store_segment(w, push, err);
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
			.outcome = PUSH_APPLIED,
		};

		vec_push(&p->items, it);
	}
	return more;
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
		else
			it->address = NULL; /* gone since the plan */
	}
	return 0;
}

static void refuse(struct item *it, const char *reason, const char *detail)
{
	it->outcome = PUSH_REFUSED;
	it->reason = reason;
	it->detail = detail;
}

static int store_item(struct batch *b, struct pusher *p, struct item *it,
		      struct err *err)
{
	if (it->merge_hash[0] && it->outcome == PUSH_APPLIED &&
	    batch_add(b, SQL_BRIDGE_MEMBER_PUT,
		      SQL_ARGS(sql_text(it->hash), sql_int(MIRROR_SUBSCRIBED),
			       sql_text(it->merge_hash),
			       sql_int(p->w->actor.now_ms)),
		      err) < 0)
		return -1;
	if (it->reason && it->hash && strcmp(it->reason, "forgotten") == 0 &&
	    batch_add(b, SQL_BRIDGE_MEMBER_PUT,
		      SQL_ARGS(sql_text(it->hash), sql_int(MIRROR_FORGOTTEN),
			       sql_null(), sql_int(p->w->actor.now_ms)),
		      err) < 0)
		return -1;
	return batch_add(
		b, SQL_PUSH_ROW_END,
		SQL_ARGS(sql_int(it->outcome), sql_text(it->reason),
			 sql_text(it->detail),
			 sql_int(it->outcome == PUSH_REFUSED ? PUSH_LEFT_OUT
							     : 0),
			 sql_int(it->outcome == PUSH_REFUSED ? PUSH_LEFT_OUT
							     : 0),
			 sql_int(p->push->id), sql_int(it->person_id)),
		err);
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
	if (batch_end(&b, err) < 0)
		return -1;
	p->done += (int64_t)p->items.n;
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
	int64_t dropped = 0;

	field_map_write(&p->map, it->record, &merge, &dropped);
	md5_hex(strbuf_str(&merge), it->merge_hash);
	if (dropped > 0)
		it->detail = "a value did not fit its merge field";
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

/* What a member's status means for somebody whom we wanted to add. */
static int judge_existing(struct pusher *p, struct item *it, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	struct err why = ERR_INIT;
	const char *status;

	if (mc_get(p->w->client,
		   list_path(p->w, "/members/%s?fields=status", it->hash),
		   &member, &why) < 0) {
		if (why.code != ERR_NOT_FOUND) {
			*err = why;
			return -1;
		}
		refuse(it, "forgotten", NULL);
		return 0;
	}
	it->merge_hash[0] = '\0'; /* not written: the mirror will tell */
	status = json_string_value(json_object_get(member, "status"));
	if (!status || strcmp(status, "subscribed") == 0 ||
	    strcmp(status, "pending") == 0)
		return 0;
	refuse(it,
	       strcmp(status, "cleaned") == 0    ? "cleaned"
	       : strcmp(status, "archived") == 0 ? "suppressed"
						 : "unsubscribed",
	       NULL);
	return 0;
}

static const char *reason_of(const char *text)
{
	if (strstr(text, "permanently deleted"))
		return "forgotten";
	if (strstr(text, "compliance state"))
		return "unsubscribed";
	if (strstr(text, "suppress"))
		return "suppressed";
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
	if (it->outcome != PUSH_REFUSED)
		refuse(it, reason_of(text), arena_strdup(p->arena, text));
	return 0;
}

static int read_errors(struct pusher *p, const json_t *errors, struct err *err)
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

		if (!it || !text)
			continue;
		if (code && strcmp(code, "ERROR_CONTACT_EXISTS") == 0) {
			if (judge_existing(p, it, err) < 0)
				return -1;
		} else if (refuse_member(p, it, text, err) < 0) {
			return -1;
		}
	}
	return 0;
}

static int put_members(struct pusher *p, enum push_action action,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	json_key_bool(&j, "update_existing", action == PUSH_UPDATE);
	json_key_begin_array(&j, "members");
	vec_each (&p->items, it) {
		if (it->address)
			write_member(p, &j, it, action);
		else
			refuse(it, "no_address", NULL);
	}
	json_end_array(&j);
	json_end_object(&j);
	if (mc_call(p->w->client, "POST",
		    list_path(p->w,
			      "?skip_merge_validation=true&fields=errors"),
		    body.buf, &reply, err) < 0)
		return -1;
	return read_errors(p, json_object_get(reply, "errors"), err);
}

/* --- the tag's members --- */

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
				item_of(p, json_string_value(address));

			if (it &&
			    refuse_member(p, it, text ? text : "", err) < 0)
				return -1;
		}
	}
	return 0;
}

static int tag(struct pusher *p, const char *key, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	int n = 0;

	json_begin_object(&j);
	json_key_begin_array(&j, key);
	vec_each (&p->items, it)
		if (it->address && it->outcome == PUSH_APPLIED) {
			json_text(&j, it->address);
			n++;
		}
	json_end_array(&j);
	json_end_object(&j);
	if (n == 0)
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

static int do_call(struct pusher *p, enum push_action action, struct err *err)
{
	p->action = action;
	if (action == PUSH_ADD || action == PUSH_UPDATE) {
		if (load_records(p, err) < 0 || put_members(p, action, err) < 0)
			return -1;
	}
	if (action == PUSH_UNTAG)
		return tag(p, "members_to_remove", err) < 0
			       ? -1
			       : untag_strangers(p, err);
	return tag(p, "members_to_add", err);
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

int push_apply(struct work *w, struct push *push, struct err *err)
{
	CLEANUP(pusher_release)
	struct pusher p = {
		.w = w,
		.push = push,
		.map = VEC_INIT,
		.items = VEC_INIT,
		.records = VEC_INIT,
		.arena = arena_new(),
	};

	if (ensure_segment(w, push, err) < 0 ||
	    field_map_load(w, &p.map, err) < 0)
		return -1;
	if (do_action(&p, PUSH_ADD, err) < 0 ||
	    do_action(&p, PUSH_UPDATE, err) < 0 ||
	    do_action(&p, PUSH_TAG, err) < 0 ||
	    do_action(&p, PUSH_UNTAG, err) < 0)
		return -1;
	push->state = "done";
	return store_segment(w, push, err);
}
