/* Addresses that users keep from mail, in all audiences. Handlers; any worker.
 */
#include "api/mc30/mc30.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "audience/blocked/blocked_address.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"

static int read_address(const struct request *rq, const char *text,
			struct email *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (email_parse(text ? text : "", rq->arena, out, &why) < 0)
		return err_field(err, "address", "not an address");
	return 0;
}

static void write_one(const struct blocked_address *blocked,
		      struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "address", blocked->address);
	json_key_text(w, "reason", blocked->reason);
	json_key_time(w, "at", blocked->at_ms);
	json_key_text(w, "by", *blocked->by ? blocked->by : NULL);
	json_end_object(w);
}

/* One address, if it is asked for. */
static int list_one(const struct request *rq, struct db *db,
		    struct json_writer *w, struct err *err)
{
	struct blocked_address blocked;
	struct email email;
	int found;

	if (read_address(rq, request_query(rq, "address"), &email, err) < 0)
		return -1;
	found = blocked_find(db, email.folded, rq->arena, &blocked, err);
	if (found < 0)
		return -1;
	v1_list_begin(w);
	if (found > 0)
		write_one(&blocked, w);
	v1_list_end(w, found, NULL);
	return 0;
}

int v1_blocked_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct blocked_addresses all = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *after = request_query(rq, "cursor"), *next = NULL;
	int64_t limit, total = 0;

	if (v1_limit(rq, &limit, err) < 0 || mc_db(rq, &db, err) < 0)
		return -1;
	if (request_query(rq, "address"))
		return list_one(rq, db, &w, err);
	if (blocked_list(db, after ? after : "", limit + 1, rq->arena, &all,
			 &total, err) < 0)
		return -1;
	if ((int64_t)all.n > limit) {
		all.n = (size_t)limit;
		next = all.v[all.n - 1].address;
	}
	v1_list_begin(&w);
	vec_each (&all, blocked)
		write_one(blocked, &w);
	v1_list_end(&w, total, next);
	return 0;
}

int v1_blocked_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct blocked_address blocked = { .reason = "manual",
					   .by = rq->caller.name,
					   .at_ms = rq->now_ms };
	const char *address = NULL;
	const json_t *body;
	struct email email;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "address", &address, err) < 0 ||
	    read_address(rq, address, &email, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    blocked_add(&tx, email.folded, blocked.by, rq->now_ms, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	blocked.address = email.folded;
	rs->status = 201;
	write_one(&blocked, &w);
	return 0;
}

int v1_blocked_lift(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct email email;

	if (read_address(rq, request_query(rq, "address"), &email, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    blocked_lift(&tx, email.folded, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
