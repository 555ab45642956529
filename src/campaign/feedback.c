#include "campaign/feedback.h"

#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "sql/feedback.h"
#include "store/db.h"
#include "store/update.h"

static void read_feedback(const struct rows *rows, struct arena *arena,
			  void *out)
{
	*(struct feedback *)out = (struct feedback){
		.id = rows_int(rows, 0),
		.message = rows_dup(rows, 1, arena),
		.block_id = rows_int(rows, 2),
		.is_complete = rows_int(rows, 3) != 0,
		.parent_id = rows_int(rows, 4),
		.user_id = rows_int(rows, 5),
		.is_of_web = rows_int(rows, 6) != 0,
		.created_ms = rows_int(rows, 7),
		.updated_ms = rows_int(rows, 8),
	};
}

int feedback_list(struct db *db, int64_t campaign_id, int64_t count,
		  int64_t offset, struct arena *arena, struct feedbacks *out,
		  int64_t *total_out, struct err *err)
{
	if (db_find_int(db, SQL_FEEDBACK_COUNT, SQL_ARGS(sql_int(campaign_id)),
			total_out, err) < 0)
		return -1;
	return db_list(
		db, SQL_FEEDBACK_LIST,
		SQL_ARGS(sql_int(campaign_id), sql_int(count), sql_int(offset)),
		read_feedback, arena, out, err);
}

int feedback_get(struct db *db, int64_t campaign_id, int64_t id,
		 struct arena *arena, struct feedback *out, struct err *err)
{
	return must_exist(db_get(db, SQL_FEEDBACK_GET,
				 SQL_ARGS(sql_int(campaign_id), sql_int(id)),
				 read_feedback, arena, out, err),
			  err);
}

/* --- changes --- */

static int check_message(const char *message, struct err *err)
{
	if (!message || utf8_is_blank(message))
		return err_field(err, "message",
				 "This value should not be blank.");
	if (utf8_length(str_of(message)) > FEEDBACK_MESSAGE_MAX)
		return err_field(err, "message",
				 "Please enter at most %d characters",
				 FEEDBACK_MESSAGE_MAX);
	return 0;
}

static int read_body(const json_t *body, struct arena *arena,
		     struct feedback *f, struct err *err)
{
	if (json_get_text(body, "message", &f->message, err) < 0 ||
	    json_get_int(body, "block_id", &f->block_id, err) < 0 ||
	    json_get_bool(body, "is_complete", &f->is_complete, err) < 0 ||
	    check_message(f->message, err) < 0)
		return -1;
	if (f->block_id < 0)
		return err_field(err, "block_id", "must not be negative");
	f->message = arena_strdup(arena, f->message);
	return 0;
}

/* What it answers is of the same campaign. */
static int take_parent(struct db *db, int64_t campaign_id, const json_t *body,
		       struct arena *arena, struct feedback *f, struct err *err)
{
	struct feedback parent;

	if (json_get_int(body, "parent_id", &f->parent_id, err) < 0)
		return -1;
	if (f->parent_id == 0 || feedback_get(db, campaign_id, f->parent_id,
					      arena, &parent, err) >= 0)
		return 0;
	return err->code == ERR_NOT_FOUND
		       ? err_field(err, "parent_id",
				   "There is no such feedback of this campaign")
		       : -1;
}

static int check_number(struct db *db, int64_t campaign_id, struct err *err)
{
	int64_t n = 0;

	if (db_find_int(db, SQL_FEEDBACK_COUNT, SQL_ARGS(sql_int(campaign_id)),
			&n, err) < 0)
		return -1;
	return n < FEEDBACK_MOST
		       ? 0
		       : err_set(err, ERR_CONFLICT,
				 "there are %d pieces of feedback already: "
				 "remove some",
				 FEEDBACK_MOST);
}

int feedback_add(struct tx *tx, const struct campaign *campaign,
		 const json_t *body, int64_t now_ms, struct arena *arena,
		 struct feedback *out, struct err *err)
{
	struct feedback f = { .user_id = out->user_id,
			      .is_of_web = out->is_of_web,
			      .created_ms = now_ms,
			      .updated_ms = now_ms };

	if (read_body(body, arena, &f, err) < 0 ||
	    take_parent(tx->db, campaign->id, body, arena, &f, err) < 0 ||
	    check_number(tx->db, campaign->id, err) < 0 ||
	    db_find_int(tx->db, SQL_FEEDBACK_ADD,
			SQL_ARGS(sql_int(campaign->id), sql_text(f.message),
				 sql_int(f.block_id), sql_int(f.is_complete),
				 sql_id_or_null(f.parent_id),
				 sql_id_or_null(f.user_id),
				 sql_int(f.is_of_web), sql_int(now_ms),
				 sql_int(now_ms)),
			&f.id, err) < 0)
		return -1;
	*out = f;
	return 0;
}

int feedback_update(struct tx *tx, int64_t campaign_id, int64_t id,
		    const json_t *body, int64_t now_ms, struct arena *arena,
		    struct feedback *out, struct err *err)
{
	CLEANUP(update_release)
	struct update u = UPDATE_OF("campaign_feedback");
	struct feedback before, f;

	if (feedback_get(tx->db, campaign_id, id, arena, &before, err) < 0)
		return -1;
	f = before;
	if (read_body(body, arena, &f, err) < 0)
		return -1;
	update_text(&u, "message", before.message, f.message);
	update_int(&u, "block_id", before.block_id, f.block_id);
	update_int(&u, "is_complete", before.is_complete, f.is_complete);
	if (!update_is_empty(&u))
		f.updated_ms = now_ms;
	update_stamp(&u, "updated_ms", now_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	*out = f;
	return 0;
}

int feedback_remove(struct tx *tx, int64_t campaign_id, int64_t id,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct feedback f;

	if (feedback_get(tx->db, campaign_id, id, arena, &f, err) < 0 ||
	    db_exec(tx, SQL_FEEDBACK_ORPHAN, SQL_ARGS(sql_int(id)), err) < 0 ||
	    db_exec(tx, SQL_FEEDBACK_REMOVE, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return 0;
}

int feedback_remove_all(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_FEEDBACK_REMOVE_ALL,
		       SQL_ARGS(sql_int(campaign_id)), err) < 0
		       ? -1
		       : 0;
}
