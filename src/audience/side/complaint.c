#include "audience/side/complaint.h"

#include "audience/member_private.h"
#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "sql/complaint.h"

struct about {
	int64_t member_id, at_ms;
	const char *campaign_hex;
};
struct abouts VEC_FIELDS(struct about);

static void read_about(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct about *)out = (struct about){
		.member_id = rows_int(rows, 0),
		.at_ms = rows_int(rows, 1),
		.campaign_hex = rows_dup(rows, 2, arena),
	};
}

/* What the ledger says; else, when it left. */
static int add_complaints(struct db *db, const struct members *members,
			  struct arena *arena, struct complaints *out,
			  struct err *err)
{
	CLEANUP(vec_release) struct abouts abouts = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (members->n == 0)
		return 0;
	if (db_list(db, SQL_COMPLAINT_CAMPAIGNS,
		    SQL_ARGS(sql_keys_of(members, id, &keys)), read_about,
		    arena, &abouts, err) < 0)
		return -1;
	vec_each (members, m) {
		size_t at = vec_lower(&abouts, member_id, m->id);
		struct complaint c = { .member = *m,
				       .campaign_hex = "",
				       .at_ms = m->unsubscribed_ms };

		if (at < abouts.n && abouts.v[at].member_id == m->id) {
			c.campaign_hex = abouts.v[at].campaign_hex;
			c.at_ms = abouts.v[at].at_ms;
		}
		vec_push(out, c);
	}
	return 0;
}

int complaint_list(struct db *db, int64_t list_id, int64_t count,
		   int64_t offset, struct arena *arena, struct complaints *out,
		   int64_t *total_out, struct err *err)
{
	CLEANUP(vec_release) struct members members = VEC_INIT;

	if (db_find_int(db, SQL_COMPLAINT_COUNT, SQL_ARGS(sql_int(list_id)),
			total_out, err) < 0 ||
	    db_list(db, SQL_COMPLAINT_PAGE,
		    SQL_ARGS(sql_int(list_id), sql_int(count), sql_int(offset)),
		    member_read_row, arena, &members, err) < 0)
		return -1;
	return add_complaints(db, &members, arena, out, err);
}

int complaint_get(struct db *db, int64_t list_id, int64_t id,
		  struct arena *arena, struct complaint *out, struct err *err)
{
	CLEANUP(vec_release) struct members one = VEC_INIT;
	CLEANUP(vec_release) struct complaints found = VEC_INIT;
	struct member member;

	if (member_get_by_id(db, id, arena, &member, err) < 0)
		return -1;
	if (member.list_id != list_id ||
	    member.unsubscribed_by != UNSUBSCRIBED_BY_COMPLAINT)
		return must_exist(0, err);
	vec_push(&one, member);
	if (add_complaints(db, &one, arena, &found, err) < 0)
		return -1;
	*out = found.v[0];
	return 0;
}
