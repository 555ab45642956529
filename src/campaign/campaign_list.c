/*
 * Campaigns that fit a filter, a page at a time. Called by handlers; any
 * thread.
 */
#include "base/arena.h"
#include "base/err.h"
#include "campaign/campaign_private.h"
#include "campaign/folder.h"
#include "sql/campaign.h"
#include "store/sqlbuild.h"

/* A recipient with an address of that hash. */
static void add_sent_to(struct sqlbuild *b, const char *member_hash)
{
	sqlbuild_add(b, " AND EXISTS (SELECT 1 FROM recipient r"
			" WHERE r.campaign_id = c.id"
			" AND r.sent_seq IS NOT NULL"
			" AND r.member_id IN (SELECT a.member_id"
			" FROM list o JOIN member_address a"
			" ON a.list_id = o.id AND a.email_hash = ");
	sqlbuild_bind_text(b, member_hash);
	sqlbuild_add(b, "))");
}

static void add_status(struct sqlbuild *b, enum campaign_status status)
{
	bool sends = status == CAMPAIGN_SENDING;

	sqlbuild_add(b, " AND c.status IN (");
	sqlbuild_bind_int(b, status);
	sqlbuild_add(b, ", ");
	sqlbuild_bind_int(b, sends ? CAMPAIGN_FINISHING : status);
	sqlbuild_add(b, ")");
}

static void add_folder(struct sqlbuild *b, const char *hex)
{
	sqlbuild_add(b, " AND c.folder_id = (SELECT f.id FROM folder f"
			" WHERE f.hex = ");
	sqlbuild_bind_text(b, hex);
	sqlbuild_add(b, " AND f.kind = ");
	sqlbuild_bind_int(b, FOLDER_CAMPAIGNS);
	sqlbuild_add(b, ")");
}

static void add_parent(struct sqlbuild *b, const char *hex)
{
	sqlbuild_add(b, " AND c.parent_id = (SELECT p.id FROM campaign p"
			" WHERE p.hex = ");
	sqlbuild_bind_text(b, hex);
	sqlbuild_add(b, ")");
}

static void add_conditions(struct sqlbuild *b, const struct campaign_filter *f)
{
	sqlbuild_add(b, " WHERE c.status <> ");
	sqlbuild_bind_int(b, CAMPAIGN_ARCHIVED);
	sqlbuild_if_int(b, " AND c.send_ms < ", f->before_send_ms);
	sqlbuild_if_int(b, " AND c.send_ms > ", f->since_send_ms);
	sqlbuild_if_int(b, " AND c.created_ms < ", f->before_create_ms);
	sqlbuild_if_int(b, " AND c.created_ms > ", f->since_create_ms);
	if (f->status)
		add_status(b, f->status);
	sqlbuild_if_text(b, " AND c.type = ", f->type);
	sqlbuild_if_text(b, " AND l.hex = ", f->list_hex);
	if (f->folder_hex)
		add_folder(b, f->folder_hex);
	if (f->parent_hex)
		add_parent(b, f->parent_hex);
	if (f->member_hash)
		add_sent_to(b, f->member_hash);
}

static int count_all(struct db *db, const struct campaign_filter *filter,
		     struct arena *arena, int64_t *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);

	sqlbuild_add(&b, "SELECT COUNT(*) FROM campaign c"
			 " LEFT JOIN list l ON l.id = c.list_id"
			 " AND l.deleted_ms IS NULL");
	add_conditions(&b, filter);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

int campaign_list(struct db *db, const struct campaign_filter *filter,
		  struct arena *arena, struct campaigns *out,
		  int64_t *total_out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t total;

	if (count_all(db, filter, arena, &total, err) < 0)
		return -1;
	sqlbuild_add(&b, SQL_TEXT_CAMPAIGN_ROW);
	add_conditions(&b, filter);
	sqlbuild_order(&b,
		       filter->sort_by_send ? "COALESCE(c.send_ms, 0)"
					    : "c.created_ms",
		       "c.id", filter->newest_first);
	sqlbuild_page(&b, filter->count, filter->offset);
	if (sqlbuild_query(&b, db, &rows, err) < 0 ||
	    rows_list(rows, campaign_read_row, arena, out, err) < 0)
		return -1;
	*total_out = total;
	return 0;
}
