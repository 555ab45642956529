#include "delivery/send/claim.h"

#include "audience/side/side.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "campaign/variate/variate.h"
#include "delivery/event_writer.h"
#include "store/db.h"

#include "sql/address_left.h"
#include "sql/recipient.h"

/* The word of rule 12 for an address that gets it by another one. */
#define LEFT_OUT_TAKEN "duplicate"

static void read_claim(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct claimed *)out = (struct claimed){
		.member_id = rows_int(rows, 0),
		.attempts = rows_int(rows, 1),
		.first_ms = rows_int(rows, 2),
		.is_uncertain = rows_int(rows, 3) != 0,
		.address = rows_dup(rows, 4, arena),
		.unique_id = rows_dup(rows, 5, arena),
		.merge = rows_dup(rows, 6, arena),
		.optin_ms = rows_int(rows, 7),
		.language = rows_dup(rows, 8, arena),
		.variant = variate_of_recipient((int)rows_int(rows, 9)),
	};
}

static int pick(struct db *db, int64_t campaign_id, int64_t limit,
		int64_t now_ms, struct arena *arena, struct claims *out,
		struct err *err)
{
	if (db_list(db, SQL_RECIPIENT_DUE_DEFERRED,
		    SQL_ARGS(sql_int(campaign_id), sql_int(now_ms),
			     sql_int(limit)),
		    read_claim, arena, out, err) < 0)
		return -1;
	limit -= (int64_t)out->n;
	if (limit <= 0)
		return 0;
	return db_list(db, SQL_RECIPIENT_DUE_QUEUED,
		       SQL_ARGS(sql_int(campaign_id), sql_int(now_ms),
				sql_int(campaign_id), sql_int(limit)),
		       read_claim, arena, out, err);
}

/* Does it end as unknown? Who may have got it was not left out. */
static bool is_unknown(const struct claimed *c, const char *reason)
{
	return reason && c->is_uncertain;
}

/* Those with the reason of [first], in one statement. */
static int leave_out(struct tx *tx, int64_t campaign_id,
		     const struct claims *picked, const char **reasons,
		     size_t first, int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const char *reason = reasons[first];

	for (size_t i = first; i < picked->n; i++) {
		if (!reasons[i] || picked->v[i].is_uncertain ||
		    strcmp(reasons[i], reason) != 0)
			continue;
		vec_push(&ids, picked->v[i].member_id);
		if (i > first)
			reasons[i] = ""; /* done, but not to be mailed */
	}
	return db_exec(tx, SQL_RECIPIENT_LEAVE_OUT,
		       SQL_ARGS(sql_text(reason), sql_int(now_ms),
				sql_int(campaign_id), sql_keys(&ids, &keys)),
		       err);
}

static int store_claims(struct tx *tx, int64_t campaign_id, const char *owner,
			const struct claims *picked, const char **reasons,
			int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	for (size_t i = 0; i < picked->n; i++) {
		if (!reasons[i] || is_unknown(&picked->v[i], reasons[i]))
			vec_push(&ids, picked->v[i].member_id);
		else if (*reasons[i] && leave_out(tx, campaign_id, picked,
						  reasons, i, now_ms, err) < 0)
			return -1;
	}
	if (ids.n == 0)
		return 0;
	return db_exec(tx, SQL_RECIPIENT_CLAIM,
		       SQL_ARGS(sql_text(owner), sql_int(campaign_id),
				sql_keys(&ids, &keys)),
		       err);
}

static int id_lists(const struct claims *picked, const char *const *reasons,
		    struct strbuf *all, struct strbuf *anew)
{
	struct json_writer a = JSON_WRITER(all), n = JSON_WRITER(anew);
	int free = 0;

	json_begin_array(&a);
	json_begin_array(&n);
	for (size_t i = 0; i < picked->n; i++) {
		if (reasons[i])
			continue;
		free++;
		json_int(&a, picked->v[i].member_id);
		if (!picked->v[i].is_uncertain)
			json_int(&n, picked->v[i].member_id);
	}
	json_end_array(&a);
	json_end_array(&n);
	return free;
}

/* The campaign has gone to the address already, when it was another member's.
 */
static int check_taken(struct tx *tx, int64_t campaign_id,
		       const struct claims *picked, const char **reasons,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf anew = STRBUF_INIT;
	CLEANUP(vec_release) struct ids taken = VEC_INIT;
	struct sql_value campaign = sql_int(campaign_id);
	int64_t one;
	int any = db_find_int(tx->db, SQL_ADDRESS_LEFT_ANY, SQL_ARGS(campaign),
			      &one, err);

	if (any <= 0 || id_lists(picked, reasons, &all, &anew) == 0)
		return any < 0 ? -1 : 0;
	if (db_exec(tx, SQL_ADDRESS_LEFT_RETURN,
		    SQL_ARGS(campaign, sql_str(strbuf_str(&anew))), err) < 0 ||
	    db_list_ids(tx->db, SQL_ADDRESS_LEFT_TAKEN,
			SQL_ARGS(campaign, sql_str(strbuf_str(&all))), &taken,
			err) < 0)
		return -1;
	for (size_t i = 0; i < picked->n; i++)
		vec_each (&taken, id)
			if (!reasons[i] && picked->v[i].member_id == *id)
				reasons[i] = LEFT_OUT_TAKEN;
	return 0;
}

int64_t claim_next(struct db *db, int64_t campaign_id, const char *owner,
		   int64_t limit, int64_t now_ms, struct arena *arena,
		   struct claims *out, struct ids *unknown, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct claims picked = VEC_INIT;
	const char **reasons;
	int64_t *ids;

	if (tx_begin(db, &tx, err) < 0 ||
	    pick(db, campaign_id, limit, now_ms, arena, &picked, err) < 0)
		return -1;
	if (picked.n == 0)
		return 0;
	ids = arena_array(arena, int64_t, picked.n);
	reasons = arena_array(arena, const char *, picked.n);
	for (size_t i = 0; i < picked.n; i++)
		ids[i] = picked.v[i].member_id;
	if (consent_check(db, ids, picked.n, reasons, err) < 0)
		return -1;
	if (check_taken(&tx, campaign_id, &picked, reasons, err) < 0 ||
	    store_claims(&tx, campaign_id, owner, &picked, reasons, now_ms,
			 err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	for (size_t i = 0; i < picked.n; i++) {
		if (!reasons[i])
			vec_push(out, picked.v[i]);
		else if (is_unknown(&picked.v[i], reasons[i]))
			vec_push(unknown, picked.v[i].member_id);
	}
	return (int64_t)picked.n;
}

int claim_read_interests(struct db *db, struct claims *claims,
			 struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct member_interests chosen = VEC_INIT;

	if (member_interests_list(db, sql_keys_of(claims, member_id, &keys),
				  &chosen, err) < 0)
		return -1;
	vec_each (claims, c) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		size_t i = vec_lower(&chosen, member_id, c->member_id);

		for (; i < chosen.n && chosen.v[i].member_id == c->member_id;
		     i++)
			strbuf_addf(&text, "%s%lld", text.len ? " " : "",
				    (long long)chosen.v[i].interest_id);
		c->interests = arena_str(arena, strbuf_str(&text));
	}
	return 0;
}

int claim_end_unknown(struct event_writer *writer, int64_t campaign_id,
		      const struct ids *members, int64_t now_ms,
		      struct err *err)
{
	for (size_t i = 0; i < members->n; i++) {
		struct event event = {
			.at_ms = now_ms,
			.kind = EVENT_EXPIRED,
			.campaign_id = campaign_id,
			.member_id = members->v[i],
			.detail = CLAIM_UNKNOWN,
		};

		if (event_add_wait(writer, &event, err) < 0)
			return -1;
	}
	return 0;
}

int claim_leave_out(struct db *db, int64_t campaign_id,
		    const struct ids *members, const char *reason,
		    int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (members->n == 0)
		return 0;
	return db_write(db, SQL_RECIPIENT_LEAVE_OUT,
			SQL_ARGS(sql_text(reason), sql_int(now_ms),
				 sql_int(campaign_id),
				 sql_keys(members, &keys)),
			err);
}

int claim_release(struct db *db, int64_t campaign_id, const struct ids *members,
		  const char *owner, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (members->n == 0)
		return 0;
	return db_write(db, SQL_RECIPIENT_RELEASE,
			SQL_ARGS(sql_int(campaign_id), sql_keys(members, &keys),
				 sql_text(owner)),
			err);
}
