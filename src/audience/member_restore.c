#include "audience/member_restore.h"

#include "audience/kept/list_kept.h"
#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/suppression.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/member_restore.h"
#include "store/tally.h"

/* A row of the journal, and its member. */
struct cleaned {
	int64_t member_id;
	enum member_status before;
	int64_t restored_ms; /* 0: never */
	bool is_bounced_elsewhere, has_left;
	const struct member *member; /* NULL: not there */
	bool is_suppressed;
	const char *kept;
};
struct cleaneds VEC_FIELDS(struct cleaned);

/* Both are sorted by id. */
static void join_members(struct cleaneds *all, const struct members *members)
{
	size_t at = 0;

	vec_each (all, c) {
		while (at < members->n && members->v[at].id < c->member_id)
			at++;
		if (at < members->n && members->v[at].id == c->member_id)
			c->member = &members->v[at];
	}
}

static int check_suppressed(struct db *db, struct cleaneds *all,
			    struct arena *arena, struct err *err)
{
	const char **addresses = arena_array(arena, const char *, all->n + 1);
	bool *suppressed = arena_array(arena, bool, all->n + 1);

	for (size_t i = 0; i < all->n; i++)
		addresses[i] =
			all->v[i].member ? all->v[i].member->address : "";
	if (suppression_check(db, addresses, all->n, suppressed, err) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		all->v[i].is_suppressed = suppressed[i];
	return 0;
}

static const char *why_kept(const struct cleaned *c)
{
	const struct member *m = c->member;

	if (!m || m->list_id < 0)
		return "forgotten";
	if (m->status == MEMBER_ARCHIVED)
		return "archived";
	if (m->status != MEMBER_CLEANED)
		return c->restored_ms && m->status == c->before ? NULL
								: "changed";
	if (c->is_suppressed)
		return "suppressed";
	if (c->has_left)
		return "unsubscribed";
	return c->is_bounced_elsewhere ? "bounced_elsewhere" : NULL;
}

static void read_cleaned(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena; /* no texts */
	*(struct cleaned *)out = (struct cleaned){
		.member_id = rows_int(rows, 0),
		.before = (enum member_status)rows_int(rows, 1),
		.restored_ms = rows_int(rows, 2),
		.is_bounced_elsewhere = rows_int(rows, 3) > 0,
		.has_left = rows_int(rows, 4) > 0,
	};
}

static int load_cleaned(struct db *db, int64_t campaign_id, int64_t after,
			int64_t limit, struct arena *arena,
			struct members *members, struct cleaneds *out,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (db_list(db, SQL_MEMBER_CLEANED_PAGE,
		    SQL_ARGS(sql_int(campaign_id), sql_int(after),
			     sql_int(limit)),
		    read_cleaned, NULL, out, err) < 0)
		return -1;
	if (out->n == 0)
		return 0;
	if (member_list_by_ids(db, sql_keys_of(out, member_id, &keys), arena,
			       members, err) < 0)
		return -1;
	join_members(out, members);
	if (check_suppressed(db, out, arena, err) < 0)
		return -1;
	vec_each (out, c)
		c->kept = why_kept(c);
	return 0;
}

static bool is_due(const struct cleaned *c)
{
	return !c->kept && c->member->status == MEMBER_CLEANED;
}

/* now_ms 0: those that are due are not restored, they would be. */
static void report_outcomes(const struct cleaneds *all, int64_t now_ms,
			    struct restoreds *out)
{
	vec_each (all, c) {
		struct restored r = {
			.member_id = c->member_id,
			.email_hash = c->member ? c->member->email_hash : "",
			.status = !c->kept    ? c->before
				  : c->member ? c->member->status
					      : MEMBER_ARCHIVED,
			.kept = c->kept,
			.restored_ms = c->kept     ? 0
				       : is_due(c) ? now_ms
						   : c->restored_ms,
		};

		vec_push(out, r);
	}
}

int member_restore_plan(struct db *db, int64_t campaign_id, int64_t after,
			int64_t limit, struct arena *arena,
			struct restoreds *out, struct err *err)
{
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(vec_release) struct cleaneds all = VEC_INIT;

	if (load_cleaned(db, campaign_id, after, limit, arena, &members, &all,
			 err) < 0)
		return -1;
	report_outcomes(&all, 0, out);
	return 0;
}

/* --- doing it --- */

static struct member restored_member(const struct cleaned *c, int64_t now_ms)
{
	struct member now = *c->member;

	now.status = c->before;
	now.changed_ms = member_change_ms(c->member, now_ms);
	return now;
}

static int write_all(struct tx *tx, const struct cleaneds *all, int64_t now_ms,
		     struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (all, c) {
		struct member now;

		if (!is_due(c))
			continue;
		now = restored_member(c, now_ms);
		list_kept_change(&kept, c->member, &now);
		if (member_write(&batch, c->member, &now, err) < 0 ||
		    batch_add(&batch, SQL_MEMBER_SOFT_BOUNCE_NONE,
			      SQL_ARGS(sql_int(now.id)), err) < 0 ||
		    batch_add(&batch, SQL_MEMBER_CLEANED_UNDONE,
			      SQL_ARGS(sql_int(now_ms), sql_int(now.id)),
			      err) < 0)
			return -1;
	}
	return batch_end(&batch, err) < 0 ? -1
					  : list_kept_write(&kept, tx, err);
}

/* A campaign has one list: that of any of them. */
static int tell_all(struct tx *tx, const struct cleaneds *all, int64_t now_ms,
		    struct arena *arena, struct err *err)
{
	struct member_actor actor = { .source = SOURCE_ADMIN,
				      .now_ms = now_ms };
	CLEANUP(member_run_release)
	struct member_run run = { .tx = tx, .actor = &actor, .arena = arena };
	struct list list;

	vec_each (all, c) {
		struct member now;

		if (!is_due(c))
			continue;
		if (!run.list) {
			run.list = &list;
			if (list_get_by_id(tx->db, c->member->list_id, arena,
					   &list, err) < 0 ||
			    member_run_load(&run, err) < 0)
				return -1;
		}
		now = restored_member(c, now_ms);
		if (member_tell(&run, c->member, &now, err) < 0)
			return -1;
	}
	return 0;
}

int member_restore(struct tx *tx, int64_t campaign_id, int64_t after,
		   int64_t limit, int64_t now_ms, struct arena *arena,
		   struct restoreds *out, struct err *err)
{
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(vec_release) struct cleaneds all = VEC_INIT;

	if (db_exec(tx, SQL_CAMPAIGN_CLEANS_UNDONE,
		    SQL_ARGS(sql_int(now_ms), sql_int(campaign_id)), err) < 0 ||
	    load_cleaned(tx->db, campaign_id, after, limit, arena, &members,
			 &all, err) < 0 ||
	    write_all(tx, &all, now_ms, err) < 0 ||
	    tell_all(tx, &all, now_ms, arena, err) < 0)
		return -1;
	report_outcomes(&all, now_ms, out);
	return 0;
}
