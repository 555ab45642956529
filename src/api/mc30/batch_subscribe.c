/*
 * POST /lists/{list_id}: up to 500 members in one call. Always 200; what went
 * wrong with whom is in the reply.
 */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/member_reply.h"
#include "audience/list.h"
#include "audience/tag_members.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"

#include <string.h>

#define BATCH_MAX 500

struct batch_call {
	const json_t *members;
	bool update_existing, sync_tags;
	bool skip_merge_validation, skip_duplicates;
	int64_t segment_id; /* whoever is written gets that tag; 0: none */
	struct member_op *ops;
	size_t n;
};

static int read_call(struct request *rq, struct batch_call *call,
		     struct err *err)
{
	const json_t *body, *members = NULL;
	int has;

	if (mc_body(rq, &body, err) < 0)
		return -1;
	has = json_get_array(body, "members", &members, err);
	if (has < 0 ||
	    json_get_bool(body, "update_existing", &call->update_existing,
			  err) < 0 ||
	    json_get_bool(body, "sync_tags", &call->sync_tags, err) < 0 ||
	    json_get_int(body, "segment_id", &call->segment_id, err) < 0)
		return -1;
	if (!has)
		return err_field(err, "members",
				 "This value should not be blank.");
	if (json_array_size(members) > BATCH_MAX)
		return err_field(err, "members",
				 "This collection should contain %d elements "
				 "or less.",
				 BATCH_MAX);
	call->members = members;
	call->sync_tags = call->sync_tags && call->update_existing;
	call->skip_merge_validation =
		request_query_bool(rq, "skip_merge_validation", false);
	call->skip_duplicates =
		request_query_bool(rq, "skip_duplicate_check", false);
	return 0;
}

/* The first of an address in this call counts; later ones are dropped. */
static bool is_repeated(json_t *seen, const json_t *member)
{
	const char *address =
		json_string_value(json_object_get(member, "email_address"));
	char hash[MD5_HEX + 1];

	if (!address)
		return false;
	email_hash(address, hash);
	if (json_object_get(seen, hash))
		return true;
	/* Out of memory ends in a missed repetition, nothing worse. */
	(void)json_object_set_new(seen, hash, json_true());
	return false;
}

static int make_ops(struct request *rq, struct batch_call *call,
		    struct err *err)
{
	CLEANUP(json_free) json_t *seen = json_object();
	const json_t *member;
	size_t i;

	call->ops = arena_array(rq->arena, struct member_op,
				json_array_size(call->members) + 1);
	json_array_foreach (call->members, i, member) {
		if (!json_is_object(member))
			return err_field(err, "members", "should be objects");
		if (call->skip_duplicates && is_repeated(seen, member))
			continue;
		call->ops[call->n++] = (struct member_op){
			.mode = call->update_existing ? MEMBER_BATCH_UPDATE
						      : MEMBER_BATCH,
			.body = member,
			.skip_merge_validation = call->skip_merge_validation,
			.sync_tags = call->sync_tags,
		};
	}
	return 0;
}

static void release_ops(struct batch_call *call)
{
	for (size_t i = 0; i < call->n; i++)
		member_op_release(&call->ops[i]);
}

static int tag_written(struct tx *tx, struct request *rq,
		       const struct list *list, const struct batch_call *call,
		       struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (!call->segment_id)
		return 0;
	for (size_t i = 0; i < call->n; i++)
		if (call->ops[i].outcome != MEMBER_REFUSED)
			vec_push(&ids, call->ops[i].member.id);
	return tag_members_add(tx, list, call->segment_id, &ids, rq->now_ms,
			       rq->arena, err) < 0
		       ? -1
		       : 0;
}

static int apply_once(struct request *rq, struct db *db,
		      const struct list *list, const struct batch_call *call,
		      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = mc_actor(rq);

	if (tx_begin(db, &tx, err) < 0 ||
	    member_apply(&tx, list, call->ops, call->n, &actor, rq->arena,
			 err) < 0 ||
	    tag_written(&tx, rq, list, call, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void write_error(const struct member_op *op, struct json_writer *w)
{
	bool exists = strcmp(op->err.title, "Member Exists") == 0;
	const char *field = op->err.field, *message = "";

	if (op->errors.n) {
		field = op->errors.v[0].field;
		message = op->errors.v[0].message;
	} else if (*field) {
		message = op->err.text;
	}
	json_begin_object(w);
	json_key_text(w, "email_address", op->address);
	json_key_text(w, "error", op->err.text);
	json_key_text(w, "error_code",
		      exists ? "ERROR_CONTACT_EXISTS" : "ERROR_GENERIC");
	json_key_text(w, "field", field);
	json_key_text(w, "field_message", message);
	json_end_object(w);
}

static int64_t write_members(const struct member_reply *reply,
			     const struct batch_call *call, bool created,
			     struct json_writer *w)
{
	const char *key = created ? "new_members" : "updated_members";
	int64_t n = 0;

	json_key_begin_array(w, key);
	for (size_t i = 0; i < call->n; i++) {
		const struct member_op *op = &call->ops[i];

		if (op->outcome == MEMBER_REFUSED ||
		    (op->outcome == MEMBER_NEW) != created)
			continue;
		member_reply_write(reply, &op->member, w);
		n++;
	}
	json_end_array(w);
	return n;
}

static int64_t write_errors(const struct batch_call *call,
			    struct json_writer *w)
{
	int64_t n = 0;

	json_key_begin_array(w, "errors");
	for (size_t i = 0; i < call->n; i++) {
		if (call->ops[i].outcome != MEMBER_REFUSED)
			continue;
		write_error(&call->ops[i], w);
		n++;
	}
	json_end_array(w);
	return n;
}

static int write_reply(struct request *rq, struct response *rs, struct db *db,
		       const struct list *list, const struct batch_call *call,
		       struct err *err)
{
	CLEANUP(member_reply_release) struct member_reply reply = { 0 };
	CLEANUP(vec_release) struct members done = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	int64_t created, updated, errors;

	for (size_t i = 0; i < call->n; i++)
		if (call->ops[i].outcome != MEMBER_REFUSED)
			vec_push(&done, call->ops[i].member);
	member_reply_want(&reply, &w, "new_members");
	member_reply_want(&reply, &w, "updated_members");
	if (member_reply_load(rq, db, list, done.v, done.n, &reply, err) < 0)
		return -1;
	json_begin_object(&w);
	created = write_members(&reply, call, true, &w);
	updated = write_members(&reply, call, false, &w);
	errors = write_errors(call, &w);
	json_key_int(&w, "total_created", created);
	json_key_int(&w, "total_updated", updated);
	json_key_int(&w, "error_count", errors);
	mc_links_begin(&w);
	mc_link(&w, "parent", "GET", reply.base, "/lists/%s", list->hex);
	mc_links_end(&w);
	json_end_object(&w);
	return 0;
}

int mc_lists_batch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(release_ops) struct batch_call call = { NULL };
	struct list list;
	int done, tries = 0;

	if (read_call(rq, &call, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	do {
		release_ops(&call);
		call.n = 0;
		if (make_ops(rq, &call, err) < 0)
			return -1;
		done = apply_once(rq, db, &list, &call, err);
	} while (done < 0 && mc_try_again(err, &tries));
	if (done < 0)
		return -1;
	mc_wake(rq);
	return write_reply(rq, rs, db, &list, &call, err);
}
